import type { Bound, Engine, Session } from "../src/runtime/engine.ts";

export interface CountingEngine extends Engine {
  /** Graphs that it was asked to compile. */
  loads(): number;
  /** Sessions that are compiled and not released. */
  open(): number;
  /** Things that can fail so far: compiling, binding and running. */
  calls(): number;
}

/** The engine, with counts of what it was asked for. The call number `failing`, counted from 1, fails. */
export function counting(engine: Engine, failing = 0): CountingEngine {
  let [loads, open, calls] = [0, 0, 0];
  const call = () => {
    if (++calls === failing) throw new Error(`call ${failing} fails`);
  };
  const bound = ({ run }: Bound): Bound => ({
    async run() {
      call();
      await run();
    },
  });
  const counted = (session: Session): Session => {
    let released = false;
    return {
      bind(tensors) {
        call();
        return bound(session.bind(tensors));
      },
      release() {
        if (!released) open--;
        released = true;
        session.release();
      },
    };
  };
  return {
    name: engine.name,
    async load(graph, options) {
      loads++;
      call();
      const session = counted(await engine.load(graph, options));
      open++;
      return session;
    },
    loads: () => loads,
    open: () => open,
    calls: () => calls,
  };
}
