import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { count, csv, folder, HEADER, opened, planted, put, read, windows } from "../../../test/plantedSeries.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import type { Dataset } from "../dataset.ts";
import { encodeNpz } from "../files/npz.ts";
import type { DataOptions } from "../options.ts";
import { listSubsets } from "../registry.ts";

const twoUnits = csv(HEADER, [...planted(1, 60), ...planted(2, 60)]);
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
    put("pair/train.csv", twoUnits);
    put("pair/test.csv", csv(HEADER, planted(7, 30)));
    const { train, validation, description } = await opened(join(folder, "pair"));
    expect([names(train), names(validation), validation.size]).toEqual([["u1", "u2"], ["u7"], 6]);
    expect(description!.split).toBe("as the files give it");
    await expect(opened(join(folder, "pair"), { ...windows, reading: { splitBlock: 3 } })).rejects.toThrow(
      /^`splitBlock`: expected data in one part, got training and validation data in .*train\.csv and .*test\.csv; leave it out$/,
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
    for (const site of ["north", "south"]) put(`towns/${site}.csv`, twoUnits);
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
      /expected a subset, one of copper_50Hz, steel_60Hz, got none; pass `subset`$/,
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

const tiny: DataOptions = { series: { length: 2 } };
const site = (t: number) => `s${Math.floor(t / 7)}`;
test.each<[file: string, content: string, options: DataOptions, message: string]>([
  [
    "r1.csv",
    twoUnits,
    { series: { length: 61 }, seriesFiles: { by: "unit" } },
    "windows: expected a series of at least 61 readings, got at most 60 in u1; lower `windowLength`",
  ],
  [
    "r2.csv",
    twoUnits,
    { series: { length: 50 }, seriesFiles: { by: "unit" }, reading: { splitBlock: 5 } },
    "`validationSplit`: expected series that leave a window of 50 readings on both sides and 5 between them, got at most 60 readings; lower `windowLength` or change `validationSplit`",
  ],
  [
    "r3.csv",
    twoUnits,
    { seriesFiles: { by: "units" } },
    '`seriesBy`: expected a column of FILE, got "units"; did you mean "unit"?',
  ],
  [
    "r4.csv",
    twoUnits,
    { seriesFiles: { by: "unit", time: "when" } },
    '`time`: expected a column of FILE, got "when"; choose one of unit, time, a, b, label',
  ],
  [
    "r5.csv",
    twoUnits,
    { series: { length: 8 }, reading: { splitBy: "place" } },
    '`splitBy`: expected a column of FILE, got "place"; choose one of unit, time, a, b, label',
  ],
  [
    "r6.csv",
    twoUnits,
    { series: { length: 8 }, seriesFiles: { by: "unit" }, reading: { features: ["c"] } },
    '`features`: expected a column of FILE, got "c"; did you mean "a"?',
  ],
  [
    "r7.csv",
    twoUnits.replace("1005,-1005", "high,-1005"),
    windows,
    'FILE:7: expected a number in "a", got "high"; correct it, name the column with `time` or `seriesBy`, or leave it out with `drop`',
  ],
  ["r8.csv", twoUnits.replace("u1,5,", ",5,"), windows, 'FILE:7: expected a value in "unit", got none; correct it'],
  [
    "r9.csv",
    twoUnits.replace("u1,5,", "u1,noon,"),
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
    "`seriesGap`: expected `time` beside it, got none; name the column that says when",
  ],
  [
    "r12.csv",
    csv(
      "a,site,label",
      count(60, (t) => [t, site(t), t % 2]),
    ),
    { series: { length: 8 }, reading: { splitBy: "site" } },
    '`splitBy`: expected one value of "site" in each series, got "s0" and "s1" in r12 (FILE:9); split by another column',
  ],
  [
    "r13.csv",
    csv(
      "a,label",
      planted(1, 60).map((row) => [row[2]!, row[4]!]),
    ),
    { series: { length: 8 }, reading: { splitBy: "series" } },
    '`splitBy`: expected at least 2 values of "series", got 1; leave it out to validate on a block of readings',
  ],
  [
    "r14.csv",
    twoUnits,
    { ...windows, reading: { dataMemory: 1024 } },
    "`dataMemory`: expected at least 1 for the readings of r14, as series are kept in memory, got 0; raise it or leave columns out with `drop`",
  ],
  [
    "r15.csv",
    twoUnits,
    { ...windows, reading: { imageSize: [8, 8] } },
    "`imageSize`: expected data that it means something for, got FILE; leave it out",
  ],
  [
    "r16.csv",
    twoUnits,
    { ...windows, reading: { splitBy: "unit", splitBlock: 3 } },
    "`splitBlock`: expected one way to split, got `splitBy` too; keep one of them",
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
    /odd\/b\.csv: expected the column "b" as in .*odd\/a\.csv, got none; add it or leave it out with `drop`$/,
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
