import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, type GraphProtoSchema, ModelProtoSchema } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracle, oracleBytes } from "../../test/oracle.ts";
import { encode } from "../graph/encode.ts";
import { addInput, addOutput, constant, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { DataError, ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { batchGradients } from "../training/gradients.ts";
import { gradientGraph } from "../training/graphs.ts";
import { foreignModel } from "./foreign.ts";
import { lenet } from "./lenet.ts";
import { losses } from "./loss.ts";
import type { Mode, Model } from "./model.ts";

type GraphInit = MessageInitShape<typeof GraphProtoSchema> & object;
type NodeInit = NonNullable<GraphInit["node"]>[number];
// Made when a test runs: vitest cannot pass a bigint on.
type AttributeInit = NonNullable<NodeInit["attribute"]>[number];

/** The bytes of a file with input x [N, 3] and output y, unless the graph says otherwise. */
function file(graph: GraphInit, version = 17n): Uint8Array {
  const whole = { input: [floats("x", "N", 3n)], output: [{ name: "y" }], ...graph };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: "", version }], graph: whole }),
  );
}

function floats(name: string, ...sizes: (bigint | string | undefined)[]) {
  const dim = sizes.map((size) =>
    typeof size === "bigint"
      ? { value: { case: "dimValue" as const, value: size } }
      : size === undefined
        ? {}
        : { value: { case: "dimParam" as const, value: size } },
  );
  return { name, type: { value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } } } };
}

/** The logits of a model for these examples, with its own parameters. */
async function logits(model: Model, x: Tensor, mode: Mode = "evaluation"): Promise<number[]> {
  const graph = newGraph("forward");
  const g = builder(graph);
  const declare = (entries: Model["parameters"]) =>
    Object.fromEntries(entries.map(({ name, initial }) => [name, addInput(graph, name, initial.type, initial.shape)]));
  const [input] = model.inputs;
  const inputs = { [input!.name]: addInput(graph, input!.name, input!.type, x.shape) };
  const io = { inputs, parameters: declare(model.parameters), state: declare(model.state), mode };
  addOutput(graph, "logits", model.forward(g, io).logits);
  const fed = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]);
  const [result] = await evaluateOn(nativeEngine())(graph, [{ [input!.name]: x, ...Object.fromEntries(fed) }]);
  return toNumbers(result!.logits!);
}

const x3 = fromNumbers("float32", [2, 3], [1, 2, 3, -4, 5, 6]);

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
    expect([...outputs.keys()]).toEqual(["gradient:a", "total:loss", "total:weight", "total:correct"]);
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
    const { gradients } = await batchGradients(nativeEngine(), model, losses.none, new Map([["x", x3]]));
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
    const graph = gradientGraph(model, 2, { accumulate: false, loss: losses.none });
    const fed = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]);
    const [result] = await evaluateOn(nativeEngine())(graph, [{ x: x3, ...Object.fromEntries(fed) }]);
    // m ← 0.9·(0.9·m + 0.1·mean) + 0.1·0, because the first layer's output has mean 0.
    for (const [i, mean] of [-1.5, 3.5, 4.5].entries())
      expect(toNumbers(result!["new:m"]!)[i]).toBeCloseTo(0.09 * mean, 6);
  });

  test("without dropout, even when its mask is read", async () => {
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
  });
});

test("the logarithm of a sigmoid falls as far as its argument, one of something else is itself", async () => {
  const graph = (first: string) => ({
    node: [
      { opType: first, input: ["x"], output: ["a"] },
      { opType: "Log", input: ["a"], output: ["y"] },
    ],
  });
  const far = fromNumbers("float32", [1, 3], [-40, -15, 2]);
  const found = await logits(foreignModel(file(graph("Sigmoid")), "m"), far);
  for (const [i, x] of [-40, -15, 2].entries()) expect(found[i]).toBeCloseTo(-Math.log1p(Math.exp(-x)), 5);
  expect((await logits(foreignModel(file(graph("Abs")), "m"), far))[2]).toBeCloseTo(Math.log(2), 6);
});

