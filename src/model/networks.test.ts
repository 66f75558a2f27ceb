import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { evaluationGraph, gradientGraph, gradientName, rowsGraph, totals } from "../training/graphs.ts";
import type { Model } from "./model.ts";
import { buildModel } from "./zoo.ts";

const native = { run: evaluateOn(nativeEngine()), type: "float32", step: 1e-2, digits: [4, 1] } as const;
/** Where dozens of normalisations over a few values each leave nothing of float32. */
const reference = {
  run: evaluateOn(openReference(nativeEngine())),
  type: "float64",
  step: 1e-7,
  digits: [9, 4],
} as const;

/** Every network on the smallest examples that use all its parts. */
const networks = [
  ["gpt2:nano", [6], native],
  ["lenet", [1, 12, 12], native],
  ["lstm", [2, 5], native],
  ["mlp", [5], native],
  // Sixteen pixels leave the last normalisations eight values per channel and group: two would be ±1 whatever the
  // input.
  ["mobilenet:0.25", [3, 16, 16], reference],
  ["resnet", [3, 8, 8], native],
  ["tcn", [2, 20], native],
  ["vit:nano", [1, 8, 12], native],
] as const;
const CLASSES = 7;

const build = (name: string, shape: readonly number[]) => buildModel(name, { shape, classes: CLASSES }, random(3));

function batchOf(model: Model, size: number, labels: number): { x: Tensor; y: Tensor } {
  const stream = random(4);
  const [{ type, shape }] = model.inputs as [Model["inputs"][number]];
  const number = type === "int64" ? () => stream.integer(CLASSES) : () => stream.normal();
  return {
    x: fromNumbers(type, [size, ...shape], Array.from({ length: size * sizeOf(shape) }, number)),
    y: fromNumbers(
      "int64",
      labels === 1 ? [size] : [size, labels],
      Array.from({ length: size * labels }, () => stream.integer(CLASSES)),
    ),
  };
}

function part({ type, shape, data }: Tensor, group: number, groups: number): Tensor {
  const length = data.length / groups;
  return {
    type,
    shape: [shape[0]! / groups, ...shape.slice(1)],
    data: data.slice(group * length, (group + 1) * length),
  };
}

const weights = (model: Model) =>
  Object.fromEntries([...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]));
const labelsOf = (name: string, shape: readonly number[]) => (name.startsWith("gpt2") ? shape[0]! : 1);
const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe.each(networks)("%s", (name, shape, { run, type, step, digits }) => {
  const model = build(name, shape);
  const batch = batchOf(model, 4, labelsOf(name, shape));
  const feeds = weights(model);

  test("gives its rows in one pass: those of the groups on their own", async () => {
    const [rows] = await run(rowsGraph(model, 4, 2, "training"), [{ ...batch, ...feeds }]);
    const graph = gradientGraph(model, 2, { accumulate: false });
    const halves = [0, 1].map((k) => ({ x: part(batch.x, k, 2), y: part(batch.y, k, 2), ...feeds }));
    const alone = await run(graph, halves);
    const lengths = model.parameters.map((parameter) => norm(toNumbers(alone[0]![gradientName(parameter.name)]!)));
    expect(norm(lengths)).toBeGreaterThan(0.1);
    for (const parameter of model.parameters) {
      const key = gradientName(parameter.name);
      const expected = alone.flatMap((result) => toNumbers(result[key]!));
      const difference = toNumbers(rows![key]!).map((value, i) => value - expected[i]!);
      expect([parameter.name, norm(difference) / norm(lengths)]).toEqual([
        parameter.name,
        expect.closeTo(0, digits[0]),
      ]);
    }
  });

  test("moves along minus its gradient as far as the slope says", async () => {
    const graph = gradientGraph(model, 4, { accumulate: false });
    const [result] = await run(graph, [{ ...batch, ...feeds }]);
    const length = norm(model.parameters.map((parameter) => norm(toNumbers(result![gradientName(parameter.name)]!))));
    const size = step / length;
    const moved = (sign: number) =>
      Object.fromEntries(
        model.parameters.map(({ name: key, initial }) => {
          const gradient = toNumbers(result![gradientName(key)]!);
          const values = toNumbers(initial).map((value, i) => value + sign * size * gradient[i]!);
          return [key, fromNumbers(type, initial.shape, values)];
        }),
      );
    const losses = await run(
      graph,
      [-1, 1].map((sign) => ({ ...batch, ...feeds, ...moved(sign) })),
    );
    const [below, above] = losses.map((result) => toNumbers(result[totals.loss]!)[0]!) as [number, number];
    expect((above - below) / (2 * size) / length ** 2).toBeCloseTo(1, digits[1]);
  });

  test("evaluates each example on its own", async () => {
    const [whole] = await run(evaluationGraph(model, 4), [{ ...batch, ...feeds }]);
    const single = await run(
      evaluationGraph(model, 1),
      [0, 1, 2, 3].map((k) => ({ x: part(batch.x, k, 4), y: part(batch.y, k, 4), ...feeds })),
    );
    const sum = single.reduce((total, result) => total + toNumbers(result[totals.loss]!)[0]!, 0);
    expect(toNumbers(whole![totals.loss]!)[0]! / sum).toBeCloseTo(1, 4);
  });
});

describe("examples that a network does not take are refused", () => {
  test.each([
    ["gpt2:nano", [129], "gpt2: expected texts of 1 to 128 tokens, got examples [129]; cut the texts to that length"],
    ["gpt2:nano", [1, 28, 28], "gpt2: expected texts of 1 to 128 tokens, got examples [1, 28, 28]"],
    ["lstm", [5], "lstm: expected series [channels, length] or images [channels, height, width], got [5]; use mlp"],
    ["mobilenet", [3, 4, 8], "mobilenet: expected images [channels, height, width] of at least 8 × 8, got [3, 4, 8]"],
    ["resnet", [28, 28], "resnet: expected images [channels, height, width] of at least 8 × 8, got [28, 28]; use mlp"],
    ["tcn", [5], "tcn: expected series [channels, length] or images [channels, height, width], got [5]; use mlp"],
    ["vit", [3, 30, 32], "vit: expected images whose sides 4 divides, got [3, 30, 32]; crop or pad them"],
  ])("%s %j", (name, shape, message) => {
    expect(() => build(name, shape)).toThrow(ShapeError);
    expect(() => build(name, shape)).toThrow(message);
  });

  test("one value per channel has no variance to normalise by", () => {
    const model = build("mobilenet", [3, 8, 8]);
    expect(() => gradientGraph(model, 1, { accumulate: false })).toThrow(
      /^features\.14\.conv\.1\.1: expected more than one value per channel to normalise, got float32\[1, 576, 1, 1\]; use a larger micro-batch$/,
    );
  });
});
