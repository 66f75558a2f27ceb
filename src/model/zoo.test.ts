import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import { nativeEngine } from "../runtime/native.ts";
import { NotFoundError, ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, sizeOf, toNumbers } from "../tensor/tensor.ts";
import { convolution, linear } from "./layers.ts";
import { buildModel, findModel, modelNames, zoo } from "./zoo.ts";

const shapesOf = (name: string, shape: number[], classes: number) =>
  buildModel(name, { shape, classes }, random(0)).parameters.map((one) => `${one.name} ${one.initial.shape.join("×")}`);

test("lenet for MNIST has the paper's 61,706 parameters", () => {
  expect(shapesOf("lenet", [1, 28, 28], 10)).toEqual([
    "conv1.weight 6×1×5×5",
    "conv1.bias 6",
    "conv2.weight 16×6×5×5",
    "conv2.bias 16",
    "fc1.weight 120×400",
    "fc1.bias 120",
    "fc2.weight 84×120",
    "fc2.bias 84",
    "fc3.weight 10×84",
    "fc3.bias 10",
  ]);
  const { parameters } = buildModel("lenet", { shape: [1, 28, 28], classes: 10 }, random(0));
  expect(parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0)).toBe(61706);
});

test("mlp takes any shape", () => {
  expect(shapesOf("mlp", [2, 3, 4], 5)).toEqual([
    "hidden.weight 256×24",
    "hidden.bias 256",
    "output.weight 5×256",
    "output.bias 5",
  ]);
});

test.each([[[5]], [[1, 11, 12]], [[12, 12]]])("lenet refuses examples of %j", (shape) => {
  const build = () => buildModel("lenet", { shape, classes: 3 }, random(0));
  expect(build).toThrow(ShapeError);
  expect(build).toThrow(/^lenet: expected images \[channels, height, width\] of at least 12 × 12, got .*; use mlp$/);
});

test.each(["transformer", "constructor", ""])("the model %j is unknown", (name) => {
  const build = () => buildModel(name, { shape: [5], classes: 3 }, random(0));
  expect(build).toThrow(NotFoundError);
  expect(build).toThrow(
    `model: expected one of ${Object.keys(zoo).join(", ")} or a file *.onnx, got "${name}"; choose one of these`,
  );
});

test.each([
  ["lent", "lenet"],
  ["mlpp", "mlp"],
  ["Resnt", "resnet"],
])("the model %j is nearly %s", (name, meant) => {
  expect(() => findModel(name)).toThrow(`got "${name}"; did you mean "${meant}"?`);
});

test("mlp takes the width and the number of its hidden layers", () => {
  expect(shapesOf("mlp:7x3", [2, 2], 5)).toEqual([
    "hidden.weight 7×4",
    "hidden.bias 7",
    "hidden2.weight 7×7",
    "hidden2.bias 7",
    "hidden3.weight 7×7",
    "hidden3.bias 7",
    "output.weight 5×7",
    "output.bias 5",
  ]);
  const drawn = (name: string) => buildModel(name, { shape: [4], classes: 3 }, random(1)).parameters;
  expect(drawn("mlp:256x1")).toEqual(drawn("mlp"));
  expect(() => drawn("mlp:65537x1")).toThrow(
    'model: expected mlp:WIDTHxDEPTH of at most 65536 units and 100 layers, got "mlp:65537x1"; ask for fewer',
  );
});

test("linear is one layer", () => {
  expect(shapesOf("linear", [2, 3, 4], 5)).toEqual(["output.weight 5×24", "output.bias 5"]);
});

test("a variant follows its model after a colon, and the first is meant without one", () => {
  expect(shapesOf("resnet", [3, 8, 8], 3)).toEqual(shapesOf("resnet:20", [3, 8, 8], 3));
  expect(shapesOf("resnet:32", [3, 8, 8], 3).length - shapesOf("resnet", [3, 8, 8], 3).length).toBe(3 * 2 * 2 * 3);
  for (const name of modelNames())
    expect(findModel(name).entry.variants?.[0] ?? "").toBe(findModel(name.split(":")[0]!).variant);
});

