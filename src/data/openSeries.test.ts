import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { type Dataset, newBatch } from "./dataset.ts";
import { encodeNpz } from "./npz.ts";
import type { DataOptions } from "./options.ts";
import { listSubsets, openData } from "./registry.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-series-"));
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

type Row = readonly (string | number)[];
const csv = (header: string, rows: readonly Row[]) => `${header}\n${rows.map((row) => row.join(",")).join("\n")}\n`;
const count = <T>(length: number, of: (i: number) => T) => Array.from({ length }, (_, i) => of(i));

/**
 * Readings whose values say where they stand: quantity `a` is 1000·unit + place, `b` its negative. Place 20 … 24 of
 * each series is a fault.
 */
const planted = (unit: number, length: number) =>
  count(length, (t): Row => [`u${unit}`, t, 1000 * unit + t, -1000 * unit - t, t >= 20 && t < 25 ? "fault" : "normal"]);
const HEADER = "unit,time,a,b,label";

const windows: DataOptions = { series: { length: 8, stride: 4 }, seriesFiles: { by: "unit" } };
const opened = (path: string, options: DataOptions & { subset?: string } = windows) => openData(path, options);

async function read(data: Dataset) {
  const batch = newBatch(data, data.size);
  await data.read(
    Uint32Array.from({ length: data.size }, (_, i) => i),
    batch,
  );
  return Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, toNumbers(value)]));
}

/** Every reading that the windows of a part hold, as "series:place". */
function readingsOf(data: Dataset, length: number): Set<string> {
  const { series, start } = data.columns!;
  return new Set(series!.flatMap((name, i) => count(length, (t) => `${name}:${Number(start![i]) + t}`)));
}

const overlap = (a: Set<string>, b: Set<string>) => [...a].filter((one) => b.has(one));

