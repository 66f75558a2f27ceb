import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { type AttributeInit, file, floats, logits, x3 } from "../../test/foreignFile.ts";
import { nativeEngine } from "../runtime/native.ts";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { batchGradients } from "../training/gradients.ts";
import { gradientGraph } from "../training/graphs.ts";
import { foreignModel } from "./foreign.ts";
import { createLoss } from "./loss.ts";
import type { Model } from "./model.ts";

describe("what trains", () => {
  const vector = (name: string, ...values: number[]) => ({
    name,
    dataType: 1,
    dims: [BigInt(values.length)],
    floatData: values,
  });
  const node = (opType: string, input: string[], output: string[], attribute: AttributeInit[] = []) => ({
    opType,
    input,
    output,
    attribute,
  });
  const names = (model: Model) => model.parameters.map(({ name }) => name);

  test("a weight under several names is one parameter whose gradients add up", async () => {
    const model = foreignModel(
      file({
        node: [node("Identity", ["w"], ["alias"]), node("Mul", ["x", "w"], ["a"]), node("Mul", ["a", "alias"], ["y"])],
        initializer: [vector("w", 1, 2, 3)],
      }),
      "tied",
    );
    expect(names(model)).toEqual(["w"]);
    // y = x·w², so that ∂Σy/∂w = 2·w·Σx
    const { gradients } = await batchGradients(nativeEngine(), model, createLoss("none"), new Map([["x", x3]]));
    expect(toNumbers(gradients.get("w")!).map((value) => Math.fround(value * 6))).toEqual([-6, 28, 54]);
  });

  test("not a scalar, a mask, a bound or a buffer that nothing reads", () => {
    const model = foreignModel(
      file({
        node: [
          node("Mul", ["x", "scale"], ["a"]),
          node("Greater", ["mask", "zero"], ["kept"]),
          node("Where", ["kept", "a", "fill"], ["b"]),
          node("Clip", ["b", "low"], ["c"]),
          node("Cast", ["steps"], ["whole"], [{ name: "to", type: AttributeType.INT, i: 7n }]),
          node("Cast", ["whole"], ["back"], [{ name: "to", type: AttributeType.INT, i: 1n }]),
          node("Add", ["c", "back"], ["d"]),
          node("Add", ["d", "w"], ["y"]),
        ],
        initializer: [
          { ...vector("scale", 0.125), dims: [] },
          { ...vector("zero", 0), dims: [] },
          { ...vector("low", 0), dims: [] },
          vector("mask", 1, 0, 1),
          vector("fill", -1, -1, -1),
          vector("steps", 1, 2, 3),
          vector("unused", 1, 2),
          vector("w", 1, 2, 3),
        ],
      }),
      "buffers",
    );
    // What fills masked places is added like a weight, and no file says which of the two it is.
    expect(names(model)).toEqual(["fill", "w"]);
  });

  test("float16 and float64 weights and inputs, as float32", async () => {
    const wide = {
      name: "x",
      type: {
        value: {
          case: "tensorType" as const,
          value: { elemType: 11, shape: floats("x", "N", 3n).type.value.value.shape },
        },
      },
    };
    const model = foreignModel(
      file({
        input: [wide],
        node: [
          node("Cast", ["half"], ["a"], [{ name: "to", type: AttributeType.INT, i: 11n }]),
          node("Mul", ["x", "a"], ["b"]),
          node(
            "Constant",
            [],
            ["c"],
            [{ name: "value", type: AttributeType.TENSOR, t: { dataType: 11, dims: [1n], doubleData: [0.5] } }],
          ),
          node("Add", ["b", "c"], ["d"]),
          node("Add", ["d", "double"], ["y"]),
        ],
        initializer: [
          { name: "half", dataType: 10, dims: [3n], int32Data: [0x3c00, 0x4000, 0x4200] }, // IEEE 754 half: 1, 2, 3
          { name: "double", dataType: 11, dims: [3n], doubleData: [0, 0, 1] },
        ],
      }),
      "wide",
    );
    expect(model.inputs).toEqual([{ name: "x", type: "float32", shape: [3] }]);
    expect(model.parameters.map(({ name, initial }) => `${name} ${initial.type} ${initial.data}`)).toEqual([
      "half float32 1,2,3",
      "double float32 0,0,1",
    ]);
    expect(await logits(model, x3)).toEqual([1.5, 4.5, 10.5, -3.5, 10.5, 19.5]);
  });

  test("under the names that totals of a batch have in other libraries", () => {
    const model = foreignModel(
      file({
        input: [floats("loss", "N", 3n)],
        node: [node("Mul", ["loss", "weight"], ["a"]), node("Add", ["a", "correct"], ["y"])],
        initializer: [vector("weight", 1, 2, 3), vector("correct", 0, 0, 0)],
      }),
      "names",
    );
    expect(names(model)).toEqual(["weight", "correct"]);
    const { outputs } = gradientGraph(model, 2, { accumulate: false });
    expect([...outputs.keys()].slice(0, 2)).toEqual(["gradient:weight", "gradient:correct"]);
  });

  test.each([
    ["16", 16n, []],
    ["13", 13n, []],
    ["16, with a rate of another", 16n, [{ name: "momentum", type: AttributeType.FLOAT, f: 0.5 }]],
  ])("statistics of a frozen layer stay as they are, operator set %s", async (_, opset, attribute) => {
    const model = foreignModel(
      file(
        {
          node: [node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], attribute)],
          initializer: [vector("m", 1, 2, 3), vector("v", 4, 4, 4), vector("s", 1, 1, 1), vector("b", 0, 0, 0)],
        },
        opset,
      ),
      "frozen",
    );
    expect(names(model)).toEqual(["s", "b"]);
    expect(model.state).toEqual([]);
    const { outputs } = gradientGraph(model, 2, { accumulate: false, loss: createLoss("none") });
    expect([...outputs.keys()].slice(0, 2)).toEqual(["gradient:s", "gradient:b"]);
    const [first] = await logits(model, x3, "training");
    expect(first).toBeCloseTo(0, 4);
  });

  test("running statistics behind Identity are state, and a layer used twice moves them twice", async () => {
    const flag = [{ name: "training_mode", type: AttributeType.INT, i: 1n }];
    const model = foreignModel(
      file({
        node: [
          node("Identity", ["m"], ["mean"]),
          node("BatchNormalization", ["x", "s", "b", "mean", "v"], ["a", "m1", "v1"], flag),
          node("BatchNormalization", ["a", "s", "b", "mean", "v"], ["y", "m2", "v2"], flag),
        ],
        initializer: [vector("m", 0, 0, 0), vector("v", 1, 1, 1), vector("s", 1, 1, 1), vector("b", 0, 0, 0)],
      }),
      "bn",
    );
    expect(names(model)).toEqual(["s", "b"]);
    expect(model.state.map(({ name }) => name)).toEqual(["m", "v"]);
    const graph = gradientGraph(model, 2, { accumulate: false, loss: createLoss("none") });
    const fed = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]);
    const [result] = await evaluateOn(nativeEngine())(graph, [{ x: x3, ...Object.fromEntries(fed) }]);
    // m ← 0.9·(0.9·m + 0.1·mean) + 0.1·0, because the first layer's output has mean 0.
    for (const [i, mean] of [-1.5, 3.5, 4.5].entries())
      expect(toNumbers(result!["new:m"]!)[i]).toBeCloseTo(0.09 * mean, 6);
  });

  test.each([
    ["pytorch", "unbiased", 2],
    ["tf2onnx", "population", 1],
    ["", "population", 1],
  ])("a running variance of a file by %j is %s", async (producer, rule, factor) => {
    const flag = [{ name: "training_mode", type: AttributeType.INT, i: 1n }];
    const model = foreignModel(
      file(
        {
          node: [node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "m1", "v1"], flag)],
          initializer: [vector("m", 0, 0, 0), vector("v", 1, 1, 1), vector("s", 1, 1, 1), vector("b", 0, 0, 0)],
        },
        17n,
        producer,
      ),
      "bn",
    );
    expect(model.runningVariance).toBe(rule);
    const graph = gradientGraph(model, 2, { accumulate: false, loss: createLoss("none") });
    const fed = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]);
    const [result] = await evaluateOn(nativeEngine())(graph, [{ x: x3, ...Object.fromEntries(fed) }]);
    const [a, b] = [toNumbers(x3).slice(0, 3), toNumbers(x3).slice(3)];
    // Of two values the unbiased variance is twice the other, (a − b)²/4.
    const expected = a.map((value, i) => 0.9 + 0.1 * factor * ((value - b[i]!) / 2) ** 2);
    for (const [i, value] of expected.entries()) expect(toNumbers(result!["new:v"]!)[i]).toBeCloseTo(value, 5);
    expect(toNumbers(result!["new:m"]!)[0]).toBeCloseTo((0.1 * (a[0]! + b[0]!)) / 2, 6);
  });

  test("with dropout where a mask is given, and without where none is, even when the file reads the mask", async () => {
    const model = foreignModel(
      file({
        node: [
          node("Constant", [], ["ratio"], [{ name: "value_float", type: AttributeType.FLOAT, f: 0.5 }]),
          node(
            "Constant",
            [],
            ["training"],
            [{ name: "value", type: AttributeType.TENSOR, t: { dataType: 9, dims: [], int32Data: [1] } }],
          ),
          node("Dropout", ["x", "ratio", "training"], ["d", "mask"]),
          node("Where", ["mask", "d", "w"], ["y"]),
        ],
        initializer: [vector("w", 9, 9, 9)],
      }),
      "dropout",
    );
    expect(await logits(model, x3, "training")).toEqual([1, 2, 3, -4, 5, 6]);
    expect(model.dropout).toEqual([{ name: "d", rate: 0.5 }]);
    const graph = gradientGraph(model, 2, { accumulate: false, loss: createLoss("none"), dropout: new Set(["d"]) });
    const mask = fromNumbers("float32", [2, 3], [0, 2, 2, 2, 0, 2]);
    const [result] = await evaluateOn(nativeEngine())(graph, [
      { x: x3, w: model.parameters[0]!.initial, "mask:d": mask },
    ]);
    // The first example's first and the second's second element are w's, whose gradients count them.
    expect(toNumbers(result!["gradient:w"]!)).toEqual([1, 1, 0]);
  });
});
