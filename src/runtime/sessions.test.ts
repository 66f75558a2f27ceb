import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { int, passThrough, single, sum, type Tensors } from "../../test/engineCases.ts";
import { type Graph, newGraph } from "../graph/graph.ts";
import { ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { tensor, zeros } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import type { Engine } from "./engine.ts";
import { nativeEngine } from "./native.ts";

const engines: Engine[] = [nativeEngine(), bindingEngine()];

describe.each(engines)("$name", (engine) => {
  test("a bound run reads what its inputs hold now and writes views of a larger array", async () => {
    const [graph, tensors] = sum();
    const flat = new Float32Array(8).fill(-1);
    const session = await engine.load(graph);
    const bound = session.bind({
      ...tensors,
      a: tensor("float32", [3], flat.subarray(1, 4)),
      x: tensor("float32", [3], flat.subarray(5)),
    });
    flat.set([1, 2, 3], 1);
    await bound.run();
    tensors.b!.data[0] = 10;
    flat[2] = 20;
    await bound.run();
    expect([...flat]).toEqual([-1, 1, 20, 3, -1, 11, 30, 13]);
    session.release();
  });

  test("Gemm adds onto its accumulator in place", async () => {
    const [graph, tensors] = single(
      { op: "Gemm", attributes: { transA: int(1) } },
      [
        ["float32", [2, 3], [1, 2, 3, 4, 5, 6]],
        ["float32", [2, 1], [10, 100]],
        ["float32", [3, 1], [0, 0, 0]],
      ],
      [["float32", [3, 1]]],
    );
    const session = await engine.load(graph);
    const bound = session.bind({ ...tensors, x: tensors.c! });
    await bound.run();
    await bound.run();
    expect([...tensors.c!.data]).toEqual([820, 1040, 1260]); // 2 · Aᵀ·B
    session.release();
  });

  test.each<[string, (tensors: Tensors) => Tensors, string]>([
    [
      "missing",
      ({ b: _, ...rest }) => rest,
      'bind: expected "b" float32[] for graph "Add", got none; pass that tensor',
    ],
    [
      "shape",
      (tensors) => ({ ...tensors, a: zeros("float32", [1, 3]) }),
      'bind: expected "a" float32[3] for graph "Add", got float32[1, 3] in a Float32Array of 3; pass that tensor',
    ],
    ["type", (tensors) => ({ ...tensors, x: zeros("float64", [3]) }), "got float64[3] in a Float64Array of 3"],
    [
      "array",
      (tensors) => ({ ...tensors, x: { type: "float32", shape: [3], data: new Float32Array(2) } }),
      'expected "x" float32[3] for graph "Add", got float32[3] in a Float32Array of 2',
    ],
    [
      "unknown",
      (tensors) => ({ ...tensors, lr: zeros("float32", []) }),
      'bind: expected the inputs and outputs of graph "Add" (a, b, x), got "lr"; remove it',
    ],
  ])("bind refuses: %s", async (_, change, message) => {
    const [graph, tensors] = sum();
    const session = await engine.load(graph);
    expect(() => session.bind(change(tensors))).toThrow(ShapeError);
    expect(() => session.bind(change(tensors))).toThrow(message);
    session.release();
  });

  test("bind refuses memory that overlaps by halves or between outputs", async () => {
    const [graph, tensors] = passThrough();
    const session = await engine.load(graph);
    const flat = new Float32Array(3);
    const low = tensor("float32", [2], flat.subarray(0, 2));
    const high = tensor("float32", [2], flat.subarray(1));
    const message = "internal: bind: expected output";
    expect(() => session.bind({ ...tensors, in: low, p: high })).toThrow(
      `${message} "p" to share exactly the bytes of`,
    );
    expect(() => session.bind({ ...tensors, p: low, q: low })).toThrow('got an overlap with "q"');
    expect(() => session.bind({ ...tensors, in: low, p: low })).toThrow('got output "copy", which reads that memory');
    session.release();
  });

  test.each<[string, Graph, RegExp]>([
    ["unknown operator", single({ op: "Nonsense" }, [["float32", [1], [0]]], [["float32", [1]]])[0], /Nonsense/],
    ["unknown domain", single({ op: "Relu", domain: "x.y" }, [["float32", [1], [0]]], [["float32", [1]]])[0], /x\.y/],
    ["wrong type", single({ op: "Relu" }, [["bool", [1], [0]]], [["bool", [1]]])[0], /bool/],
    [
      "wrong shape declared",
      single({ op: "Relu" }, [["float32", [2], [0, 0]]], [["float32", [3]]])[0],
      /Inferred=2 Declared=3/,
    ],
    ["no outputs", newGraph("empty"), /onnxruntime: /],
  ])("a model that cannot be is an error, not a crash: %s", async (_, graph, message) => {
    await expect(engine.load(graph)).rejects.toThrow(message);
    await expect(engine.load(graph)).rejects.toThrow(/^onnxruntime: [^\n]+$/);
  });

  test("a run that fails says why, and the next one works", async () => {
    const [graph, tensors] = single(
      { op: "Gather" },
      [
        ["float32", [2], [5, 6]],
        ["int64", [1], [7]],
      ],
      [["float32", [1]]],
    );
    const session = await engine.load(graph);
    const bound = session.bind(tensors);
    await expect(bound.run()).rejects.toThrow(/^onnxruntime: [^\n]*out of data bounds[^\n]*$/);
    tensors.b!.data[0] = 1n;
    await bound.run();
    await bound.run();
    expect(tensors.x!.data[0]).toBe(6);
    session.release();
  });

  test("one run at a time; nothing after release; release twice", async () => {
    const [graph, tensors] = sum();
    const session = await engine.load(graph);
    const bound = session.bind(tensors);
    const first = bound.run();
    await expect(bound.run()).rejects.toThrow("run: expected the previous run to be over, got another one");
    await first;
    session.release();
    session.release();
    await expect(bound.run()).rejects.toThrow('session: expected graph "Add" to be loaded, got a released session');
    expect(() => session.bind(tensors)).toThrow("got a released session; load it again");
  });

  test("a buffer that was transferred away is refused", async () => {
    const [graph, tensors] = sum();
    const session = await engine.load(graph);
    const bound = session.bind(tensors);
    structuredClone(tensors.a!.data.buffer, { transfer: [tensors.a!.data.buffer as ArrayBuffer] });
    await expect(bound.run()).rejects.toThrow("run: expected the bound tensors to keep their memory");
    session.release();
  });

  test("runs let timers and signals through", async () => {
    const [graph, tensors] = sum();
    const session = await engine.load(graph);
    const bound = session.bind(tensors);
    for (let i = 0; i < 10; i++) await bound.run(); // by now short
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    while (!turned) await bound.run();
    session.release();
  });

  test("2000 runs on small arrays survive garbage collection", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const [graph, tensors] = single(
      { op: "Add" },
      [
        ["float32", [1], [0]],
        ["float32", [1], [1]],
      ],
      [["float32", [1]]],
    );
    const session = await engine.load(graph);
    const bound = session.bind({ a: tensors.a!, b: tensors.b!, x: tensors.a! });
    for (let i = 1; i <= 2000; i++) {
      await bound.run();
      if (i % 100 === 0) collect();
      expect(tensors.a!.data[0]).toBe(i);
      session.bind({ a: zeros("float32", [1]), b: zeros("float32", [1]), x: zeros("float32", [1]) }); // garbage too
    }
    session.release();
  });
});

test("shared memory: native works on it, binding refuses", async () => {
  const [graph, tensors] = sum();
  const shared = tensor("float32", [3], new Float32Array(new SharedArrayBuffer(12)));
  const [native, binding] = await Promise.all(engines.map((engine) => engine.load(graph)));
  await native!.bind({ ...tensors, x: shared }).run();
  expect([...shared.data]).toEqual([1.5, 2.5, 3.5]);
  expect(() => binding!.bind({ ...tensors, a: shared })).toThrow(UnsupportedError);
  expect(() => binding!.bind({ ...tensors, a: shared })).toThrow('expected "a" in memory of one thread');
});

test("native finishes a run under way when released", async () => {
  const [graph, tensors] = sum();
  const session = await engines[0]!.load(graph);
  const run = session.bind(tensors).run();
  session.release();
  await run;
  expect([...tensors.x!.data]).toEqual([1.5, 2.5, 3.5]);
});
