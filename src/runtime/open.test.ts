import koffi from "koffi";
import { afterEach, expect, test, vi } from "vitest";
import { addInput, addNode, addOutput, newGraph } from "../graph/graph.ts";
import { EngineUnavailableError } from "../tensor/errors.ts";
import { bindingEngine } from "./binding.ts";
import { assertVersion } from "./cApi.ts";
import { nativeEngine } from "./native.ts";
import { engineReport, noDevice, openEngine } from "./open.ts";

afterEach(() => {
  vi.doUnmock("./native.ts");
  vi.resetModules();
});

test("native is the default, binding on request", async () => {
  const engines = [await openEngine(), await openEngine("native"), await openEngine("binding")];
  expect(engines.map((engine) => engine.name)).toEqual(["native", "native", "binding"]);
  expect(await engineReport()).toEqual({ native: "1.30.0", binding: "1.30.0" });
});

test("where native cannot load, binding serves and the report says why", async () => {
  vi.doMock("./native.ts", () => {
    throw new Error("Cannot find\nthe native addon");
  });
  expect((await openEngine()).name).toBe("binding");
  await expect(openEngine("native")).rejects.toThrow(/^native engine: expected koffi to load, got "[^\n]*; reinstall/);
  const report = await engineReport();
  expect(report.native).toMatch(/^native engine: expected koffi to load, got "[^\n]*$/);
  expect(report.binding).toBe("1.30.0");
});

test("a library that is missing, not ONNX Runtime or of another version is refused", () => {
  for (const path of ["/nowhere/libonnxruntime.so.1", process.execPath])
    expect(() => nativeEngine(path)).toThrow(/^native engine: expected ONNX Runtime at \S+, got "[^\n]+"; reinstall/);
  expect(() => nativeEngine("/nowhere/libonnxruntime.so.1")).toThrow(EngineUnavailableError);
  expect(() => assertVersion("1.31.0")).toThrow(
    "native engine: expected ONNX Runtime 1.30.0, got 1.31.0; install onnxruntime-node@1.30.0",
  );
  expect(() => assertVersion("1.31.0")).toThrow(EngineUnavailableError);
});

test("calls get the stack of a thread, on and off the thread", () => {
  nativeEngine();
  expect(koffi.config()).toMatchObject({ sync_stack_size: 8 * 2 ** 20, async_stack_size: 8 * 2 ** 20 });
});

test("a graph that a device refuses is refused in one line, with what to do", async () => {
  const graph = newGraph("odd");
  const x = addInput(graph, "x", "float32", [2]);
  addOutput(graph, "y", addNode(graph, { op: "Unheard", inputs: [x], outputs: [x] })[0]!);
  const loading = bindingEngine("webgpu").load(graph);
  await expect(loading).rejects.toThrow(EngineUnavailableError);
  await expect(loading).rejects.toThrow(
    /^webgpu: expected it to run graph "odd", got "onnxruntime: [^\n]+"; use `device` cpu$/,
  );
});

test.each<[device: "cuda" | "webgpu", error: Error, message: string]>([
  [
    "cuda",
    new Error(
      'onnxruntime: expected a graph that it can run, got "ProviderCuda: Failed to load shared library"; replace the operator in the model',
    ),
    "`device`: expected cuda on this machine, got none (ProviderCuda: Failed to load shared library); use `device` cpu, or get one: " +
      "cuda needs Linux on x64,",
  ],
  [
    "webgpu",
    new Error("x", {
      cause: new Error("/a/b.cc:136 f()::<lambda()> r == S was false. Failed to get\n an adapter: none."),
    }),
    "`device`: expected webgpu on this machine, got none (Failed to get an adapter: none); use `device` cpu, or get one: webgpu needs",
  ],
])("a device that is not there says why, and what it needs: %s", (device, error, message) => {
  expect(noDevice(device, error).message.slice(0, message.length)).toBe(message);
});
