import { expect, test } from "vitest";
import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers, tensor } from "../tensor/tensor.ts";
import { newBatch, select } from "./dataset.ts";
import { type TensorExamples, tensorDataset } from "./tensorDataset.ts";

const x = fromNumbers("float32", [3, 2], [1, 2, 3, 4, 5, 6]);
const y = fromNumbers("int64", [3], [1, 0, 1]);

test("examples of one class each", () => {
  const data = tensorDataset("flowers", { inputs: { x }, target: y, classNames: ["a", "b"] });
  expect(data).toMatchObject({
    name: "flowers",
    size: 3,
    classes: 2,
    classNames: ["a", "b"],
    labels: Int32Array.of(1, 0, 1),
  });
  expect(data.inputs).toEqual([{ name: "x", type: "float32", shape: [2] }]);
  expect(data.target).toEqual({ name: "y", type: "int64", shape: [] });
  const batch = newBatch(data, 2);
  data.read(Uint32Array.of(2, 0), batch);
  expect(batch).toEqual({
    x: tensor("float32", [2, 2], Float32Array.of(5, 6, 1, 2)),
    y: tensor("int64", [2], BigInt64Array.of(1n, 1n)),
  });
  expect(select(data, Uint32Array.of(1)).labels).toEqual(Int32Array.of(0));
});

test("several inputs, and numbers as the target", () => {
  const mask = fromNumbers("int64", [3], [0, 1, 0]);
  const target = fromNumbers("float32", [3, 1], [0.5, 1, 2]);
  const data = tensorDataset("numbers", { inputs: { x, mask }, target });
  expect(data.inputs.map(({ name }) => name)).toEqual(["x", "mask"]);
  expect([data.classes, data.labels.length, data.target.shape]).toEqual([0, 0, [1]]);
  const batch = newBatch(data, 1);
  data.read(Uint32Array.of(1), batch);
  expect([...batch.x!.data, ...batch.mask!.data, ...batch.y!.data]).toEqual([3, 4, 1n, 1]);
});

test("without names the largest label says how many classes there are", () => {
  expect(tensorDataset("d", { inputs: { x }, target: y }).classes).toBe(2);
  expect(tensorDataset("d", { inputs: { x }, target: y, classes: 5 }).classes).toBe(5);
  const positions = fromNumbers("int64", [3, 2], [0, 1, 2, 3, 0, 0]);
  expect(tensorDataset("d", { inputs: { x }, target: positions })).toMatchObject({
    classes: 4,
    labels: new Int32Array(),
  });
});

test.each<[string, TensorExamples, new (message: string) => Error, string]>([
  ["no x", { inputs: { a: x }, target: y }, UsageError, "d: expected the first input to be called x, got a; rename it"],
  [
    "no input",
    { inputs: {}, target: y },
    UsageError,
    "d: expected the first input to be called x, got none; rename it",
  ],
  [
    "a type",
    { inputs: { x: fromNumbers("float64", [3], [1, 2, 3]) }, target: y },
    UsageError,
    "d: expected x of float32 or int64, got float64; convert it",
  ],
  [
    "too few targets",
    { inputs: { x }, target: fromNumbers("int64", [2], [0, 1]) },
    ShapeError,
    "d: expected x of as many examples as y, 2, got [3, 2]; give every example all arrays",
  ],
  [
    "no example",
    { inputs: { x: fromNumbers("float32", [0, 2], []) }, target: fromNumbers("int64", [0], []) },
    DataError,
    "d: expected at least one example, got none; add some",
  ],
  [
    "a label below 0",
    { inputs: { x }, target: fromNumbers("int64", [3], [0, -1, 1]) },
    DataError,
    "d: expected labels from 0 to 1, got -1 at position 1; number the classes from 0",
  ],
  [
    "a label without a class",
    { inputs: { x }, target: y, classes: 1 },
    DataError,
    "d: expected labels from 0 to 0, got 1 at position 0; number the classes from 0",
  ],
])("%s is refused", (_about, examples, type, message) => {
  expect(() => tensorDataset("d", examples)).toThrow(new type(message));
});

test("what does not fit the batch is refused when it is read", () => {
  const data = tensorDataset("d", { inputs: { x }, target: y });
  expect(() => data.read(Uint32Array.of(3), newBatch(data, 1))).toThrow(ShapeError);
  expect(() => data.read(Uint32Array.of(0), newBatch(data, 2))).toThrow(/^read: expected x of 2 elements, got 4; pass/);
});