describe("If", () => {
  const branch = (opType: string, name: string): GraphInit => ({
    node: [{ opType, input: ["x"], output: [name] }],
    output: [{ name }],
  });
  const choice = (condition: NodeInit[]): Uint8Array =>
    file({
      node: [
        ...condition,
        {
          opType: "If",
          name: "choice",
          input: ["condition"],
          output: ["y"],
          attribute: [
            { name: "then_branch", type: AttributeType.GRAPH, g: branch("Neg", "a") },
            { name: "else_branch", type: AttributeType.GRAPH, g: branch("Abs", "b") },
          ],
        },
      ],
    });
  const constantOf = (name: string, i: bigint) => ({
    opType: "Constant",
    output: [name],
    attribute: [{ name: "value_int", type: AttributeType.INT, i }],
  });
  const sizeEquals = (size: bigint): NodeInit[] => [
    { opType: "Shape", input: ["x"], output: ["shape"] },
    constantOf("one", 1n),
    constantOf("expected", size),
    { opType: "Gather", input: ["shape", "one"], output: ["size"] },
    { opType: "Equal", input: ["size", "expected"], output: ["condition"] },
  ];

  test.each([
    [3n, [-1, -2, -3, 4, -5, -6]],
    [4n, [1, 2, 3, 4, 5, 6]],
  ])("on a size takes one branch: is axis 1 of size %s?", async (size, expected) => {
    expect(await logits(foreignModel(choice(sizeEquals(size)), "if"), x3)).toEqual(expected);
  });

  test("on data is refused by name", () => {
    const computed: NodeInit[] = [
      {
        opType: "ReduceSum",
        input: ["x"],
        output: ["sum"],
        attribute: [{ name: "keepdims", type: AttributeType.INT, i: 0n }],
      },
      {
        opType: "Cast",
        input: ["sum"],
        output: ["condition"],
        attribute: [{ name: "to", type: AttributeType.INT, i: 9n }],
      },
    ];
    const build = () => gradientGraph(foreignModel(choice(computed), "if"), 2, { accumulate: false });
    expect(build).toThrow(UnsupportedError);
    expect(build).toThrow(
      'onnx: expected the condition of If to follow from sizes, got a computed one at node "choice"',
    );
  });
});

describe("operators of older sets", () => {
  const build = async (version: bigint, graph: GraphInit, mode: Mode = "training") =>
    logits(foreignModel(file(graph, version), "old"), x3, mode);

  test("BatchNormalization trains by its number of outputs before set 14", async () => {
    const ones = ["s", "v"].map((name) => ({ name, dataType: 1, dims: [3n], floatData: [1, 1, 1] }));
    const zeros = ["b", "m"].map((name) => ({ name, dataType: 1, dims: [3n], floatData: [0, 0, 0] }));
    const graph = (outputs: string[]) => ({
      node: [
        {
          opType: "BatchNormalization",
          input: ["x", "s", "b", "m", "v"],
          output: outputs,
          attribute: [{ name: "epsilon", type: AttributeType.FLOAT, f: 0 }],
        },
      ],
      initializer: [...ones, ...zeros],
    });
    expect(await build(13n, graph(["y"]))).toEqual([1, 2, 3, -4, 5, 6]);
    const trained = await build(13n, graph(["y", "m1", "v1", "m2", "v2"]));
    for (const [i, value] of [1, -1, -1, -1, 1, 1].entries()) expect(trained[i]).toBeCloseTo(value, 5);
  });

  test.each([[13n], [17n]])("Split without sizes is even in set %s", async (version) => {
    const split = {
      opType: "Split",
      input: ["x"],
      output: ["a", "b", "c"],
      attribute: [{ name: "axis", type: AttributeType.INT, i: 1n }],
    };
    expect(
      await build(version, {
        node: [
          split,
          {
            opType: "Concat",
            input: ["c", "b", "a"],
            output: ["y"],
            attribute: [{ name: "axis", type: AttributeType.INT, i: 1n }],
          },
        ],
      }),
    ).toEqual([3, 2, 1, 6, 5, -4]);
  });

  test("a Resize whose region and scales are empty goes by its sizes", async () => {
    const empty = { name: "empty", dataType: 1, dims: [0n] };
    const sizes = { name: "sizes", dataType: 7, dims: [2n], int64Data: [2n, 6n] };
    const attribute = [
      { name: "coordinate_transformation_mode", type: AttributeType.STRING, s: Buffer.from("asymmetric") },
      { name: "nearest_mode", type: AttributeType.STRING, s: Buffer.from("floor") },
    ];
    const node = { opType: "Resize", input: ["x", "empty", "empty", "sizes"], output: ["y"], attribute };
    expect(await build(13n, { node: [node], initializer: [empty, sizes] })).toEqual([
      1, 1, 2, 2, 3, 3, -4, -4, 5, 5, 6, 6,
    ]);
  });
});