test.each([
  ["resnet:21", "one of resnet:20, resnet:32, resnet:44, resnet:56, resnet:110"],
  ["resnet:", "one of resnet:20, resnet:32, resnet:44, resnet:56, resnet:110"],
  ["resnet:20:1", "one of resnet:20, resnet:32, resnet:44, resnet:56, resnet:110"],
  ["lenet:5", "lenet"],
  ["mlp:0x2", "one of mlp, mlp:WIDTHxDEPTH"],
  ["mlp:16x0", "one of mlp, mlp:WIDTHxDEPTH"],
  ["mlp:16", "one of mlp, mlp:WIDTHxDEPTH"],
])("the variant %j is unknown, and those that exist are named", (name, known) => {
  const build = () => buildModel(name, { shape: [3, 8, 8], classes: 3 }, random(0));
  expect(build).toThrow(NotFoundError);
  expect(build).toThrow(`model: expected ${known} or a file *.onnx, got "${name}"; choose one of these`);
});

test("the same seed draws the same weights, another one others", () => {
  const draw = (seed: number) => buildModel("mlp", { shape: [5], classes: 3 }, random(seed)).parameters;
  expect(draw(1)).toEqual(draw(1));
  expect(draw(2)[0]).not.toEqual(draw(1)[0]);
});

describe("weights and biases are uniform in ±1/√fanIn", () => {
  test.each([
    ["linear", linear("a", 400, 300, random(1)), 1 / 20],
    ["convolution", convolution("a", { from: 16, to: 300, kernel: 5 }, random(1)), 1 / 20],
  ])("%s", (_, { parameters }, bound) => {
    for (const { initial } of parameters) {
      const values = toNumbers(initial);
      const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      expect(Math.min(...values)).toBeLessThan(-0.95 * bound);
      expect(Math.max(...values)).toBeGreaterThan(0.95 * bound);
      // A third of the square of the bound; of the 300 biases within four standard errors.
      expect(Math.abs(variance / ((bound * bound) / 3) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / values.length));
    }
  });
});

test("layers compute what they say: x·Wᵀ + b, and a padded convolution", async () => {
  const graph = newGraph("layers");
  const g = builder(graph);
  const [x, image] = [addInput(graph, "x", "float32", [1, 2]), addInput(graph, "image", "float32", [1, 1, 2, 2])];
  const given = (name: string, shape: number[]) => addInput(graph, name, "float32", shape);
  const dense = linear("d", 2, 2, random(0));
  const conv = convolution("c", { from: 1, to: 1, kernel: 3, padding: 1 }, random(0));
  const parameters = {
    "d.weight": given("d.weight", [2, 2]),
    "d.bias": given("d.bias", [2]),
    "c.weight": given("c.weight", [1, 1, 3, 3]),
    "c.bias": given("c.bias", [1]),
  };
  const io = { parameters, state: {}, mode: "training", newState: {} } as const;
  addOutput(graph, "dense", dense.forward(g, x, io));
  addOutput(graph, "convolved", conv.forward(g, image, io));
  const [result] = await evaluateOn(nativeEngine())(graph, [
    {
      x: fromNumbers("float32", [1, 2], [1, 10]),
      image: fromNumbers("float32", [1, 1, 2, 2], [1, 2, 3, 4]),
      "d.weight": fromNumbers("float32", [2, 2], [1, 2, 3, 4]),
      "d.bias": fromNumbers("float32", [2], [0.5, 100]),
      "c.weight": fromNumbers("float32", [1, 1, 3, 3], [0, 0, 0, 0, 1, 10, 0, 0, 100]),
      "c.bias": fromNumbers("float32", [1], [0.25]),
    },
  ]);
  expect(toNumbers(result!.dense!)).toEqual([21.5, 143]);
  expect(toNumbers(result!.convolved!)).toEqual([421.25, 2.25, 43.25, 4.25]);
});
