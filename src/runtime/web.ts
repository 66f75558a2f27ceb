import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-web/wasm";
import { encode } from "../graph/encode.ts";
import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { assertBindable } from "./bound.ts";
import type { Bound, Engine, LoadOptions, Session } from "./engine.ts";
import { assertAttached, assertIdle, assertLoaded, engineFailure } from "./failures.ts";
import { lowerForCpu } from "./lower.ts";
import { protectStatistics } from "./protect.ts";

export interface WebOptions {
  /** Folder or files of `ort-wasm-simd-threaded.{mjs,wasm}`, where the bundler does not place them. */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /** More than 1 needs a page that is cross-origin isolated (COOP and COEP headers). */
  readonly threads?: number;
}

/**
 * ONNX Runtime in WebAssembly, for browsers. The same graphs as in Node; inputs and outputs are copied into and out of the
 * module's memory, so an output on the memory of an input is written after the run, hence always right.
 */
export function webEngine({ wasmPaths, threads = 1 }: WebOptions = {}): Engine {
  if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
  env.wasm.numThreads = threads;
  env.logLevel = "fatal";
  return { name: "web", load: openSession };
}

/** The module answers "Session already started" to a call that comes before the last one is over, whichever session it is for. */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(call: () => Promise<T>): Promise<T> {
  const next = last.then(call, call);
  last = next.catch(() => {});
  return next.catch((error: Error) => {
    throw engineFailure(error.message);
  });
}

async function openSession(given: Graph, _options?: LoadOptions): Promise<Session> {
  const graph = lowerForCpu(given);
  const bytes = encode(protectStatistics(graph));
  const session = await inTurn(() =>
    InferenceSession.create(bytes, {
      executionProviders: ["wasm"],
      logSeverityLevel: 4,
      // As in native.ts, so that the same nodes run in the same order.
      graphOptimizationLevel: "disabled",
    }),
  );
  const state = { released: false };
  return {
    bind: (tensors) => bind(session, graph, state, tensors),
    release() {
      if (state.released) return;
      state.released = true;
      void inTurn(() => session.release());
    },
  };
}

function bind(
  session: InferenceSession,
  graph: Graph,
  state: { readonly released: boolean },
  tensors: Readonly<Record<string, Tensor>>,
): Bound {
  assertLoaded(graph, state);
  assertBindable(graph, tensors);
  const feeds = Object.fromEntries(graph.inputs.map(({ name }) => [name, wrap(tensors[name]!)]));
  let busy = false;
  return {
    async run() {
      assertLoaded(graph, state);
      assertIdle(busy);
      for (const { data } of Object.values(tensors)) assertAttached(data.buffer);
      busy = true;
      try {
        const results = await inTurn(() => session.run(feeds));
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

function wrap({ type, shape, data }: Tensor): OrtTensor {
  return new OrtTensor(type, data as OrtTensor["data"] & ArrayBufferView, shape);
}
