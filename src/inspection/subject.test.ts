import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { select } from "../data/dataset.ts";
import { UsageError } from "../tensor/errors.ts";
import { subjectOf } from "./subject.ts";

const data = clouds(20);
const rows = (indices: readonly number[]) => select(data, Uint32Array.from(indices));

test("data in one part are inspected whole, in the order of the file, with the side of each row", () => {
  const subject = subjectOf(rows([9, 3, 0, 7]), rows([8, 1]), undefined, 0);
  expect(subject.inspected).toBe("all rows");
  expect(subject.other).toBeNull();
  expect([0, 1, 2, 3, 4, 5].map(subject.place)).toEqual([
    { part: "train", index: 0 },
    { part: "validation", index: 1 },
    { part: "train", index: 3 },
    { part: "train", index: 7 },
    { part: "validation", index: 8 },
    { part: "train", index: 9 },
  ]);
  expect([...subject.data.labels]).toEqual([0, 1, 3, 7, 8, 9].map((i) => data.labels[i]!));
});

test("of data in two parts the training part, and the other for duplicates", () => {
  const train = select(clouds(6), Uint32Array.of(0, 1, 2, 3, 4, 5));
  const subject = subjectOf(train, rows([0, 1, 2]), undefined, 0);
  expect(subject.inspected).toBe("training part");
  expect([subject.data.size, subject.other!.size]).toEqual([6, 3]);
  expect([subject.place(4), subject.place(7)]).toEqual([
    { part: "train", index: 4 },
    { part: "validation", index: 1 },
  ]);
});

test("rows of a selection of a selection are those of the file", () => {
  const train = select(rows([5, 11, 2, 14]), Uint32Array.of(3, 0));
  const subject = subjectOf(train, rows([12]), undefined, 0);
  expect([0, 1, 2].map((i) => subject.place(i).index)).toEqual([5, 12, 14]);
});

test("a limit draws rows by seed, and keeps their order", () => {
  const draw = (seed: number) => {
    const { data: drawn, place } = subjectOf(rows([...data.labels.keys()].slice(5)), rows([0, 1, 2, 3, 4]), 8, seed);
    return Array.from({ length: drawn.size }, (_, i) => place(i).index);
  };
  expect(draw(1)).toHaveLength(8);
  expect(draw(1)).toEqual(draw(1).toSorted((a, b) => a - b));
  expect(draw(1)).not.toEqual(draw(2));
});

test.each([
  ["float32", [1], /got numbers in clouds; pass .*task.* classification where whole numbers are classes, or choose/],
  ["float32", [], /got numbers in clouds; pass/],
  ["float32", [3], /got several targets for each of clouds; choose other data; of these `train` says/],
  ["int64", [8], /got several targets for each of clouds; choose other data; of these `train` says/],
] as const)("data without one class for each are refused, with what helps: %s %j", (type, shape, message) => {
  const target = { name: "y", type, shape } as const;
  const numbers = { ...data, target, labels: new Int32Array(0), classes: type === "int64" ? 50_257 : 0 };
  expect(() => subjectOf(numbers, numbers, undefined, 0)).toThrow(UsageError);
  expect(() => subjectOf(numbers, numbers, undefined, 0)).toThrow(message);
});

test("examples of one class are refused, however many classes there might be", () => {
  const alike = { ...data, labels: new Int32Array(20).fill(1), classNames: ["cat", "dog", "bee"] };
  expect(() => subjectOf(alike, alike, undefined, 0)).toThrow(UsageError);
  expect(() => subjectOf(alike, alike, undefined, 0)).toThrow(
    /^inspect-data: expected examples of at least 2 classes, got 40 of clouds that are all of class "dog"; add the others/,
  );
});
