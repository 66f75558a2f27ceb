import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inWords } from "../../../test/fixtures/findings.ts";
import {
  count,
  csv,
  folder,
  HEADER,
  opened,
  overlap,
  planted,
  put,
  type Row,
  read,
  readingsOf,
  windows,
} from "../../../test/plantedSeries.ts";
import type { Dataset, Moments } from "../dataset.ts";
import type { DataOptions } from "../options.ts";

/** Quantity `a` says where a reading stands: it must be where the columns say that it is. */
async function expectNamedReadings(data: Dataset, { mean, deviation }: Moments): Promise<void> {
  const { x } = await read(data);
  const { series, start } = data.columns!;
  for (const [i, name] of series!.entries())
    for (let t = 0; t < 8; t++) {
      const value = x![16 * i + t]! * deviation + mean;
      expect(Math.abs(value - 1000 * Number(name.slice(1)) - Number(start![i]) - t)).toBeLessThan(0.01);
    }
}

describe("windows of one's own series", () => {
  test("hold the readings that their columns name, and never those of two series", async () => {
    const rows = count(60, (t) => [planted(1, 60)[t]!, planted(2, 60)[t]!, planted(3, 60)[t]!]).flat();
    const { train, validation, description } = await opened(put("planted.csv", csv(HEADER, rows)));
    for (const data of [train, validation]) {
      await expectNamedReadings(data, description!.inputs[0]!.moments!);
      expect(data.columns!.unit).toEqual(data.columns!.series);
    }
    expect(train.inputs[0]!.shape).toEqual([2, 8]);
    expect(train.size + validation.size).toBe(3 * 14);
  });

  test("are labelled by the rule; a class called normal is none", async () => {
    const path = put("rules.csv", csv(HEADER, [...planted(1, 60), ...planted(2, 60)]));
    const labels = async (rule?: "any" | "last" | "majority") =>
      [
        ...(await opened(path, { ...windows, series: { length: 8, stride: 4, ...(rule && { rule }) } })).train.labels,
      ].join("");
    // Windows begin at 0, 4, 8, …; the fault is at 20 … 24. Four readings of eight are no majority.
    expect([await labels(), await labels("last"), await labels("majority")]).toEqual([
      "00001110000000",
      "00001000000000",
      "00000100000000",
    ]);
    expect((await opened(path)).train.classNames).toEqual(["normal", "fault"]);
  });

  test("are scaled by the training series alone", async () => {
    const rows = [...planted(1, 60), ...planted(2, 60), ...planted(50, 60)];
    const { train, description } = await opened(put("scales.csv", csv(HEADER, rows)));
    const units = [...new Set(train.columns!.series)].map((name) => Number(name.slice(1)));
    const values = units.flatMap((unit) => count(60, (t) => 1000 * unit + t));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
    expect(description!.inputs[0]!.moments!.mean).toBeCloseTo(mean, 8);
    expect(description!.inputs[0]!.moments!.deviation).toBeCloseTo(deviation, 8);
  });

  test("may have many classes, texts or numbers, where most readings decide", async () => {
    const rows = count(90, (t): Row => [`u${t % 3}`, t, t * t, ["walk", "run", "stand"][Math.floor(t / 30)]!]);
    const { train, notes } = await opened(put("many.csv", csv("unit,time,a,label", rows)), {
      series: { length: 4, stride: 1 },
      seriesFiles: { by: "unit" },
      reading: { task: "classification" },
    });
    expect(train.classNames).toEqual(["run", "stand", "walk"]);
    expect(inWords(notes)[0]).toContain("3 classes, by the rule majority");
    await expect(
      opened(join(folder, "many.csv"), { series: { length: 4, rule: "any" }, seriesFiles: { by: "unit" } }),
    ).rejects.toThrow(
      "`windowLabel`: expected a class called 0 or normal for any, got run, stand, walk; use last or majority",
    );
  });

  test("may have a number to predict, that of the last reading", async () => {
    const path = put(
      "numbers.csv",
      csv(
        "unit,a,load",
        [1, 2].flatMap((u) => count(40, (t) => [`u${u}`, t, t + u / 10])),
      ),
    );
    const options = { ...windows, reading: { target: "load" } };
    const { train, description } = await opened(path, options);
    const { y } = await read(train);
    const { series, start } = train.columns!;
    const { mean, deviation } = description!.target!.moments!;
    const expected = series!.map((name, i) => Number(start![i]) + 7 + Number(name.slice(1)) / 10);
    expect(train.target).toEqual({ name: "y", type: "float32", shape: [1] });
    for (const [i, value] of y!.entries()) expect(value * deviation + mean).toBeCloseTo(expected[i]!, 4);
    await expect(opened(path, { ...options, series: { length: 8, rule: "any" } })).rejects.toThrow(
      "`windowLabel`: expected last for numbers to predict, got any; leave it out, or pass `task` classification",
    );
  });

  test("become fields and statistics", async () => {
    const path = put("fields.csv", csv(HEADER, [...planted(1, 60), ...planted(2, 60)]));
    const { train } = await opened(path, {
      series: { length: 8, statistics: "basic" },
      seriesFiles: { by: "unit", fields: true },
    });
    expect(train.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["x", [4, 8, 8]],
      ["features", [16]],
    ]);
    await expect(opened(path, { ...windows, fields: { fieldSize: 4 } })).rejects.toThrow(
      "`fieldSize`, `fieldRange`: expected `fields` beside them, got none; pass it",
    );
  });
});

