import { describe, expect, test } from "vitest";
import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import { type Batch, type Dataset, newBatch } from "./dataset.ts";
import { datasetFromArrays } from "./datasetFromArrays.ts";

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
];

function all(data: Dataset): Batch {
  const batch = newBatch(data, data.size);
  data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  return batch;
}

test.each<[string, unknown[], string[], number[]]>([
  ["texts, in their order", ["b", "a", "b"], ["a", "b"], [1, 0, 1]],
  ["truth values", [true, false, true], ["false", "true"], [1, 0, 1]],
  ["whole numbers from 0 on", [0, 2, 1], ["0", "1", "2"], [0, 2, 1]],
])("labels are classes: %s", (_, labels, classNames, codes) => {
  const data = datasetFromArrays(rows, labels as string[], { name: "flowers" });
  expect(data).toMatchObject({ name: "flowers", size: 3, classNames, labels: Int32Array.from(codes) });
  expect([...(all(data).y!.data as BigInt64Array)].map(Number)).toEqual(codes);
  expect([...all(data).x!.data]).toEqual([1, 2, 3, 4, 5, 6]);
});

test.each<[string, number[], string[]]>([
  ["signs", [-1, 1, 1, -1], ["-1", "1"]],
  ["ratings from 1 on", [1, 3, 2, 3, 1, 2], ["1", "2", "3"]],
  ["years", [2020, 2021, 2020, 2021], ["2020", "2021"]],
  ["a class that does not occur here", [0, 3, 1, 3], ["0", "1", "2", "3"]],
  ["one of many", [0, 1, 1], ["0", "1"]],
])("whole numbers that look like labels are classes, as in a table: %s", (_, labels, classNames) => {
  const x = labels.map((label) => [label]);
  expect(datasetFromArrays(x, labels).classNames).toEqual(classNames);
  expect(datasetFromArrays(x, labels, { task: "regression" }).classes).toBe(0);
});

test.each<[string, number[]]>([
  ["a line", [1, 3, 5, 7]],
  ["a constant", [5, 5, 5, 5]],
  ["more than 20", Array.from({ length: 63 }, (_, i) => 10 + (i % 21))],
  ["no whole ones", [0.5, 1.5, 0.5, 1.5]],
])("other numbers are to be predicted: %s", (_, targets) => {
  const x = targets.map((target) => [target]);
  expect(datasetFromArrays(x, targets).classes).toBe(0);
});