describe("sizes", () => {
  test.each([-1n, 2n ** 40n])("of a Resize that make no picture are refused: %s", (size) => {
    const sizes = { name: "sizes", dataType: 7, dims: [2n], int64Data: [2n, size] };
    const node = { opType: "Resize", name: "up", input: ["x", "", "", "sizes"], output: ["y"] };
    const model = foreignModel(file({ node: [node], initializer: [sizes] }), "resize");
    const build = () => gradientGraph(model, 2, { accumulate: false });
    expect(build).toThrow(UnsupportedError);
    expect(build).toThrow(`expected Resize with sizes of 8192 at most on both sides, got 3 and ${size} at node "up"`);
  });

  test("that no machine holds are refused before memory is asked for", () => {
    const model = foreignModel(
      file({
        node: [{ opType: "Expand", name: "grow", input: ["x", "sizes"], output: ["y"] }],
        initializer: [{ name: "sizes", dataType: 7, dims: [3n], int64Data: [2n ** 20n, 2n ** 20n, 3n] }],
      }),
      "huge",
    );
    expect(() => gradientGraph(model, 1, { accumulate: false })).toThrow(
      /^onnx: expected values of at most 2147483648 elements, got float32\[1048576, 1048576, 3\] at node "grow"; use a smaller micro-batch$/,
    );
  });

  test("of a batch that the file fixed are named when another does not fit", () => {
    const model = foreignModel(
      file({
        input: [floats("x", 4n, 3n)],
        node: [{ opType: "Reshape", name: "fixed", input: ["x", "sizes"], output: ["y"] }],
        initializer: [{ name: "sizes", dataType: 7, dims: [2n], int64Data: [4n, 3n] }],
      }),
      "fixed",
    );
    expect(gradientGraph(model, 4, { accumulate: false }).outputs.has("total:loss")).toBe(true);
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(ShapeError);
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(
      /^onnx: at node "fixed": Reshape: expected 6 elements .* \(the file fixes the batch at 4: use that, or export with dynamic_axes={"x": {0: "N"}}\)$/,
    );
  });
});

