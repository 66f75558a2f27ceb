import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-web/wasm";
import { encode } from "../graph/encode.ts";
import type { Graph } from "../graph/graph.ts";
import { copiedSession } from "./copied.ts";
import type { Engine, LoadOptions, Session } from "./engine.ts";
import { engineFailure, type IsOurs, ownNodes } from "./failures.ts";
import { lowerForCpu } from "./lower.ts";
import { protect } from "./protect.ts";

export interface WebOptions {
  /** Folder or files of `ort-wasm-simd-threaded.{mjs,wasm}`, where the bundler does not place them. */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /** More than 1 needs a page that is cross-origin isolated (COOP and COEP headers). */
  readonly threads?: number;
}

/**
 * ONNX Runtime in WebAssembly, for browsers. The same graphs as in Node; inputs and outputs are copied into and out of
 * the module's memory, so an output on the memory of an input is written after the run, hence always right.
 */
export function webEngine({ wasmPaths, threads = 1 }: WebOptions = {}): Engine {
  if (wasmPaths !== undefined) env.wasm.wasmPaths = wasmPaths;
  env.wasm.numThreads = threads;
  env.logLevel = "fatal";
  return { name: "web", load: openSession };
}

/**
 * The module answers "Session already started" to a call that comes before the last one is over, whichever session it
 * is for.
 */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(call: () => Promise<T>, isOurs?: IsOurs): Promise<T> {
  const next = last.then(call, call);
  last = next.catch(() => {});
  return next.catch((error: Error) => {
    throw engineFailure(error.message, isOurs);
  });
}

async function openSession(given: Graph, _options?: LoadOptions): Promise<Session> {
  const graph = lowerForCpu(given);
  const bytes = encode(protect(graph));
  const session = await inTurn(() =>
    InferenceSession.create(bytes, {
      executionProviders: ["wasm"],
      logSeverityLevel: 4,
      // As in native.ts, so that the same nodes run in the same order.
      graphOptimizationLevel: "disabled",
    }),
  );
  const isOurs = ownNodes(given);
  return copiedSession(graph, {
    wrap: (_name, { type, shape, data }) => new OrtTensor(type, data as OrtTensor["data"] & ArrayBufferView, shape),
    run: (feeds) => inTurn(() => session.run(feeds), isOurs),
    release: () => void inTurn(() => session.release()),
  });
}
