import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { type AttributeInit, file, floats, logits, x3 } from "../../test/foreignFile.ts";
import { oracle } from "../../test/oracle.ts";
import { encode } from "../graph/encode.ts";
import { addInput, addOutput, constant, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import { gradientGraph } from "../training/graphs.ts";
import { foreignModel } from "./foreign.ts";
import { lenet } from "./lenet.ts";
import type { Model } from "./model.ts";

describe("an exported file", () => {
  test("gives PyTorch's names: what training changes, what it only counts, and per-example shapes", () => {
    const { model } = oracle("bn_cnn");
    expect(model.inputs).toEqual([{ name: "x", type: "float32", shape: [3, 20, 20] }]);
    expect(model.parameters.map(({ name }) => name)).toEqual([
      "0.weight",
      "1.weight",
      "1.bias",
      "3.weight",
      "3.bias",
      "4.weight",
      "4.bias",
      "9.weight",
      "9.bias",
    ]);
    expect(model.state.map(({ name }) => name)).toEqual([
      "1.running_mean",
      "1.running_var",
      "4.running_mean",
      "4.running_var",
    ]);
  });

  test("of our own model is that model again, gradients bit for bit, at another batch size too", async () => {
    const original = lenet({ shape: [1, 12, 12], classes: 3 }, random(3));
    const graph = newGraph("lenet");
    const parameters = original.parameters.map(({ name, initial }) => [name, constant(graph, initial, name)] as const);
    const io = {
      inputs: { x: addInput(graph, "x", "float32", [2, 1, 12, 12]) },
      parameters: Object.fromEntries(parameters),
      state: {},
      mode: "training",
    } as const;
    addOutput(graph, "logits", original.forward(builder(graph), io).logits);
    const copy = foreignModel(encode(graph), "copy");
    const byName = (model: Model) => Object.fromEntries(model.parameters.map((one) => [one.name, one.initial]));
    expect(byName(copy)).toEqual(byName(original));

    const generator = random(1);
    const x = fromNumbers(
      "float32",
      [5, 1, 12, 12],
      Array.from({ length: 5 * 144 }, () => generator.normal()),
    );
    const y = fromNumbers("int64", [5], [0, 1, 2, 2, 1]);
    const [a, b] = await Promise.all(
      [original, copy].map((model) =>
        evaluateOn(nativeEngine())(gradientGraph(model, 5, { accumulate: false }), [{ x, y, ...byName(model) }]),
      ),
    );
    expect(b).toEqual(a);
  });

  test("normalises by running statistics in evaluation", async () => {
    const model = foreignModel(
      file({
        node: [
          {
            opType: "BatchNormalization",
            input: ["x", "scale", "bias", "mean", "variance"],
            output: ["y", "m", "v"],
            attribute: [
              { name: "epsilon", type: AttributeType.FLOAT, f: 0.25 },
              { name: "training_mode", type: AttributeType.INT, i: 1n },
            ],
          },
        ],
        initializer: [
          { name: "scale", dataType: 1, dims: [3n], floatData: [1, 2, 3] },
          { name: "bias", dataType: 1, dims: [3n], floatData: [0, 0, 10] },
          { name: "mean", dataType: 1, dims: [3n], floatData: [1, 1, 1] },
          { name: "variance", dataType: 1, dims: [3n], floatData: [0.75, 3.75, 0] },
        ],
      }),
      "bn",
    );
    expect(model.state.map(({ name }) => name)).toEqual(["mean", "variance"]);
    // (x − mean)·scale/√(variance + 0.25) + bias
    expect(await logits(model, x3)).toEqual([0, 1, 22, -5, 4, 40]);
    // Two examples are each one deviation from their mean, but for epsilon.
    const [first, , , second] = await logits(model, x3, "training");
    expect(first! + second!).toBeCloseTo(0, 6);
    expect(first!).toBeCloseTo(2.5 / Math.sqrt(6.25 + 0.25), 6);
  });

  test("exported for evaluation keeps its running statistics when it trains", () => {
    const node = { opType: "BatchNormalization", input: ["x", "a", "a", "mean", "variance"], output: ["y"] };
    const vector = (name: string) => ({ name, dataType: 1, dims: [3n], floatData: [1, 1, 1] });
    const bytes = file({ node: [node], initializer: ["a", "mean", "variance"].map(vector) });
    const { outputs } = gradientGraph(foreignModel(bytes, "fixed"), 2, { accumulate: false });
    expect([...outputs.keys()].filter((name) => !name.startsWith("total:"))).toEqual(["gradient:a"]);
  });

  test.each<[string, () => AttributeInit, number[]]>([
    [
      "value",
      () => ({ type: AttributeType.TENSOR, t: { dataType: 1, dims: [3n], floatData: [1, 2, 3] } }),
      [2, 4, 6, -3, 7, 9],
    ],
    ["value_float", () => ({ type: AttributeType.FLOAT, f: 0.5 }), [1.5, 2.5, 3.5, -3.5, 5.5, 6.5]],
    ["value_floats", () => ({ type: AttributeType.FLOATS, floats: [1, 0, 0] }), [2, 2, 3, -3, 5, 6]],
  ])("has a Constant with %s", async (name, attribute, expected) => {
    const model = foreignModel(
      file({
        node: [
          { opType: "Constant", output: ["c"], attribute: [{ name, ...attribute() }] },
          { opType: "Add", input: ["x", "c"], output: ["y"] },
        ],
      }),
      "constant",
    );
    expect(model.parameters).toEqual([]);
    expect(await logits(model, x3)).toEqual(expected);
  });

  test.each<[string, () => AttributeInit, number[]]>([
    ["value_int", () => ({ type: AttributeType.INT, i: 2n }), [3, 6]],
    ["value_ints", () => ({ type: AttributeType.INTS, ints: [2n, 0n] }), [3, 1, 6, -4]],
  ])("has a Constant with %s", async (name, attribute, expected) => {
    const model = foreignModel(
      file({
        node: [
          { opType: "Constant", output: ["c"], attribute: [{ name, ...attribute() }] },
          {
            opType: "Gather",
            input: ["x", "c"],
            output: ["y"],
            attribute: [{ name: "axis", type: AttributeType.INT, i: 1n }],
          },
        ],
      }),
      "constant",
    );
    expect(await logits(model, x3)).toEqual(expected);
  });

  test.each([
    [13, [1], 0, [2, 7 / 3]],
    [13, [-1], 1, [2, 7 / 3]],
  ])(
    "of operator set %d says the axes of ReduceMean as an attribute: %j, keepdims %d",
    async (version, axes, keep, expected) => {
      const node = {
        opType: "ReduceMean",
        input: ["x"],
        output: ["y"],
        attribute: [
          { name: "axes", type: AttributeType.INTS, ints: axes.map(BigInt) },
          { name: "keepdims", type: AttributeType.INT, i: BigInt(keep) },
        ],
      };
      const values = await logits(foreignModel(file({ node: [node] }, BigInt(version)), "mean"), x3);
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 6);
      });
      expect(values).toHaveLength(2);
    },
  );

  test("of bfloat16 trains in float32", async () => {
    const input = floats("x", "N", 3n);
    input.type.value.value.elemType = 16;
    const model = foreignModel(
      file({
        input: [input],
        node: [
          { opType: "Mul", input: ["x", "w"], output: ["p"] },
          { opType: "Cast", input: ["p"], output: ["y"], attribute: [{ name: "to", type: AttributeType.INT, i: 16n }] },
        ],
        initializer: [{ name: "w", dataType: 16, dims: [3n], int32Data: [0x3f80, 0xc020, 0] }],
      }),
      "half",
    );
    expect(model.inputs).toEqual([{ name: "x", type: "float32", shape: [3] }]);
    expect(model.parameters).toEqual([{ name: "w", initial: fromNumbers("float32", [3], [1, -2.5, 0]) }]);
    expect(await logits(model, x3)).toEqual([1, -5, 0, -4, -12.5, 0]);
  });

  test("keeps the bounds of Clip constant and trains what else is a float", async () => {
    const scalarOf = (name: string, value: number) => ({ name, dataType: 1, dims: [], floatData: [value] });
    const factor = { ...scalarOf("factor", 10), dims: [1n] };
    const model = foreignModel(
      file({
        node: [
          { opType: "Clip", input: ["x", "low", ""], output: ["c"] },
          { opType: "Mul", input: ["c", "factor"], output: ["y"] },
        ],
        initializer: [scalarOf("low", 2), factor],
      }),
      "clip",
    );
    expect(model.parameters.map(({ name }) => name)).toEqual(["factor"]);
    expect(await logits(model, x3)).toEqual([20, 20, 30, 20, 50, 60]);
  });
});
