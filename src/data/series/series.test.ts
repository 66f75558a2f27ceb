import { describe, expect, test } from "vitest";
import { oracleJson } from "../../../test/oracle.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { type Dataset, newBatch } from "../dataset.ts";
import { type SeriesOptions, seriesDatasets } from "./series.ts";
import { statisticalFeatures } from "./statisticalFeatures.ts";
import type { Series } from "./windows.ts";

const options: SeriesOptions = {
  view: "series",
  length: 4,
  stride: 2,
  rule: "any",
  fieldSize: 2,
  fieldRange: "window",
};

function series(name: string, channels: readonly (readonly number[])[], anomalies: readonly number[]): Series {
  const classes = new Uint8Array(channels[0]!.length);
  for (const t of anomalies) classes[t] = 1;
  return { name, channels: channels.map((values) => Float64Array.from(values)), classes };
}

const train = [
  series(
    "a",
    [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [3, 1, 4, 1, 5, 9, 2, 6],
    ],
    [5],
  ),
  series(
    "b",
    [
      [0, 10, 0, 10, 0, 10],
      [2, 7, 1, 8, 2, 8],
    ],
    [],
  ),
];
const held = [
  series(
    "c",
    [
      [100, 100, 100, 200, 300],
      [-1, -1, -1, -1, -1],
    ],
    [4],
  ),
];

const roles = { features: ["a", "b"], target: "label", by: null, time: null, gap: null };

function open(changed: Partial<SeriesOptions> = {}, parts = { train, validation: held }) {
  return seriesDatasets("test", parts, ["normal", "anomaly"], { ...options, ...changed }, roles);
}

async function read(data: Dataset, indices: readonly number[]) {
  const batch = newBatch(data, indices.length);
  await data.read(Uint32Array.from(indices), batch);
  return Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, toNumbers(value)]));
}

function expectClose(found: readonly number[], expected: readonly number[], digits: number): void {
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, digits);
}

/** Mean and deviation of everything that lies in the training series, by one plain sum. */
function scaleOf(channel: number) {
  const all = train.flatMap(({ channels }) => [...channels[channel]!]);
  const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length) };
}