describe("the split", () => {
  test("keeps whole series on one side, and every class on both", async () => {
    const quiet = (unit: number) => planted(unit, 60).map((row) => [...row.slice(0, 4), "normal"]);
    const rows = [...quiet(1), ...quiet(2), ...planted(3, 60), ...quiet(4), ...planted(5, 60), ...quiet(6)];
    const { train, validation } = await opened(put("whole.csv", csv(HEADER, rows)));
    expect(overlap(new Set(train.columns!.series), new Set(validation.columns!.series))).toEqual([]);
    expect([new Set(train.labels).size, new Set(validation.labels).size]).toEqual([2, 2]);
    expect(train.size + validation.size).toBe(6 * 14);
  });

  test.each([
    ["one series", 1, undefined],
    ["a fault in one series only", 2, undefined],
    ["a gap of one's own", 2, 3],
  ])("leaves no reading on both sides, of %s", async (_, units, splitBlock) => {
    const rows = count(units, (u) => planted(u, 200).map((row) => (u === 0 ? row : [...row.slice(0, 4), "normal"])));
    const path = put(`block${units}${splitBlock ?? ""}.csv`, csv(HEADER, rows.flat()));
    const { train, validation, description } = await opened(path, { ...windows, reading: { splitBlock } });
    const [first, second] = [readingsOf(train, 8), readingsOf(validation, 8)];
    for (const data of [train, validation]) await expectNamedReadings(data, description!.inputs[0]!.moments!);
    expect(overlap(first, second)).toEqual([]);
    expect(first.size).toBeGreaterThan(0);
    // Between the two parts of a series lie at least as many readings as were asked for.
    const gap = splitBlock ?? 8;
    for (const one of second) {
      const [name, place] = one.split(":") as [string, string];
      for (let near = 1; near <= gap; near++)
        for (const t of [Number(place) - near, Number(place) + near]) expect(first.has(`${name}:${t}`)).toBe(false);
    }
    expect(description!.split).toContain(`${gap} readings left out beside it`);
    if (splitBlock === undefined) expect(new Set(train.labels).size).toBe(2);
  });

  test("takes a block with every class on both sides where there is one", async () => {
    const rows = count(200, (t): Row => ["u", t, t, -t, [5, 40, 70, 100].includes(t - (t % 5)) ? "fault" : "normal"]);
    const { train, validation, description } = await opened(put("early.csv", csv(HEADER, rows)));
    expect(description!.split).toMatch(/^block 3 of 5 of every series/);
    expect([new Set(train.labels).size, new Set(validation.labels).size]).toEqual([2, 2]);
    expect(overlap(readingsOf(train, 8), readingsOf(validation, 8))).toEqual([]);
  });

  test("can go by a column that several series share", async () => {
    const rows = count(4, (u) => planted(u, 40).map((row): Row => [...row, `site${u % 2}`])).flat();
    const path = put("sites.csv", csv(`${HEADER},site`, rows));
    const { train, validation } = await opened(path, { ...windows, reading: { splitBy: "site" } });
    const sides = [train, validation].map(({ columns }) => [...new Set(columns!.series)].join(" ")).sort();
    expect(sides).toEqual(["u0 u2", "u1 u3"]);
    expect(train.inputs[0]!.shape[0]).toBe(2);
  });
});

