import { env, InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { encode } from "../graph/encode.ts";
import type { Graph } from "../graph/graph.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { copiedSession } from "./copied.ts";
import type { Device, Engine, LoadOptions, Session } from "./engine.ts";
import { engineFailure } from "./failures.ts";
import { lowerForCpu } from "./lower.ts";
import { protectStatistics } from "./protect.ts";

/** The version of ONNX Runtime in use. */
export const bindingVersion = env.versions.node ?? "of an unknown version";

/**
 * ONNX Runtime through the public npm binding: the fallback where `nativeEngine` cannot load. The same library and the
 * same bits, but every output is copied twice and runs block the event loop. An output on the memory of an input is
 * written after the run, hence always right.
 */
export function bindingEngine(device: Device = "cpu"): Engine {
  return { name: "binding", load: (graph, options) => openSession(device, graph, options) };
}

async function openSession(device: Device, given: Graph, { threads = 1 }: LoadOptions = {}): Promise<Session> {
  const graph = device === "cpu" ? lowerForCpu(given) : given;
  if (device === "webgpu") refuseForWebGpu(graph);
  const session = await InferenceSession.create(encode(protectStatistics(graph)), {
    executionProviders: [device],
    intraOpNumThreads: threads,
    logSeverityLevel: 4,
    enableMemPattern: false,
    // As in native.ts, so that both compute the same bits.
    graphOptimizationLevel: "disabled",
    extra: { session: { strict_shape_type_inference: "1" } },
  }).catch((error: Error) => {
    throw engineFailure(error.message);
  });
  return copiedSession(graph, {
    wrap,
    run: (feeds) =>
      session.run(feeds).catch((error: Error) => {
        throw engineFailure(error.message);
      }),
    release: () => void session.release(),
  });
}

/** These load on WebGPU and then fail when they run (ENGINE.md §8). */
function refuseForWebGpu({ nodes }: Graph): void {
  const bad = nodes.filter(
    ({ op, outputs, attributes }) =>
      (op === "MaxPool" && outputs.length > 1) ||
      (op === "BatchNormalization" && attributes.training_mode?.value === 1),
  );
  if (bad.length > 0)
    throw new UnsupportedError(
      `webgpu: expected operators that it trains, got ${bad.map(({ op, name }) => `${op} (${name})`).join(", ")}; use --device cpu`,
    );
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
