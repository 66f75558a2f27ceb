import { expect, test } from "vitest";
import { clouds, readArrays } from "../../test/training.ts";
import { type Dataset, select } from "../data/dataset.ts";
import type { DataDescription } from "../data/openOptions.ts";
import type { ExamplePicture, Inspection } from "../store/inspection.ts";
import { examplePictures } from "./pictures.ts";
import { subjectOf } from "./subject.ts";

/** The pictures of rows 2 and 5 of the file, as labels to doubt. */
async function drawn(data: Dataset, description: DataDescription | null = null): Promise<ExamplePicture[]> {
  const part = (indices: readonly number[]) => select(data, Uint32Array.from(indices));
  const subject = subjectOf(part([5, 3, 0]), part([2]), undefined, 0);
  const found = {
    inspected: subject.inspected,
    labelIssues: [{ index: 2 }, { index: 5 }],
    outliers: [],
    nearDuplicates: [],
  };
  const pictures = await examplePictures(subject, found as unknown as Inspection, description);
  expect([...pictures.keys()]).toEqual(["2", "5"]);
  return [...pictures.values()];
}

test.each([1, 3] as const)("images of %i channels go from the least to the largest value shown", async (channels) => {
  const data = clouds(6, [channels, 3, 4]);
  const { x } = readArrays(data, [2, 5]);
  const pictures = await drawn(data);
  const channel = (c: number) =>
    [0, 1].flatMap((i) => [...x.subarray((i * channels + c) * 12, (i * channels + c + 1) * 12)]);
  pictures.forEach((picture, i) => {
    if (picture.kind !== "image") throw new Error(`expected an image, got ${picture.kind}`);
    expect([picture.width, picture.channels]).toEqual([4, channels]);
    picture.pixels.forEach((byte, at) => {
      const values = channel(at % channels);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const value = x[(i * channels + (at % channels)) * 12 + Math.floor(at / channels)]!;
      expect(byte).toBe(Math.round((255 * (value - low)) / (high - low)));
    });
  });
});

test("large images are means over squares", async () => {
  const data = clouds(6, [1, 80, 130]);
  const [picture] = await drawn(data);
  // 130 pixels are reduced three to one.
  expect(picture).toMatchObject({ kind: "image", width: 43, channels: 1 });
  expect((picture as { pixels: Uint8Array }).pixels).toHaveLength(26 * 43);
});

test("series keep their readings, tables the numbers and categories of the file", async () => {
  const series = clouds(6, [2, 7]);
  const { x } = readArrays(series, [2]);
  expect((await drawn(series))[0]).toEqual({ kind: "series", channels: [[...x.subarray(0, 7)], [...x.subarray(7)]] });
  const table: Dataset = {
    ...clouds(6, [4]),
    read(indices, batch) {
      for (const i of indices.keys()) (batch.x!.data as Float32Array).set([1.5, 0, 1, -0.25], i * 4);
    },
  };
  const inputs = [
    { name: "length", moments: { mean: 5, deviation: 2 } },
    { name: "colour", moments: null, categories: ["red", "blue"] },
    { name: "raw", moments: null },
  ];
  expect((await drawn(table, { inputs } as unknown as DataDescription))[1]).toEqual({
    kind: "values",
    values: [
      ["length", "8"],
      ["colour", "blue"],
      ["raw", "-0.25"],
    ],
  });
  expect((await drawn(table))[1]).toEqual({
    kind: "values",
    values: [
      ["0", "1.5"],
      ["1", "0"],
      ["2", "1"],
      ["3", "-0.25"],
    ],
  });
});

test.each([
  [[9, 10], 10, 1],
  [[9, 10, 1], 10, 1],
  [[9, 10, 3], 10, 3],
  [[1, 9, 10], 10, 1],
])("examples of [%s] are images %i wide of %i channels", async (shape, width, channels) => {
  const data = clouds(6, shape);
  const { x } = readArrays(data, [2]);
  const [picture] = await drawn(data);
  if (picture?.kind !== "image") throw new Error(`expected an image, got ${picture?.kind}`);
  expect([picture.width, picture.channels, picture.pixels.length]).toEqual([width, channels, 90 * channels]);
  // Bytes rise with the values of their channel, which stand in the same order as the pixels.
  for (let c = 0; c < channels; c++) {
    const places = Array.from({ length: 90 }, (_, place) => place * channels + c);
    const byValue = places.toSorted((a, b) => x[a]! - x[b]!).map((at) => picture.pixels[at]!);
    expect(byValue).toEqual(byValue.toSorted((a, b) => a - b));
  }
});

test("unusual values of a table come first, with how far they are from the others", async () => {
  const plain = clouds(6, [14]);
  const table: Dataset = {
    ...plain,
    read(indices, batch) {
      indices.forEach((index, i) => {
        const row = Float32Array.from({ length: 14 }, (_, d) => (d === 3 ? 1 : index));
        if (index === 5) row.set([1000], 13);
        (batch.x!.data as Float32Array).set(row, i * 14);
      });
    },
  };
  const [usual, far] = await drawn(table);
  if (usual?.kind !== "values" || far?.kind !== "values") throw new Error("expected values");
  expect(usual.values.every((value) => value.length === 2)).toBe(true);
  // Rows 5, 3 and 0 of the file are inspected with 2: the last column holds 1000, 3, 0 and 2, its median is 2.5 and its
  // MAD 1.5.
  expect(far.values[0]).toEqual(["13", "1000", expect.closeTo(997.5 / (1.4826 * 1.5), 6)]);
  expect(far.values).toHaveLength(12);
  expect(far.values.slice(1).map(([name]) => Number(name))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
