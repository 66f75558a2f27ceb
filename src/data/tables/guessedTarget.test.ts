import { expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { encodeNpz } from "../files/npz.ts";
import type { OpenOptions } from "../openOptions.ts";

const { put, open } = dataFolder();
const SIZE = 60;

function saved(name: string, type: "float32" | "int64", target: (i: number) => number): string {
  const column = (of: "float32" | "int64", value: (i: number) => number) =>
    fromNumbers(
      of,
      of === type ? [SIZE] : [SIZE, 1],
      Array.from({ length: SIZE }, (_, i) => value(i)),
    );
  const x = fromNumbers(
    "float32",
    [SIZE, 1],
    Array.from({ length: SIZE }, (_, i) => Math.sin(i)),
  );
  return put(
    `${name}.npz`,
    encodeNpz(
      new Map([
        ["x", x],
        ["y", column(type, target)],
      ]),
    ),
  );
}

test.each<[string, "float32" | "int64", (i: number) => number, Partial<OpenOptions>, RegExp | null]>([
  ["0 and 1 in float", "float32", (i) => i % 2, {}, /^"y" holds the whole numbers 0, 1 alone, .* classification if/],
  ["signs in float", "float32", (i) => 2 * (i % 2) - 1, {}, /whole numbers -1, 1 alone/],
  ["stars in float", "float32", (i) => (i * 7) % 5, {}, /whole numbers 0, 1, 2, 3, 4 alone/],
  ["0 and 1 said to be numbers", "float32", (i) => i % 2, { task: "regression" }, null],
  ["halves", "float32", (i) => (i % 5) / 2, {}, null],
  ["counts in float", "float32", (i) => (i * 7) % 23, {}, null],
  [
    "counts",
    "int64",
    (i) => (i * 7) % 23,
    {},
    /^"y" holds 23 different whole numbers in 60 examples, .* regression if/,
  ],
  ["counts said to be classes", "int64", (i) => (i * 7) % 23, { task: "classification" }, null],
  ["ten classes", "int64", (i) => i % 10, {}, null],
])("whole numbers may be classes or quantities: %s", async (name, type, target, options, said) => {
  const { notes } = await open(saved(name, type, target), options);
  const found = notes.filter(({ kind }) => kind === "wholeTargets" || kind === "manyClasses");
  expect(inWords(found)).toEqual(said === null ? [] : [expect.stringMatching(said)]);
});

test("whole numbers no two of which are alike are no classes", async () => {
  const prices = saved("prices", "int64", (i) => 1000 + ((i * 37) % 61));
  await expect(open(prices)).rejects.toThrow(/got 60 whole numbers, no two of them alike; pass `task` regression/);
  expect((await open(prices, { task: "regression" })).train.classes).toBe(0);
});