describe("time", () => {
  const timed = (header: string, rows: readonly Row[], name: string) => put(name, csv(header, rows));
  const rows = count(
    40,
    (t): Row => [`2026-03-01 ${String(Math.floor(t / 6)).padStart(2, "0")}:${t % 6}0:00`, t, t % 7, Number(t % 16 < 8)],
  );

  test("sorts the rows, says so, and gives the same windows", async () => {
    const options: DataOptions = { series: { length: 4 }, seriesFiles: { time: "time" }, reading: { target: "label" } };
    const [straight, shuffled] = [
      await opened(timed("time,a,b,label", rows, "straight.csv"), options),
      await opened(timed("time,a,b,label", [...rows.slice(30), ...rows.slice(0, 30)], "shuffled.csv"), options),
    ];
    expect(await read(shuffled.train)).toEqual(await read(straight.train));
    expect(inWords(shuffled.notes)).toContain('1 row behind one of a later "time": sorted by it');
    expect(straight.notes.some(({ kind }) => kind === "sortedRows")).toBe(false);
  });

  test("that is repeated or has gaps is reported; a larger step cuts the series", async () => {
    const holes = rows.filter((_, t) => t !== 10 && (t < 20 || t >= 29)).toSpliced(3, 0, rows[3]!);
    const path = timed("time,a,b,label", holes, "holes.csv");
    const { notes } = await opened(path, { series: { length: 4 }, seriesFiles: { time: "time" } });
    expect(inWords(notes).at(-2)).toMatch(
      /^1 reading has the same "time" as the one before in the series; all are kept/,
    );
    expect(inWords(notes).at(-1)).toBe(
      '1 step of "time" above twice the usual 600 s, the largest 6000 s after 2026-03-01 03:10:00 in holes; ' +
        "windows run across, `seriesGap` would cut there",
    );
    const { train, validation } = await opened(path, {
      series: { length: 4, stride: 1 },
      seriesFiles: { time: "time", gap: 1500 },
    });
    // Readings 0 … 19 less one and one more, then the eleven behind the gap.
    const starts = [train, validation].flatMap(({ columns }) => columns!.start!.map(Number));
    expect(starts.some((start) => start < 20 && start + 4 > 20)).toBe(false);
    expect(starts.some((start) => start >= 20)).toBe(true);
  });

  test("is not a quantity where nobody names it, and must ascend then", async () => {
    const { train } = await opened(timed("time,a,b,label", rows, "guessed.csv"), { series: { length: 4 } });
    expect(train.inputs[0]!.shape).toEqual([2, 4]);
    const path = timed("time,a,b,label", [...rows.slice(30), ...rows.slice(0, 30)], "unsorted.csv");
    await expect(opened(path, { series: { length: 4 } })).rejects.toThrow(
      `${path}:12: expected "time" to ascend in the series unsorted, got 2026-03-01 00:00:00 after 2026-03-01 06:30:00; ` +
        "pass `time` time to sort by it, or `seriesBy` a column that tells series apart",
    );
  });
});

describe("missing readings", () => {
  const rows = count(60, (t): Row => [t === 17 ? "" : t, -t, Number(t % 20 < 6)]);

  test("are refused, or cut the series in two", async () => {
    const path = put("holey.csv", csv("a,b,label", rows));
    const plain: DataOptions = { series: { length: 8, stride: 1 } };
    await expect(opened(path, plain)).rejects.toThrow(
      `${path}:19: expected a value in "a", got none, as in 1 row; correct it, or pass \`missing\` drop, which cuts the series there`,
    );
    const { train, validation, notes } = await opened(path, { ...plain, reading: { missing: "drop" } });
    for (const data of [train, validation]) expect(readingsOf(data, 8).has("holey:17")).toBe(false);
    expect(inWords(notes)).toContain("readings with missing values left out: 1; series are cut there");
    await expect(opened(path, { ...plain, reading: { missing: "mean" } })).rejects.toThrow(
      /^`missing`: expected refuse or drop for series/,
    );
  });
});

test("a class that would vanish in the gap is kept for training", async () => {
  // The only fault lies in the gap before the last block.
  const rows = count(100, (t): Row => [t, -t, Number(t === 75)]);
  const { train, validation, description } = await opened(put("hidden.csv", csv("a,b,label", rows)), {
    series: { length: 8, stride: 1 },
  });
  expect([new Set(train.labels).size, new Set(validation.labels).size]).toEqual([2, 1]);
  expect(description!.split).toMatch(/^block 3 of 5 of every series, .*; not every class is on both sides$/);
});
