import { expect, test } from "vitest";
import { addInput, type Node, newGraph } from "../graph/graph.ts";
import { apply } from "../ops/builder.ts";
import { random } from "../tensor/random.ts";
import { type Shape, sizeOf } from "../tensor/tensor.ts";
import { flopsOf } from "./flops.ts";
import { summarize } from "./summary.ts";
import { buildModel } from "./zoo.ts";

const count = (name: string, shape: Shape, classes: number) =>
  summarize(buildModel(name, { shape, classes }, random(0)));

test("LeNet, layer by layer: two operations for each product, one for each bias and each element of a unit", () => {
  const { rows, parameters, flops } = count("lenet", [1, 28, 28], 10);
  expect(rows.map((row) => [row.layer, row.op, row.output.join("×"), row.parameters, row.flops])).toEqual([
    ["conv1", "Conv", "1×6×28×28", 6 * 26, 28 * 28 * 6 * (2 * 25 + 1)],
    ["", "Relu", "1×6×28×28", 0, 28 * 28 * 6],
    ["", "MaxPool", "1×6×14×14", 0, 28 * 28 * 6],
    ["conv2", "Conv", "1×16×10×10", 16 * 151, 10 * 10 * 16 * (2 * 150 + 1)],
    ["", "Relu", "1×16×10×10", 0, 10 * 10 * 16],
    ["", "MaxPool", "1×16×5×5", 0, 10 * 10 * 16],
    ["fc1", "Gemm", "1×120", 120 * 401, 120 * 801],
    ["", "Relu", "1×120", 0, 120],
    ["fc2", "Gemm", "1×84", 84 * 121, 84 * 241],
    ["", "Relu", "1×84", 0, 84],
    ["fc3", "Gemm", "1×10", 10 * 85, 10 * 169],
  ]);
  expect([parameters, flops]).toEqual([61706, 852370]);
});

/** Sizes that papers and other implementations print. */
test.each([
  // He et al. 2016, Table 6: 0.27, 0.46, 0.66, 0.85 and 1.7 million. The exact counts are those of PyTorch
  // implementations.
  ["resnet:20", [3, 32, 32], 10, 269_722],
  ["resnet:32", [3, 32, 32], 10, 464_154],
  ["resnet:44", [3, 32, 32], 10, 658_586],
  ["resnet:56", [3, 32, 32], 10, 853_018],
  ["resnet:110", [3, 32, 32], 10, 1_727_962],
  // torchvision's mobilenet_v2, timm's vit_tiny_patch16_224 and vit_small_patch16_224, Hugging Face's gpt2.
  ["mobilenet", [3, 224, 224], 1000, 3_504_872],
  ["vit:tiny", [3, 224, 224], 1000, 5_717_416],
  ["vit:small", [3, 224, 224], 1000, 22_050_664],
  ["gpt2:small", [128], 50257, 124_439_808],
] as const)("%s for %j and %i classes has %i parameters", (name, shape, classes, expected) => {
  const { parameters, rows } = count(name, shape, classes);
  expect(parameters).toBe(expected);
  // Each is read somewhere, and counted once: also the tied embedding of GPT-2.
  expect(rows.reduce((sum, row) => sum + row.parameters, 0)).toBe(expected);
});

const products = (name: string, shape: Shape, classes: number) =>
  count(name, shape, classes)
    .rows.filter(({ op }) => ["Conv", "Gemm", "MatMul"].includes(op))
    .reduce((sum, { flops }) => sum + flops, 0) / 2;

test("ResNet-20 has 41 million multiply-adds", () => {
  const stage = (width: number, side: number, first: number) => side * side * 9 * width * (first + 5 * width);
  const convolutions = 32 * 32 * 27 * 16 + stage(16, 32, 16) + stage(32, 16, 16) + stage(64, 8, 32);
  expect(products("resnet", [3, 32, 32], 10)).toBe(convolutions + 64 * 10 + 10 / 2);
  expect(convolutions / 1e6).toBeCloseTo(40.55, 2);
});

test("MobileNetV2 has the paper's 300 million multiply-adds, ViT tiny 1.1 thousand million", () => {
  expect(products("mobilenet", [3, 224, 224], 1000) / 1e6).toBeCloseTo(300.8, 0);
  // Without the products of attention, which most counters leave out, 1.07; Touvron et al. 2021 give 1.3 with them.
  expect(products("vit:tiny", [3, 224, 224], 1000) / 1e9).toBeCloseTo(1.26, 2);
});

test("GPT-2 needs two operations per token for each weight of its matrices, and those of attention", () => {
  const [tokens, width, layers, vocabulary] = [128, 768, 12, 50257];
  const matrices = layers * 12 * width * width + vocabulary * width;
  const biases = layers * 9 * width;
  const attention = layers * 2 * tokens * width;
  expect(products("gpt2:small", [tokens], vocabulary)).toBe(tokens * (matrices + attention + biases / 2));
  const { flops } = count("gpt2:small", [tokens], vocabulary);
  expect(flops / tokens / (2 * 124_439_808)).toBeCloseTo(1.01, 2);
});

function nodeOf(op: Parameters<typeof apply>[1], shapes: readonly Shape[], attributes = {}): Node {
  const graph = newGraph("one");
  apply(
    graph,
    op,
    shapes.map((shape, i) => addInput(graph, `x${i}`, "float32", shape)),
    attributes,
  );
  return graph.nodes[0]!;
}

test.each([
  [
    "MatMul",
    nodeOf("MatMul", [
      [5, 2, 3],
      [5, 3, 7],
    ]),
    5 * 2 * 3 * 7 * 2,
  ],
  [
    "Gemm",
    nodeOf(
      "Gemm",
      [
        [3, 2],
        [7, 3],
      ],
      { transA: 1, transB: 1 },
    ),
    2 * 3 * 7 * 2,
  ],
  ["Gemm with bias", nodeOf("Gemm", [[2, 3], [3, 7], [7]]), 2 * 7 * (2 * 3 + 1)],
  [
    "depthwise Conv",
    nodeOf(
      "Conv",
      [
        [2, 4, 5, 5],
        [4, 1, 3, 3],
      ],
      { group: 4 },
    ),
    2 * 4 * 9 * 9 * 2,
  ],
  // Each input element meets every tap of its channel, once per output channel.
  [
    "ConvTranspose",
    nodeOf("ConvTranspose", [
      [2, 4, 5, 5],
      [4, 3, 2, 2],
    ]),
    2 * 4 * 25 * 3 * 4 * 2,
  ],
  [
    "Add with broadcasting",
    nodeOf("Add", [
      [1, 3],
      [2, 3],
    ]),
    6,
  ],
  ["GlobalAveragePool", nodeOf("GlobalAveragePool", [[2, 3, 4, 4]]), sizeOf([2, 3, 4, 4])],
  ["Transpose", nodeOf("Transpose", [[2, 3]]), 0],
])("%s", (_, node, expected) => {
  expect(flopsOf(node)).toBe(expected);
});

test("a weight that is computed first belongs to the layer that uses it", () => {
  const { rows } = count("tcn", [1, 20], 3);
  const convolutions = rows.filter(({ op }) => op === "Conv");
  expect(convolutions.slice(0, 2).map(({ layer, parameters }) => [layer, parameters])).toEqual([
    ["tcn.network.0.conv1", 25 * 7 + 25 + 25],
    ["tcn.network.0.conv2", 25 * 25 * 7 + 25 + 25],
  ]);
});
