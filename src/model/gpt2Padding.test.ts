import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { type Dataset, newBatch } from "../data/dataset.ts";
import { type Document, textDataset } from "../data/texts/text.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { convert, fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { gradientGraph, gradientName, totals } from "../training/graphs.ts";
import type { Model } from "./model.ts";
import { buildModel } from "./zoo.ts";

const documents: readonly Document[] = [
  { name: "long", text: "abcdefgh" },
  { name: "short", text: "hi" },
];
const evaluate = evaluateOn(openReference(nativeEngine()));

function open(part: readonly Document[], sequenceLength: number): Promise<Dataset> {
  return textDataset("test", part, { tokenizer: "bytes", examples: "documents", sequenceLength });
}

function modelFor({ inputs, classes }: Dataset): Model {
  return buildModel("gpt2:nano", { shape: inputs[0]!.shape, classes }, random(2));
}

async function batchOf(data: Dataset): Promise<{ x: Tensor; y: Tensor }> {
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  return { x: batch.x!, y: batch.y! };
}

/** Sums of loss, weight and every parameter's gradient, in float64. */
async function sums(model: Model, batch: { x: Tensor; y: Tensor }): Promise<Map<string, number[]>> {
  const weights = model.parameters.map(({ name, initial }) => [name, convert(initial, "float64")]);
  const graph = gradientGraph(model, batch.x.shape[0]!, { accumulate: false });
  const [found] = await evaluate(graph, [{ ...batch, ...Object.fromEntries(weights) }]);
  const names = [totals.loss, totals.weight, ...model.parameters.map(({ name }) => gradientName(name))];
  return new Map(names.map((name) => [name, toNumbers(found![name]!)]));
}

function distance(a: ReadonlyMap<string, number[]>, b: ReadonlyMap<string, number[]>): number {
  return Math.max(...Array.from(a, ([name, values]) => Math.hypot(...values.map((x, i) => x - b.get(name)![i]!))));
}

test("padding adds nothing to loss, weight or gradient", async () => {
  const padded = await open(documents, 8);
  const together = await sums(modelFor(padded), await batchOf(padded));
  // Eight labels of the long document and two of the short one.
  expect(together.get(totals.weight)).toEqual([10]);
  const apart = await Promise.all(
    documents.map(async (document, i) => {
      const exact = await open([document], [8, 2][i]!);
      return sums(modelFor(exact), await batchOf(exact));
    }),
  );
  const added = new Map(
    Array.from(apart[0]!, ([name, values]) => [name, values.map((value, i) => value + apart[1]!.get(name)![i]!)]),
  );
  expect(distance(together, added)).toBeLessThan(1e-11);
});

test("what stands in the padding changes no bit", async () => {
  const data = await open(documents, 8);
  const { x, y } = await batchOf(data);
  const labels = toNumbers(y);
  const other = fromNumbers(
    "int64",
    x.shape,
    toNumbers(x).map((id, i) => (labels[i] === -100 ? 7 : id)),
  );
  expect(toNumbers(other)).not.toEqual(toNumbers(x));
  // The first padded place of an example is read by nothing that counts, its end-of-text being a label only.
  expect(await sums(modelFor(data), { x: other, y })).toEqual(await sums(modelFor(data), { x, y }));
});

test("padding that were a label would change the gradient", async () => {
  const data = await open(documents, 8);
  const { x, y } = await batchOf(data);
  const wrong = fromNumbers(
    "int64",
    y.shape,
    toNumbers(y).map((label) => (label === -100 ? 256 : label)),
  );
  const model = modelFor(data);
  expect(distance(await sums(model, { x, y }), await sums(model, { x, y: wrong }))).toBeGreaterThan(1);
});