test.each<[string, Parameters<typeof datasetFromArrays>, number[], number[]]>([
  ["numbers", [rows, [0.5, 1.5, 2]], [3, 2], [3, 1]],
  ["prices are no classes", [rows, [1000, 2500, 900]], [3, 2], [3, 1]],
  ["negative numbers", [rows, [-1, 1, 0]], [3, 2], [3, 1]],
  [
    "several numbers",
    [
      rows,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    [3, 2],
    [3, 2],
  ],
  [
    "one number an example, flat",
    [
      [1, 2, 3],
      [0.5, 1, 2],
    ],
    [3, 1],
    [3, 1],
  ],
  ["typed rows", [rows.map((row) => Float32Array.from(row)), Float64Array.of(0.1, 0.2, 0.3)], [3, 2], [3, 1]],
  ["one flat array", [Float32Array.of(1, 2, 3, 4, 5, 6), [0.1, 0.2, 0.3]], [3, 2], [3, 1]],
  ["images", [Float32Array.of(1, 2, 3, 4, 5, 6), [0.1, 0.2, 0.3], { exampleShape: [1, 1, 2] }], [3, 1, 1, 2], [3, 1]],
  ["nested images", [rows.map((row) => [[row]]), [0.1, 0.2, 0.3]], [3, 1, 1, 2], [3, 1]],
  [
    "a class for each position",
    [
      rows,
      [
        [0, 1],
        [1, 1],
        [0, 0],
      ],
      { task: "classification" },
    ],
    [3, 2],
    [3, 2],
  ],
])("shapes: %s", (_, given, x, y) => {
  const batch = all(datasetFromArrays(...given));
  expect([batch.x!.shape, batch.y!.shape]).toEqual([x, y]);
});

test("the task and the names of classes can be given", () => {
  const years = datasetFromArrays(rows, [2020, 2022, 2020], { task: "classification" });
  expect([years.classNames, [...years.labels]]).toEqual([
    ["2020", "2022"],
    [0, 1, 0],
  ]);
  expect(datasetFromArrays(rows, [0, 1, 0], { task: "regression" }).classes).toBe(0);
  expect(datasetFromArrays(rows, [0, 1, 0], { classNames: ["no", "yes", "maybe"] }).classNames).toHaveLength(3);
  const ordered = datasetFromArrays(rows, ["yes", "no", "yes"], { classNames: ["yes", "no"] });
  expect([...ordered.labels]).toEqual([0, 1, 0]);
});

describe("what is wrong is said with its place", () => {
  const broken = (value: unknown) =>
    [
      [1, 2],
      [3, value],
      [5, 6],
    ] as number[][];
  test.each<[string, () => unknown, new () => Error, RegExp]>([
    [
      "no arrays",
      () => datasetFromArrays(undefined as never, []),
      UsageError,
      /the examples as an array, got undefined/,
    ],
    [
      "a promise",
      () => datasetFromArrays(Promise.resolve(rows) as never, []),
      UsageError,
      /got a promise \(await it\)/,
    ],
    ["nothing", () => datasetFromArrays([], []), DataError, /at least one of the examples, got none/],
    [
      "a text",
      () => datasetFromArrays(broken("5.1cm"), [0, 1, 0]),
      DataError,
      /in example 1 at \[1\], got "5.1cm"; turn/,
    ],
    ["nothing in a place", () => datasetFromArrays(broken(null), [0, 1, 0]), DataError, /example 1 at \[1\], got null/],
    ["not a number", () => datasetFromArrays(broken(Number.NaN), [0, 1, 0]), DataError, /example 1 at \[1\], got NaN/],
    ["too large", () => datasetFromArrays(broken(1e39), [0, 1, 0]), DataError, /example 1 at \[1\], got 1e\+39/],
    ["a short row", () => datasetFromArrays([[1, 2], [3]], [0, 1]), ShapeError, /example 1 to hold 2 numbers.* got 1/],
    [
      "a row in a row",
      () =>
        datasetFromArrays(
          [
            [1, 2],
            [3, [4]],
          ] as never,
          [0, 1],
        ),
      ShapeError,
      /a number in example 1 at/,
    ],
    ["a target too few", () => datasetFromArrays(rows, [0, 1]), ShapeError, /each of the 3 examples, got 2/],
    [
      "a label is missing",
      () => datasetFromArrays(rows, ["a", undefined as never, "b"]),
      DataError,
      /of example 1, got undef/,
    ],
    ["labels of two kinds", () => datasetFromArrays(rows, ["a", 1, "b"]), DataError, /like "a" of example 1, got 1/],
    [
      "a name too few",
      () => datasetFromArrays(rows, [0, 1, 2], { classNames: ["a", "b"] }),
      DataError,
      /got 2 in example 2/,
    ],
    [
      "a name unknown",
      () => datasetFromArrays(rows, ["a", "c", "b"], { classNames: ["a", "b"] }),
      DataError,
      /"c" in example 1/,
    ],
    [
      "a length that is no multiple",
      () => datasetFromArrays([1, 2, 3, 4, 5], [0, 1]),
      ShapeError,
      /2 examples .* got 5 numbers/,
    ],
    ["a shape of rows", () => datasetFromArrays(rows, [0, 1, 0], { exampleShape: [2] }), UsageError, /one flat array/],
    [
      "another task",
      () => datasetFromArrays(rows, [0, 1, 0], { task: "ranking" as never }),
      UsageError,
      /got "ranking"/,
    ],
    [
      "names of numbers",
      () => datasetFromArrays(rows, [0.5, 1, 2], { classNames: ["a"] }),
      UsageError,
      /no classNames/,
    ],
    [
      "a key",
      () => datasetFromArrays(rows, [0, 1, 0], { clasNames: [] } as never),
      UsageError,
      /did you mean "classNames"\?/,
    ],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
    expect(call).toThrow(/^datasetFromArrays: expected .*, got .*; .*$/);
  });
});
