import { describe, expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { UsageError } from "../tensor/errors.ts";
import { drawGroupRows } from "./groupRows.ts";

const size = 120;
/** 60, 40, 16 and 4 examples, in no order. */
const sites = Array.from({ length: size }, (_, i) => {
  const place = (i * 77) % size;
  return place < 60 ? "site 2" : place < 100 ? "site 10" : place < 116 ? "site 1" : "site 3";
});
const data: Dataset = { ...clouds(size), classNames: ["red", "green", "blue"], columns: { site: sites } };
const draw = (by: string, rows: number, batchSize: number, of = data) =>
  drawGroupRows(of, by, { rows, batchSize, seed: 1 });

describe("mini-batches inside groups", () => {
  test("hold examples of one group, each once, equally many for each", () => {
    const { names, rowsPerGroup, leftOut, indices } = draw("site", 12, 4);
    // Sorted as a reader counts; site 3 has not two mini-batches, and 12 rows are 4 for each of three.
    expect([names, rowsPerGroup]).toEqual([["site 1", "site 2", "site 10"], 4]);
    expect(leftOut).toEqual([{ name: "site 3", examples: 4 }]);
    expect(Array.from(indices, (i) => sites[i])).toEqual(
      ["site 1", "site 2", "site 10"].flatMap((site) => Array(16).fill(site)),
    );
    expect(new Set(indices).size).toBe(48);
    expect(draw("site", 12, 4).indices).toEqual(indices);
    expect(drawGroupRows(data, "site", { rows: 12, batchSize: 4, seed: 2 }).indices).not.toEqual(indices);
  });

  test.each<[rows: number, batchSize: number, names: readonly string[], rowsPerGroup: number]>([
    // The smallest group allows fewer rows than were asked for.
    [30, 8, ["site 1", "site 2", "site 10"], 2],
    // Rows for two groups only: the largest.
    [5, 2, ["site 2", "site 10"], 2],
    [64, 2, ["site 1", "site 2", "site 3", "site 10"], 2],
  ])("%d rows of %d are for %j, %d each", (rows, batchSize, names, rowsPerGroup) => {
    expect(draw("site", rows, batchSize)).toMatchObject({ names, rowsPerGroup });
  });

  test("by class are named as the classes are", () => {
    const { names, indices, rowsPerGroup } = draw("class", 6, 5);
    expect(names).toEqual(["red", "green", "blue"]);
    const classes = Array.from(indices, (i) => data.labels[i]);
    expect(classes).toEqual([0, 1, 2].flatMap((label) => Array(5 * rowsPerGroup).fill(label)));
    expect(draw("class", 6, 5, { ...data, classNames: [] }).names).toEqual(["0", "1", "2"]);
  });
});

test.each<[by: string, batchSize: number, of: Dataset, message: string]>([
  ["colour", 4, data, '`by`: expected one of class, site for clouds, got "colour"; choose one of them'],
  [
    "class",
    4,
    { ...data, labels: new Int32Array(0) },
    '`by`: expected one of site for clouds, got "class"; choose one of them',
  ],
  [
    "class",
    4,
    { ...clouds(9), labels: new Int32Array(0) },
    '`by`: expected data with classes or columns for clouds, got "class"; leave `by` out',
  ],
  [
    "site",
    25,
    data,
    "`by`: expected at least 2 groups of 2 × 25 examples by site, got 1 of 4; lower `batchSize`, or group by something else",
  ],
])("%s in mini-batches of %d is refused", (by, batchSize, of, message) => {
  expect(() => draw(by, 12, batchSize, of)).toThrow(new UsageError(message));
});
