import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { encode } from "../graph/encode.ts";
import type { Graph } from "../graph/graph.ts";
import { EngineUnavailableError, option, UnsupportedError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { findBlockSize } from "./blockSize.ts";
import { copiedSession } from "./copied.ts";
import type { Device, Engine, LoadOptions, Session } from "./engine.ts";
import { engineFailure, type IsOurs, ownNodes } from "./failures.ts";
import { lowerForCpu } from "./lower.ts";
import { protect } from "./protect.ts";
import { reportNothing } from "./telemetry.ts";
import { lowerForWebGpu, processorNodes } from "./webGpu.ts";

/** The version of ONNX Runtime in use. */
export const bindingVersion = env.versions.node ?? "of an unknown version";

/**
 * ONNX Runtime through the public npm binding: the fallback where `nativeEngine` cannot load. The same library and the
 * same bits, but every output is copied twice and runs block the event loop. An output on the memory of an input is
 * written after the run, hence always right.
 */
export function bindingEngine(device: Device = "cpu"): Engine {
  reportNothing();
  // Errors come as exceptions; the library's own lines on standard error would stand before ours.
  env.logLevel = "fatal";
  return { name: "binding", load: (graph, options) => openSession(device, graph, options) };
}

async function openSession(device: Device, given: Graph, options: LoadOptions | undefined): Promise<Session> {
  const { graph, provider } = await prepare(device, given);
  return createSession({ device, graph, provider, isOurs: ownNodes(given) }, options);
}

interface Prepared {
  readonly device: Device;
  readonly graph: Graph;
  readonly provider: Provider;
  readonly isOurs: IsOurs;
}

async function createSession({ device, graph, provider, isOurs }: Prepared, { threads = 1 }: LoadOptions = {}) {
  const failed = (error: Error): never => {
    const failure = engineFailure(error.message, isOurs);
    if (device === "cpu") throw failure;
    throw new EngineUnavailableError(
      `${device}: expected it to run graph "${graph.name}", got "${failure.message}"; use ${option("device")} cpu`,
      { cause: failure },
    );
  };
  const session = await InferenceSession.create(encode(protect(graph)), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    logSeverityLevel: 4,
    enableMemPattern: false,
    // As in native.ts, so that both compute the same bits.
    graphOptimizationLevel: "disabled",
    extra: { session: { strict_shape_type_inference: "1" } },
  }).catch(failed);
  return copiedSession(graph, {
    wrap,
    run: (feeds) => session.run(feeds).catch(failed),
    release: () => void session.release(),
  });
}

type Provider = NonNullable<InferenceSession.SessionOptions["executionProviders"]>[number];

/** Of the processor, once it has been asked for. */
let blockSize: ReturnType<typeof findBlockSize> | undefined;

/**
 * The graph and the provider of a device. WebGPU works with channels first: ONNX Runtime 1.30 prefers them last, where
 * its convolution computes other numbers if 3 divides the channels of the input and 4 those of the output, but 4 not
 * those of the input.
 */
async function prepare(device: Device, given: Graph): Promise<{ graph: Graph; provider: Provider }> {
  if (device === "cpu") {
    blockSize ??= findBlockSize((graph) => createSession({ device, graph, provider: device, isOurs: ownNodes(graph) }));
    return { graph: lowerForCpu(given, await blockSize), provider: device };
  }
  if (device === "cuda") return { graph: given, provider: device };
  const graph = lowerForWebGpu(given);
  const forceCpuNodeNames = processorNodes(graph);
  const provider = { name: device, preferredLayout: "NCHW" } as const;
  // The provider refuses an empty list.
  return { graph, provider: forceCpuNodeNames.length === 0 ? provider : { ...provider, forceCpuNodeNames } };
}

/** The binding's own tensor over the same memory. */
function wrap(name: string, { type, shape, data }: Tensor): OrtTensor {
  if (!(data.buffer instanceof ArrayBuffer))
    throw new UnsupportedError(
      `binding engine: expected "${name}" in memory of one thread, got a SharedArrayBuffer; use the native engine`,
    );
  const wrapped = new OrtTensor(type, data as OrtTensor["data"] & ArrayBufferView, shape);
  // The addon was built before Float16Array and finds no bytes in one; of 16-bit integers it takes the bits.
  if (data instanceof Float16Array)
    Object.defineProperty(wrapped, "data", { value: new Uint16Array(data.buffer, data.byteOffset, data.length) });
  return wrapped;
}
