import type { Engine, Session } from "./engine.ts";

/** An engine whose sessions live no longer than the work that they are compiled for. */
export interface EngineScope extends Engine {
  /** Releases every session that is still open, and those that are still being compiled once they are. */
  release(): void;
}

/**
 * The same engine, as the owner of what is compiled through it: work that fails between compiling a graph and the place
 * that would release it leaves nothing behind, since no garbage collection ever frees a session.
 */
export function engineScope(engine: Engine): EngineScope {
  const open = new Set<Session>();
  let ended = false;
  return {
    name: engine.name,
    async load(graph, options) {
      const session = await engine.load(graph, options);
      const owned: Session = {
        bind: (tensors) => session.bind(tensors),
        release() {
          open.delete(owned);
          session.release();
        },
      };
      if (ended) session.release();
      else open.add(owned);
      return owned;
    },
    release() {
      ended = true;
      for (const session of open) session.release();
      open.clear();
    },
  };
}

/** What `work` gives; its sessions are released when it ends, however it ends. */
export async function withSessions<T>(engine: Engine, work: (sessions: Engine) => Promise<T>): Promise<T> {
  const scope = engineScope(engine);
  try {
    return await work(scope);
  } finally {
    scope.release();
  }
}