describe("windows of one's own series", () => {
  test("hold the readings that their columns name, and never those of two series", async () => {
    const rows = count(60, (t) => [planted(1, 60)[t]!, planted(2, 60)[t]!, planted(3, 60)[t]!]).flat();
    const { train, validation, description } = await opened(put("planted.csv", csv(HEADER, rows)));
    const [a] = description!.inputs;
    for (const data of [train, validation]) {
      const { x } = await read(data);
      const { series, start, unit } = data.columns!;
      expect(unit).toEqual(series);
      const expected = series!.flatMap((name, i) =>
        count(
          8,
          (t) => (1000 * Number(name.slice(1)) + Number(start![i]) + t - a!.moments!.mean) / a!.moments!.deviation,
        ),
      );
      const found = count(data.size, (i) => x!.slice(16 * i, 16 * i + 8)).flat();
      expect(Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    }
    expect(train.inputs[0]!.shape).toEqual([2, 8]);
    expect(train.size + validation.size).toBe(3 * 14);
  });

  test("are labelled by the rule; a class called normal is none", async () => {
    const path = put("rules.csv", csv(HEADER, [...planted(1, 60), ...planted(2, 60)]));
    const labels = async (rule?: "any" | "last" | "majority") =>
      [...(await opened(path, { ...windows, series: { length: 8, stride: 4, rule } })).train.labels].join("");
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
    expect(notes[0]).toContain("3 classes, by the rule majority");
    await expect(
      opened(join(folder, "many.csv"), { series: { length: 4, rule: "any" }, seriesFiles: { by: "unit" } }),
    ).rejects.toThrow(
      "--window-label: expected a class called 0 or normal for any, got run, stand, walk; use last or majority",
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
      "--window-label: expected last for numbers to predict, got any; leave it out, or pass --task classification",
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
      "--field-size, --field-range: expected --fields beside them, got none; pass it",
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
    expect(shuffled.notes).toContain('1 row behind one of a later "time": sorted by it');
    expect(straight.notes.some((note) => note.includes("sorted"))).toBe(false);
  });

  test("that is repeated or has gaps is reported; a larger step cuts the series", async () => {
    const holes = rows.filter((_, t) => t !== 10 && (t < 20 || t >= 29)).toSpliced(3, 0, rows[3]!);
    const path = timed("time,a,b,label", holes, "holes.csv");
    const { notes } = await opened(path, { series: { length: 4 }, seriesFiles: { time: "time" } });
    expect(notes.at(-2)).toMatch(/^1 reading has the same "time" as the one before in the series; all are kept/);
    expect(notes.at(-1)).toBe(
      '1 step of "time" above twice the usual 600 s, the largest 6000 s after 2026-03-01 03:10:00 in holes; ' +
        "windows run across, --series-gap would cut there",
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
        "pass --time time to sort by it, or --series-by a column that tells series apart",
    );
  });
});

const planted2 = csv(HEADER, [...planted(1, 60), ...planted(2, 60)]);
/** Without the series' own column. */
const alone = (unit: number) =>
  csv(
    "a,b,label",
    planted(unit, 60).map((row) => row.slice(2)),
  );

describe("series lie", () => {
  const plain: DataOptions = { series: { length: 8, stride: 4 } };
  const names = ({ columns }: Dataset) => [...new Set(columns!.series)];

  test("in a file to train on and one to validate on", async () => {
    put("pair/train.csv", planted2);
    put("pair/test.csv", csv(HEADER, planted(7, 30)));
    const { train, validation, description } = await opened(join(folder, "pair"));
    expect([names(train), names(validation), validation.size]).toEqual([["u1", "u2"], ["u7"], 6]);
    expect(description!.split).toBe("as the files give it");
    await expect(opened(join(folder, "pair"), { ...windows, reading: { splitBlock: 3 } })).rejects.toThrow(
      /^--split-block: expected data in one part, got training and validation data in .*train\.csv and .*test\.csv; leave it out$/,
    );
  });

  test("one in each file, in one folder or in train and validation folders", async () => {
    for (const unit of [1, 2, 3]) put(`site/pump${unit}.csv`, alone(unit));
    const { train, validation } = await opened(join(folder, "site"), plain);
    expect([...names(train), ...names(validation)].sort()).toEqual(["pump1", "pump2", "pump3"]);
    put("apart/train/p1.csv", alone(1));
    put("apart/train/p2.csv", alone(2));
    put("apart/val/p3.csv", alone(3));
    const apart = await opened(join(folder, "apart"), plain);
    expect([names(apart.train), names(apart.validation)]).toEqual([["p1", "p2"], ["p3"]]);
  });

  test("several in each of several files", async () => {
    for (const site of ["north", "south"]) put(`towns/${site}.csv`, planted2);
    const { train, validation } = await opened(join(folder, "towns"));
    const all = [...names(train), ...names(validation)].sort();
    expect(all).toEqual(["north/u1", "north/u2", "south/u1", "south/u2"]);
  });

  test("in folders that are subsets, called after material and frequency", async () => {
    for (const subset of ["copper_50Hz", "steel_60Hz"])
      for (const unit of [1, 2]) put(`coils/${subset}/${unit}.csv`, alone(unit));
    expect(await listSubsets(join(folder, "coils"), plain)).toEqual(["copper_50Hz", "steel_60Hz"]);
    // Without options of series the files of a folder are subsets themselves.
    expect([
      await listSubsets(join(folder, "coils/copper_50Hz"), plain),
      await listSubsets(join(folder, "coils/copper_50Hz")),
    ]).toEqual([[], ["1", "2"]]);
    expect((await opened(join(folder, "coils"), { ...plain, subset: "steel_60Hz" })).train.name).toBe(
      "coils_steel_60Hz",
    );
    await expect(opened(join(folder, "coils"), plain)).rejects.toThrow(
      /expected a subset, one of copper_50Hz, steel_60Hz, got none; pass --subset$/,
    );
  });

  test("in Parquet and in arrays, with the same windows as in CSV", async () => {
    const rows = planted(3, 80);
    const expected = await read(
      (
        await opened(
          put(
            "same.csv",
            csv(
              "a,b,y",
              rows.map(([, , a, b, label]) => [a!, b!, label === "fault" ? 1 : 0]),
            ),
          ),
          { ...plain, reading: { target: "y" } },
        )
      ).train,
    );
    const columnData = [
      { name: "a", data: rows.map(([, , a]) => Number(a)) },
      { name: "b", data: rows.map(([, , , b]) => Number(b)) },
      { name: "y", data: rows.map(([, , , , label]) => Number(label === "fault")) },
    ];
    const parquet = put("same.parquet", new Uint8Array(parquetWriteBuffer({ columnData })));
    expect(await read((await opened(parquet, { ...plain, reading: { target: "y" } })).train)).toEqual(expected);
    const x = fromNumbers(
      "float32",
      [80, 2],
      rows.flatMap(([, , a, b]) => [Number(a), Number(b)]),
    );
    const y = fromNumbers("int64", [80], columnData[2]!.data);
    const npz = put(
      "same.npz",
      encodeNpz(
        new Map([
          ["x", x],
          ["y", y],
        ]),
      ),
    );
    expect(await read((await opened(npz, plain)).train)).toEqual(expected);
    expect((await opened(npz, { ...plain, reading: { features: ["x"] } })).train.inputs[0]!.shape).toEqual([2, 8]);
    const both = put(
      "both.npz",
      encodeNpz(
        new Map([
          ["x_train", x],
          ["y_train", y],
          ["x_test", x],
          ["y_test", y],
        ]),
      ),
    );
    expect((await opened(both, plain)).description!.windows).toMatchObject({
      train: ["both_train"],
      validation: ["both_validation"],
    });
  });
});

describe("missing readings", () => {
  const rows = count(60, (t): Row => [t === 17 ? "" : t, -t, Number(t % 20 < 6)]);

  test("are refused, or cut the series in two", async () => {
    const path = put("holey.csv", csv("a,b,label", rows));
    const plain: DataOptions = { series: { length: 8, stride: 1 } };
    await expect(opened(path, plain)).rejects.toThrow(
      `${path}:19: expected a value in "a", got none, as in 1 row; correct it, or pass --missing drop, which cuts the series there`,
    );
    const { train, validation, notes } = await opened(path, { ...plain, reading: { missing: "drop" } });
    for (const data of [train, validation]) expect(readingsOf(data, 8).has("holey:17")).toBe(false);
    expect(notes).toContain("readings with missing values left out: 1; series are cut there");
    await expect(opened(path, { ...plain, reading: { missing: "mean" } })).rejects.toThrow(
      /^--missing: expected refuse or drop for series/,
    );
  });
});

const tiny: DataOptions = { series: { length: 2 } };
const site = (t: number) => `s${Math.floor(t / 7)}`;
test.each<[file: string, content: string, options: DataOptions, message: string]>([
  [
    "r1.csv",
    planted2,
    { series: { length: 61 }, seriesFiles: { by: "unit" } },
    "windows: expected a series of at least 61 readings, got at most 60; lower --window-length",
  ],
  [
    "r2.csv",
    planted2,
    { series: { length: 50 }, seriesFiles: { by: "unit" }, reading: { splitBlock: 5 } },
    "--validation-split: expected series that leave a window of 50 readings on both sides and 5 between them, got at most 60 readings; lower --window-length or change --validation-split",
  ],
  [
    "r3.csv",
    planted2,
    { seriesFiles: { by: "units" } },
    '--series-by: expected a column of FILE, got "units"; did you mean "unit"?',
  ],
  [
    "r4.csv",
    planted2,
    { seriesFiles: { by: "unit", time: "when" } },
    '--time: expected a column of FILE, got "when"; choose of unit, time, a, b, label',
  ],
  [
    "r5.csv",
    planted2,
    { series: { length: 8 }, reading: { splitBy: "place" } },
    '--split-by: expected a column of FILE, got "place"; choose of unit, time, a, b, label',
  ],
  [
    "r6.csv",
    planted2,
    { series: { length: 8 }, seriesFiles: { by: "unit" }, reading: { features: ["c"] } },
    '--features: expected a column of FILE, got "c"; did you mean "a"?',
  ],
  [
    "r7.csv",
    planted2.replace("1005,-1005", "high,-1005"),
    windows,
    'FILE:7: expected a number in "a", got "high"; correct it, name the column with --time or --series-by, or leave it out with --features',
  ],
  ["r8.csv", planted2.replace("u1,5,", ",5,"), windows, 'FILE:7: expected a value in "unit", got none; correct it'],
  [
    "r9.csv",
    planted2.replace("u1,5,", "u1,noon,"),
    windows,
    'FILE:7: expected a number in "time", got "noon"; correct it',
  ],
  [
    "r10.csv",
    csv("time,a,label", [
      ["noon", 1, 0],
      ["night", 2, 1],
    ]),
    tiny,
    'FILE:2: expected a number or a time as 2026-01-31 23:59:00 in "time", got "noon"; correct it',
  ],
  [
    "r11.csv",
    csv(
      "a,label",
      planted(1, 60).map((row) => [row[2]!, row[4]!]),
    ),
    { seriesFiles: { gap: 3 } },
    "--series-gap: expected --time beside it, got none; name the column that says when",
  ],
  [
    "r12.csv",
    csv(
      "a,site,label",
      count(60, (t) => [t, site(t), t % 2]),
    ),
    { series: { length: 8 }, reading: { splitBy: "site" } },
    '--split-by: expected one value of "site" in each series, got "s0" and "s1" in r12 (FILE:9); split by another column',
  ],
  [
    "r13.csv",
    csv(
      "a,label",
      planted(1, 60).map((row) => [row[2]!, row[4]!]),
    ),
    { series: { length: 8 }, reading: { splitBy: "series" } },
    '--split-by: expected at least 2 values of "series", got 1; leave it out to validate on a block of readings',
  ],
  [
    "r14.csv",
    planted2,
    { ...windows, reading: { dataMemory: 1024 } },
    "--data-memory: expected at least 1 for the readings of r14, as series are kept in memory, got 0; raise it or name fewer --features",
  ],
  [
    "r15.csv",
    planted2,
    { ...windows, reading: { imageSize: [8, 8] } },
    "--image-size: expected data that it means something for, got FILE; leave it out",
  ],
  [
    "r16.csv",
    planted2,
    { ...windows, reading: { splitBy: "unit", splitBlock: 3 } },
    "--split-block: expected one way to split, got --split-by too; keep one of them",
  ],
])("%s is refused in one line", async (file, content, options, message) => {
  const path = put(file, content);
  const words = await opened(path, options).then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );
  expect(words.replaceAll(path, "FILE")).toBe(message);
});

test("files of other columns, of one name, and of no series are refused", async () => {
  put("odd/a.csv", alone(1));
  put("odd/b.csv", "a,label\n1,x\n");
  const plain: DataOptions = { series: { length: 8 } };
  await expect(opened(join(folder, "odd"), plain)).rejects.toThrow(
    /odd\/b\.csv: expected the column "b" as in .*odd\/a\.csv, got none; add it or leave it out with --features$/,
  );
  put("twice/a.csv", alone(1));
  put("twice/a.tsv", alone(1));
  await expect(opened(join(folder, "twice"), plain)).rejects.toThrow(
    /twice\/a\.csv: expected names of files that differ, got "a" twice; rename one$/,
  );
  put("none/notes.rst", "");
  await expect(opened(join(folder, "none"), plain)).rejects.toThrow(
    /none: expected series as tables .* or folders of them, got none; put them there$/,
  );
  const deep = put("deep.npz", encodeNpz(new Map([["x", fromNumbers("float32", [2, 2, 1], [1, 2, 3, 4])]])));
  await expect(opened(deep, plain)).rejects.toThrow(
    'deep.npz: expected arrays [T] or [T, quantities] of 2 readings, got "x" of [2, 2, 1]; save it so',
  );
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