describe("windows as data sets", () => {
  test("know their class and where they come from", async () => {
    const { train: data, validation } = open();
    expect([data.size, validation.size, data.classes]).toEqual([5, 1, 2]);
    expect([...data.labels]).toEqual([0, 1, 1, 0, 0]);
    expect(data.columns).toEqual({ series: ["a", "a", "a", "b", "b"], start: ["0", "2", "4", "0", "2"] });
    expect((await read(data, [2, 4, 1])).y).toEqual([1, 0, 1]);
  });

  test("are scaled by what the training series hold, in validation too", async () => {
    const { train: data, validation } = open();
    const [first, second] = [scaleOf(0), scaleOf(1)];
    const expected = (window: readonly (readonly number[])[]) =>
      window.flatMap((values, c) => values.map((x) => (x - [first, second][c]!.mean) / [first, second][c]!.deviation));
    const { x } = await read(data, [1]);
    expect(data.inputs).toEqual([{ name: "x", type: "float32", shape: [2, 4] }]);
    expectClose(
      x!,
      expected([
        [3, 4, 5, 6],
        [4, 1, 5, 9],
      ]),
      5,
    );
    const { x: other } = await read(validation, [0]);
    expectClose(
      other!,
      expected([
        [100, 100, 100, 200],
        [-1, -1, -1, -1],
      ]),
      4,
    );
  });

  test("as fields hold the summation fields, then the difference fields", async () => {
    const oracle = oracleJson<{ series: number[]; gasf: number[][]; gadf: number[][] }>("gramian_angular_field.json");
    const n = oracle.series.length;
    const twice = [
      series("oracle", [oracle.series, oracle.series.map((x) => 5 * x - 3)], []),
      series("flat", [Array(n).fill(0), Array(n).fill(0)], [0]),
    ];
    const { train: data } = open(
      { view: "fields", length: n, fieldSize: n },
      { train: twice, validation: held.concat(twice) },
    );
    expect(data.inputs[0]!.shape).toEqual([4, n, n]);
    const { x } = await read(data, [0]);
    // Neither offset nor scale of a quantity changes its field.
    const expected = [oracle.gasf, oracle.gasf, oracle.gadf, oracle.gadf].flat(2);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - x![i]!)))).toBeLessThan(1e-6);
  });

  test("fields over the training range show the size of the readings", async () => {
    const { train: data, validation } = open({ view: "fields", fieldRange: "training" });
    // Quantity 0 lies in 0 … 10: means 1.5 and 3.5 are cosines −0.7 and −0.3; c is cut off at 1.
    const [a, b] = [-0.7, -0.3];
    const { x } = await read(data, [0]);
    const corner = a * b - Math.sqrt(1 - a * a) * Math.sqrt(1 - b * b);
    expectClose(x!, [2 * a * a - 1, corner, corner, 2 * b * b - 1], 6);
    expect((await read(validation, [0])).x!.slice(0, 4)).toEqual([1, 1, 1, 1]);
  });

  test("centred fields are the same at any level, and show the size of a change", async () => {
    const wave = (level: number, size: number) =>
      Array.from({ length: 64 }, (_, t) => level + size * Math.sin(2 * Math.PI * (t / 8)));
    const one = (name: string, values: number[], at: number[]) => series(name, [values], at);
    const parts = {
      train: [one("quiet", wave(50, 1), []), one("event", wave(50, 1), [9])],
      validation: [one("high", wave(80, 1), []), one("large", wave(50, 2), []), one("huge", wave(50, 20), [])],
    };
    const { train: data, validation } = open(
      { view: "fields", fieldRange: "centred", length: 8, fieldSize: 8, stride: 64 },
      {
        train: [...parts.train, one("event", wave(50, 1), [0])],
        validation: parts.validation,
      },
    );
    const [here, [high, large, huge]] = [
      (await read(data, [0])).x!,
      await Promise.all([0, 1, 2].map(async (i) => (await read(validation, [i])).x!)),
    ];
    expectClose(high!, here, 6);
    // The largest distances of a sine of size 1 are 1, so ±3 are the ends: cosines of a third, two thirds, and cut off.
    const diagonal = (field: readonly number[]) => 2 * (field[2 * 8 + 2]! + 1);
    expect([diagonal(here), diagonal(large!)].map((x) => x / 4)).toEqual([
      expect.closeTo(1 / 9, 6),
      expect.closeTo(4 / 9, 6),
    ]);
    expect(huge![2 * 8 + 2]).toBeCloseTo(1, 6);
  });

  test("copies of training series change level and size, and no validation", async () => {
    const [plain, copied] = [open(), open({ copies: 2 })];
    expect([copied.train.size, copied.validation.size]).toEqual([15, 1]);
    expect(new Set(copied.train.columns!.series)).toEqual(
      new Set(["a", "b", "a (copy 1)", "b (copy 1)", "a (copy 2)", "b (copy 2)"]),
    );
    expect([...copied.train.labels.subarray(5, 10)]).toEqual([...plain.train.labels]);
    // A copy is a line through the original: steps keep their proportions.
    const { x } = await read(copied.train, [0, 5]);
    const steps = (at: number) => [x![at + 1]! - x![at]!, x![at + 5]! - x![at + 4]!, x![at + 6]! - x![at + 5]!];
    const [first, second] = [steps(0), steps(8)];
    expect(second[2]! / second[1]!).toBeCloseTo(first[2]! / first[1]!, 4);
    const factor = second[1]! / first[1]!;
    expect(Math.abs(Math.log2(factor))).toBeLessThan(1);
    expect(factor).not.toBeCloseTo(1, 2);
  });

  test("planted anomalies are in training series and their copies, and in no validation", () => {
    const steps = Array.from({ length: 40 }, (_, t) => (t < 20 || t > 22 ? 1 : 5));
    const parts = { train: [series("a", [steps], [20, 21, 22])], validation: held };
    const [plain, planted] = [{ copies: 1 }, { copies: 1, anomalies: 1 }].map((changed) => open(changed, parts));
    const count = (data: Dataset) => data.labels.reduce((sum, label) => sum + label, 0);
    const perSeries = count(plain!.train) / 2;
    expect(planted!.train.size).toBe(plain!.train.size);
    for (const half of [planted!.train.labels.subarray(0, 19), planted!.train.labels.subarray(19)])
      expect(half.reduce((sum, label) => sum + label, 0)).toBeGreaterThan(perSeries);
    expect([...planted!.validation.labels]).toEqual([...plain!.validation.labels]);
  });

  test("with statistics have a second input, scaled by the training windows", async () => {
    const { train: data, validation } = open({ statistics: "basic" });
    expect(data.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["x", [2, 4]],
      ["features", [16]],
    ]);
    const { features } = await read(data, [0, 1, 2, 3, 4]);
    for (let f = 0; f < 16; f++) {
      const column = Array.from({ length: 5 }, (_, i) => features![i * 16 + f]!);
      expect(column.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 5);
      expect(column.reduce((sum, x) => sum + x * x, 0) / 5).toBeCloseTo(1, 5);
    }
    const means = [2.5, 4.5, 6.5, 5, 5];
    const middle = means.reduce((sum, x) => sum + x, 0) / 5;
    const deviation = Math.sqrt(means.reduce((sum, x) => sum + (x - middle) ** 2, 0) / 5);
    const [mean] = statisticalFeatures(Float64Array.of(100, 100, 100, 200), "basic");
    expect((await read(validation, [0])).features![0]).toBeCloseTo((mean! - middle) / deviation, 4);
  });

  test("without a training window of some class are refused", () => {
    expect(() => open({ rule: "majority" })).toThrow(
      'test: expected training windows of every class, got none of "anomaly"; change `windowLength`, `windowStride` or `windowLabel`',
    );
  });

  test("with an image larger than the window are refused", () => {
    expect(() => open({ view: "fields", fieldSize: 5 })).toThrow(/^segmentMeans: expected between 1 and 4 segments/);
  });

  test("cannot be read beyond their end", async () => {
    const { train: data } = open();
    await expect(async () => read(data, [5])).rejects.toThrow("read: expected indices below 5, got 5");
  });
});