describe("refused", () => {
  const relu = (input: string, output: string) => ({ opType: "Relu", input: [input], output: [output] });

  test.each<[string, Uint8Array, string]>([
    [
      "every unsupported operator at once, with its nodes",
      file({
        node: [
          ...[1, 2, 3, 4].map((i) => ({ opType: "Loop", name: `loop${i}`, input: ["x"], output: [`l${i}`] })),
          relu("x", "r"),
          { opType: "Unique", input: ["r"], output: ["e"] },
          { opType: "Relu", domain: "com.example", name: "theirs", input: ["e"], output: ["y"] },
        ],
      }),
      "onnx: expected dense tensors and supported operators, got Loop (loop1, loop2, loop3 and 1 more), Unique (e), com.example.Relu (theirs); replace them in the model",
    ],
    [
      "an old operator set",
      file({ node: [relu("x", "y")] }, 12n),
      "onnx: expected operator set 13 to 20, got 12; export with opset_version=17",
    ],
    [
      "a new operator set",
      file({ node: [relu("x", "y")] }, 21n),
      "onnx: expected operator set 13 to 20, got 21; export with opset_version=17",
    ],
    [
      "a symbolic size that is not the batch",
      file({ node: [relu("x", "y")], input: [floats("x", "N", 3n, "T")] }),
      'onnx: expected only the batch axis of "x" to be symbolic, got axis 2 named "T"; export with fixed sizes there',
    ],
    [
      "a size that nobody named",
      file({ node: [relu("x", "y")], input: [floats("x", "N", undefined)] }),
      'onnx: expected only the batch axis of "x" to be symbolic, got axis 1 named "?"; export with fixed sizes there',
    ],
    [
      "an input without a batch axis",
      file({ node: [relu("x", "y")], input: [floats("x")] }),
      'onnx: expected the first axis of "x" to be the batch, got a scalar; export with a batch axis',
    ],
    [
      "an input with the name of the target",
      file({ node: [relu("y", "z")], input: [floats("y", "N", 3n)], output: [{ name: "z" }] }),
      'onnx: expected no input or weight called "y", which is the target, got one; export with input_names=["x"]',
    ],
    [
      "weights in a branch, and what no graph holds, with the operators",
      file({
        node: [
          {
            opType: "If",
            input: ["x"],
            output: ["i"],
            attribute: [
              {
                name: "then_branch",
                type: AttributeType.GRAPH,
                g: {
                  initializer: [{ name: "w", dataType: 1, dims: [1n], floatData: [1] }],
                  node: [{ opType: "Scan", output: ["s"] }],
                },
              },
            ],
          },
        ],
        initializer: [
          { name: "far", dataType: 1, dims: [1n], dataLocation: 1, externalData: [{ key: "location", value: "f" }] },
        ],
      }),
      'onnx: expected dense tensors and supported operators, got initializer "far" with external data in "f" (open the model by its path), initializer "w" inside a branch, Scan (s); replace them in the model',
    ],
    [
      "text as a Constant",
      file({
        node: [
          {
            opType: "Constant",
            name: "words",
            output: ["y"],
            attribute: [{ name: "value_string", type: AttributeType.STRING, s: new Uint8Array([65]) }],
          },
        ],
      }),
      "onnx: expected dense tensors and supported operators, got a Constant that is no number (words); replace them in the model",
    ],
  ])("%s", (_, bytes, message) => {
    const load = () => foreignModel(bytes, "m");
    expect(load).toThrow(UnsupportedError);
    expect(load).toThrow(message);
  });

  test.each<[string, Uint8Array, string]>([
    [
      "a value that no node makes",
      file({ node: [{ ...relu("ghost", "y"), name: "eater" }] }),
      'onnx: expected every value to be computed before it is read, got "ghost" at node "eater"; export the model again',
    ],
    [
      "an output that no node makes",
      file({ node: [relu("x", "z")] }),
      `onnx: expected every value to be computed before it is read, got "y" at the graph's output; export the model again`,
    ],
    [
      "a cycle",
      file({ node: [{ ...relu("b", "a"), name: "first" }, relu("a", "b"), relu("b", "y")] }),
      'onnx: expected every value to be computed before it is read, got "b", which comes later (a cycle, or nodes out of order) at node "first"; export the model again',
    ],
    [
      "a name given twice",
      file({ node: [relu("x", "a"), { ...relu("a", "a"), name: "second" }, relu("a", "y")] }),
      'onnx: expected distinct names, got "a" again at node "second"; export the model again',
    ],
    [
      "an input given twice",
      file({ input: [floats("x", "N", 3n), floats("x", "N", 3n)], node: [relu("x", "y")] }),
      'onnx: expected distinct names, got "x" again at the inputs; export the model again',
    ],
    [
      "a value from the other branch",
      file({
        node: [
          {
            opType: "If",
            name: "choice",
            input: ["x"],
            output: ["y"],
            attribute: [
              {
                name: "then_branch",
                type: AttributeType.GRAPH,
                g: { node: [relu("x", "a")], output: [{ name: "a" }] },
              },
              { name: "else_branch", type: AttributeType.GRAPH, g: { node: [], output: [{ name: "a" }] } },
            ],
          },
        ],
      }),
      `onnx: expected every value to be computed before it is read, got "a" at the graph's output; export the model again`,
    ],
    [
      "a size that is not one",
      file({ input: [floats("x", "N", -3n)], node: [relu("x", "y")] }),
      'onnx: expected sizes of at least 1 and 2^31 elements at most in "x", got [-3]; export the model again',
    ],
    [
      "control characters in a name",
      file({ node: [{ ...relu("x", "y"), name: "two\nlines" }] }),
      'onnx: expected names without control characters, got "two\\nlines"; export it again',
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => foreignModel(bytes, "m")).toThrow(DataError);
    expect(() => foreignModel(bytes, "m")).toThrow(message);
  });

  test("a node without an input that its operator needs, when a graph is built", () => {
    const model = foreignModel(file({ node: [{ opType: "Add", name: "half", input: ["x", ""], output: ["y"] }] }), "m");
    const build = () => gradientGraph(model, 2, { accumulate: false });
    expect(build).toThrow(DataError);
    expect(build).toThrow('onnx: expected Add with the inputs A, B, got float32[2, 3], none at node "half"');
  });

  test("bounds that are no whole numbers", () => {
    const half = { name: "half", dataType: 1, dims: [1n], floatData: [0.5] };
    const node = { opType: "Slice", name: "cut", input: ["x", "half", "half"], output: ["y"] };
    // A float initializer that a Slice reads would be a parameter; a Constant is what exporters write.
    const value = {
      opType: "Constant",
      output: ["half"],
      attribute: [{ name: "value", type: AttributeType.TENSOR, t: half }],
    };
    const model = foreignModel(file({ node: [value, node] }), "m");
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(
      'onnx: at node "cut": Slice: expected whole numbers as "starts", got 0.5; export it again',
    );
  });

  test("an output that its operator does not have", () => {
    const model = foreignModel(
      file({ node: [{ opType: "Identity", name: "two", input: ["x"], output: ["y", "z"] }] }),
      "m",
    );
    expect(() => gradientGraph(model, 2, { accumulate: false })).toThrow(
      'onnx: expected Identity with 1 outputs, got 2 at node "two"',
    );
  });

  test.each([
    ["bytes that are no model", new Uint8Array([1, 2, 3])],
    ["half a file", oracleBytes("models/mlp/model.onnx").subarray(0, 3000)],
    ["a model without an output", file({ node: [relu("x", "y")], output: [] })],
  ])("%s", (_, bytes) => {
    expect(() => foreignModel(bytes, "m")).toThrow(DataError);
    expect(() => foreignModel(bytes, "m")).toThrow(/^onnx: expected an? /);
  });
});
