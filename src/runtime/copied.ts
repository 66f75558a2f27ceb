import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { assertBindable } from "./bound.ts";
import type { Bound, Session } from "./engine.ts";
import { assertAttached, assertIdle, assertLoaded } from "./failures.ts";

/** A session of one of ONNX Runtime's JavaScript packages, which hand every output out as a new array. */
export interface CopyingSession<T> {
  /** The package's own tensor over the same memory. */
  wrap(name: string, tensor: Tensor): T;
  /** Throws `engineFailure`. */
  run(feeds: Readonly<Record<string, T>>): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
  release(): void;
}

/** Binding by copies: outputs are written after the run, so that one on the memory of an input is always right. */
export function copiedSession<T>(graph: Graph, session: CopyingSession<T>): Session {
  const state = { released: false };
  return {
    bind: (tensors) => bind(graph, session, state, tensors),
    release() {
      if (state.released) return;
      state.released = true;
      session.release();
    },
  };
}

function bind<T>(
  graph: Graph,
  session: CopyingSession<T>,
  state: { readonly released: boolean },
  tensors: Readonly<Record<string, Tensor>>,
): Bound {
  assertLoaded(graph, state);
  assertBindable(graph, tensors);
  const feeds = Object.fromEntries(graph.inputs.map(({ name }) => [name, session.wrap(name, tensors[name]!)]));
  let busy = false;
  return {
    async run() {
      assertLoaded(graph, state);
      assertIdle(busy);
      for (const { data } of Object.values(tensors)) assertAttached(data.buffer);
      busy = true;
      try {
        const results = await session.run(feeds);
        for (const name of graph.outputs.keys())
          bytesOf(tensors[name]!.data).set(bytesOf(results[name]!.data as ArrayBufferView));
      } finally {
        busy = false;
      }
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
