import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { EngineUnavailableError, option } from "../tensor/errors.ts";
import { zeros } from "../tensor/tensor.ts";
import type { Device, Engine } from "./engine.ts";
import { oneLine } from "./failures.ts";
import { withSessions } from "./scope.ts";

/** The engines that train. */
export type EngineName = "native" | "binding";

/**
 * Opens the engine of that name, or the best that works here: native, else binding. Libraries are loaded only now, so
 * that importing this file costs nothing. Throws `EngineUnavailableError`.
 */
export async function openEngine(name?: EngineName): Promise<Engine> {
  requireArguments("openEngine", { name }, { name: is.optional(is.oneOf("native", "binding")) });
  if (name) return openers[name]();
  try {
    return await openNative();
  } catch {
    // The reason is in `engineReport`, which `doctor` prints.
    return openBinding();
  }
}

/**
 * The engine that runs graphs on `device`: for the processor itself `openEngine`, else the binding with that provider,
 * tried on a small graph first. Throws `EngineUnavailableError` where the provider or the device is not there.
 */
export async function openDevice(device: Device): Promise<Engine> {
  if (device === "cpu") return openEngine();
  const { bindingEngine } = await import("./binding.ts").catch(unavailable("binding", "onnxruntime-node"));
  const engine = bindingEngine(device);
  try {
    const graph = newGraph("probe");
    addOutput(graph, "y", builder(graph).exp(addInput(graph, "x", "float32", [2])));
    await withSessions(engine, async (sessions) => {
      const session = await sessions.load(graph);
      await session.bind({ x: zeros("float32", [2]), y: zeros("float32", [2]) }).run();
    });
    return engine;
  } catch (error) {
    throw noDevice(device, error as Error);
  }
}

/** What a device needs besides this package. */
const needs: Readonly<Record<Exclude<Device, "cpu">, string>> = {
  cuda:
    "cuda needs Linux on x64, a graphics processor of NVIDIA with its driver, CUDA 12 and cuDNN 9, and the libraries that " +
    "npm rebuild onnxruntime-node fetches",
  webgpu: "webgpu needs a graphics processor with a driver for Vulkan, Metal or Direct3D 12",
};

/** That a device is not there, why, and what it needs. */
export function noDevice(device: Exclude<Device, "cpu">, error: Error): EngineUnavailableError {
  return new EngineUnavailableError(
    `${option("device")}: expected ${device} on this machine, got none (${reasonOf(error)}); use ${option("device")} cpu, or get one: ${needs[device]}`,
  );
}

/** What the library says, without the words around it that blame a model. */
function reasonOf({ cause, message }: Error): string {
  const said = oneLine(cause instanceof Error ? cause.message : message);
  const [, inner = said] = /^onnxruntime: expected .*?, got "(.*)"; [^"]*$/.exec(said) ?? [];
  return inner.replace(/^\/\S+:\d+ .* was false\. /, "").replace(/\.$/, "");
}

/** What `doctor` says of each engine: its version, or why it cannot be loaded. */
export async function engineReport(): Promise<Record<EngineName, string>> {
  const report = (open: () => Promise<Engine>, version: () => Promise<string>) =>
    open().then(version, (error: Error) => error.message);
  return {
    native: await report(openNative, async () => (await import("./cApi.ts")).ORT_VERSION),
    binding: await report(openBinding, async () => (await import("./binding.ts")).bindingVersion),
  };
}

const openers: Record<EngineName, () => Promise<Engine>> = { native: openNative, binding: openBinding };

async function openNative(): Promise<Engine> {
  const { nativeEngine } = await import("./native.ts").catch(unavailable("native", "koffi"));
  return nativeEngine();
}

async function openBinding(): Promise<Engine> {
  const { bindingEngine } = await import("./binding.ts").catch(unavailable("binding", "onnxruntime-node"));
  return bindingEngine();
}

function unavailable(engine: EngineName, library: string) {
  return (error: Error): never => {
    throw new EngineUnavailableError(
      `${engine} engine: expected ${library} to load, got "${oneLine(error.message)}"; reinstall batchscope on a supported platform`,
    );
  };
}
