import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpz } from "../src/data/files/npz.ts";
import { evaluate, openEngine, predict, type RunOptions, trainToRun } from "../src/index.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";
import { tryIn } from "./cli/inProcess.ts";

/** That evaluate and predict cut and scale new series as training did. */

const folder = mkdtempSync(join(tmpdir(), "batchscope-new-series-"));
const at = (name: string) => join(folder, name);
const engine = await openEngine();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quick = {
  model: "mlp",
  learningRate: 0.02,
  epochs: 2,
  batchSize: 8,
  noiseScale: "off",
  windowLength: 8,
  windowStride: 4,
  dir: at("store"),
} as const;

const trained = async (options: Pick<RunOptions, "data"> & Partial<RunOptions>) =>
  (await trainToRun({ ...quick, ...options }, { engine })).path;
type Options = NonNullable<Parameters<typeof evaluate>[1]>;
const evaluated = (reference: string, options: Options = {}) =>
  evaluate(reference, { dir: quick.dir, engine, ...options });
const predicted = (reference: string, options: Options) => predict(reference, { dir: quick.dir, engine, ...options });

const HEADER = ["unit", "time", "a", "b", "power", "label"];
type Reading = readonly (string | number)[];

/** 40 readings of each unit: a fault at places 20 to 26 lifts `a`; `power` follows `b`. */
function readings(seed: number, units: readonly string[], level = 0): Reading[] {
  const { normal } = random(seed);
  return units.flatMap((unit) =>
    Array.from({ length: 40 }, (_, t): Reading => {
      const isFault = t >= 20 && t < 27;
      const [a, b] = [level + (isFault ? 5 : 0) + normal(), 10 * normal()];
      return [unit, t, a, b, 3 * b + normal() + 100, isFault ? "fault" : "normal"];
    }),
  );
}

function table(name: string, rows: readonly Reading[], columns: readonly string[] = HEADER): string {
  mkdirSync(join(at(name), ".."), { recursive: true });
  const places = columns.map((column) => HEADER.indexOf(column));
  const lines = rows.map((row) => places.map((c) => row[c]).join(","));
  writeFileSync(at(name), `${[columns, ...lines].join("\n")}\n`);
  return at(name);
}

const columns = { seriesBy: "unit", time: "time", target: "label", drop: "power" } as const;
const forPower = { seriesBy: "unit", time: "time", target: "power", features: "b" } as const;

/** Training readings and those to validate on, in files of their own. */
function twoParts(name: string): string {
  table(`${name}/train.csv`, readings(1, ["u1", "u2", "u3"]));
  // Of another level: were these scaled by their own mean, a fault would look as in training.
  table(`${name}/test.csv`, readings(2, ["v1", "v2"], 1));
  return at(name);
}

describe("the file that a run validated on gives what the run says of it", () => {
  const kinds: Record<string, Partial<RunOptions>> = {
    classes: columns,
    "numbers to predict": forPower,
    fields: { ...columns, fields: true, fieldSize: 8, fieldRange: "training" },
    "fields around the mean of a window": { ...columns, fields: true, fieldSize: 4, fieldRange: "centred" },
    "statistics beside windows": {
      ...columns,
      useStatisticalFeatures: true,
      statType: "comprehensive",
      model: "DualGAFNet",
      fields: true,
    },
    "the class of the last reading": { ...columns, windowLabel: "last" },
    "copies in training": { ...columns, seriesCopies: 1, anomalyCopies: 1 },
  };
  test.each(Object.entries(kinds))("%s", async (name, options) => {
    const run = await trained({ data: twoParts(name), ...options });
    const own = await evaluated(run);
    expect(own.examples).toBe(18);
    expect(await evaluated(run, { data: at(`${name}/test.csv`) })).toEqual(own);
    expect(await evaluated(run, { data: at(name) })).toEqual(own);
    // As the exported model says it, whose metadata are all that is known of the training.
    const out = at(`${name}.onnx`);
    expect((await tryIn(folder, "export", run, "--format", "onnx", "--out", out)).code).toBe(0);
    const exported = await evaluated(out, { data: at(`${name}/test.csv`) });
    expect(exported.examples).toBe(18);
    expect(exported.accuracy ?? exported.errors?.rmse.value.toFixed(3)).toEqual(
      own.accuracy ?? own.errors?.rmse.value.toFixed(3),
    );
    const [byRun, byFile] = [
      await predicted(run, { data: at(`${name}/test.csv`) }),
      await predicted(out, { data: at(`${name}/test.csv`) }),
    ];
    expect(byRun.sources).toEqual(byFile.sources);
    expect(byRun.sources.series).toEqual([...Array(9).fill("v1"), ...Array(9).fill("v2")]);
    for (const [i, value] of byRun.values.entries()) expect(byFile.values[i]).toBeCloseTo(value, 2);
  });
});

describe("other files than those of the training", async () => {
  const run = await trained({ data: twoParts("others"), ...columns });
  const rows = readings(3, ["w1", "w2"]);
  const whole = await evaluated(run, { data: table("new.csv", rows) });
  const of = (name: string, options: Options = {}) => evaluated(run, { data: at(name), ...options });

  test("columns in any order, and rows in any order of time", async () => {
    const order = random(5).permutation(rows.length);
    table(
      "shuffled.csv",
      // The units in their order, as it is that of the windows.
      [...order].map((i) => rows[i]!).sort(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0)),
      [...HEADER].reverse(),
    );
    expect(await of("shuffled.csv")).toEqual(whole);
  });

  test("arrays, each file a series, and a folder of files where no column tells them apart", async () => {
    const plain = await trained({ data: twoParts("plain"), ...columns, seriesBy: "unit" });
    for (const unit of ["w1", "w2"])
      table(
        `folder/${unit}.csv`,
        rows.filter(([name]) => name === unit),
      );
    const found = await predicted(plain, { data: at("folder") });
    expect(found.sources.series).toEqual([...Array(9).fill("w1/w1"), ...Array(9).fill("w2/w2")]);
    expect([...found.values]).toEqual([...(await predicted(plain, { data: at("new.csv") })).values]);
    const x = fromNumbers(
      "float64",
      [80, 2],
      rows.flatMap(([, , a, b]) => [Number(a), Number(b)]),
    );
    const y = fromNumbers(
      "int64",
      [80],
      rows.map((row) => (row[5] === "fault" ? 1 : 0)),
    );
    writeFileSync(at("arrays.npz"), encodeNpz(new Map(Object.entries({ x, y }))));
    const ofArrays = await trained({ data: at("arrays.npz"), fields: true, fieldSize: 8 });
    expect((await evaluated(ofArrays, { data: at("arrays.npz") })).examples).toBe(19);
  });

  test("rows in memory by their columns, one series", async () => {
    const ofOne = rows.filter(([unit]) => unit === "w1");
    const records = ofOne.map((row) => Object.fromEntries(HEADER.map((name, c) => [name, row[c]!])));
    const found = await predicted(run, { data: records });
    expect([...found.values]).toEqual([...(await predicted(run, { data: at("new.csv") })).values].slice(0, 9));
    expect((await evaluated(run, { data: records })).examples).toBe(9);
  });

  test("a window for every reading, and steps of time that cut a series", async () => {
    expect((await of("new.csv", { windowStride: 1 })).examples).toBe(2 * 33);
    table(
      "late.csv",
      rows.filter(([, t]) => t !== 10),
    );
    expect((await of("late.csv")).examples).toBe(2 * 8);
    expect((await of("late.csv", { seriesGap: 1.5 })).examples).toBe(2 * (1 + 6));
  });

  test("missing values cut a series where that is asked for, whether or not there are right answers", async () => {
    const holey = rows.map((row) => (row[1] === 10 ? [row[0]!, row[1]!, "", ...row.slice(3)] : row));
    table("holey.csv", holey);
    await expect(of("holey.csv")).rejects.toThrow(/holey\.csv:12: expected a value in "a", got none, as in 2 rows/);
    expect((await of("holey.csv", { missing: "drop" })).examples).toBe(14);
    expect((await predicted(run, { data: at("holey.csv"), missing: "drop" })).examples).toBe(14);
    await expect(of("holey.csv", { missing: "mean" })).rejects.toThrow(/expected refuse or drop for series/);
  });

  test("predictions need no right answers, and do not read them", async () => {
    const said = await predicted(run, { data: at("new.csv") });
    table("bare.csv", rows, ["unit", "time", "b", "a"]);
    expect(await predicted(run, { data: at("bare.csv") })).toEqual(said);
    table(
      "odd.csv",
      rows.map((row) => [...row.slice(0, 5), "broken"]),
    );
    expect(await predicted(run, { data: at("odd.csv") })).toEqual(said);
    const shown = await tryIn(folder, "predict", run, "--data", "bare.csv", "--out", "said.csv");
    expect([shown.code, readFileSync(at("said.csv"), "utf8").split("\n").slice(0, 2)]).toEqual([
      0,
      [
        "example,series,start,prediction,probability_normal,probability_fault",
        expect.stringMatching(/^0,w1,0,normal,0\.\d+,0\.\d+$/),
      ],
    ]);
  });

  const refusals: [string, () => Promise<unknown>, RegExp][] = [
    ["no right answers", () => of("bare.csv"), /`?target`?: expected the column of .*bare\.csv that holds the right/],
    [
      "an unknown class",
      () => of("odd.csv"),
      /odd\.csv:2: expected a class that the model knows in "label" \(normal, fault\), got "broken"/,
    ],
    [
      "no column that tells series apart",
      () => of(table("alone.csv", rows, HEADER.slice(1)).slice(folder.length + 1)),
      /alone\.csv: expected the column "unit", which tells its series apart, got none; add it/,
    ],
    [
      "no time to sort by",
      () =>
        of(
          table(
            "timeless.csv",
            rows,
            HEADER.filter((name) => name !== "time"),
          ).slice(folder.length + 1),
        ),
      /timeless\.csv: expected the column "time", which its readings are sorted by, got none/,
    ],
    [
      "a quantity that is missing",
      () =>
        of(
          table(
            "less.csv",
            rows,
            HEADER.filter((name) => name !== "b"),
          ).slice(folder.length + 1),
        ),
      /less\.csv: expected the column "b", which the model reads, got none/,
    ],
    [
      "a text among numbers",
      () => of(table("text.csv", [["w1", 0, "warm", 1, 1, "normal"], ...rows.slice(1)]).slice(folder.length + 1)),
      /text\.csv:2: expected a number in "a", got "warm"/,
    ],
    [
      "series shorter than a window",
      () => of(table("short.csv", rows.slice(0, 5)).slice(folder.length + 1)),
      /expected a series of at least 8 readings, got at most 5 in w1/,
    ],
    [
      "another length of windows",
      () => of("new.csv", { windowLength: 16 }),
      /windowLength.*: expected nothing that the training settled, got 16/,
    ],
    [
      "another rule",
      () => of("new.csv", { windowLabel: "last" }),
      /windowLabel.*: expected nothing that the training settled, got last/,
    ],
    [
      "a stride for the run's own windows",
      () => evaluated(run, { windowStride: 1 }),
      /windowStride.*: expected .?data.? beside it/,
    ],
    ["nothing there", () => of("nothing.csv"), /nothing\.csv: expected data, got nothing there/],
    ["bare numbers", () => predicted(run, { data: [[[1, 2]]] }), /expected the input "x" float32\[N, 2, 8\]/],
  ];
  test.each(refusals)("%s is refused in a line", async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });

  test("what is said of series is refused of a table", async () => {
    const ofTable = await trained({
      ...{ data: table("table.csv", rows), target: "label", features: "a,b" },
      ...{ windowLength: undefined, windowStride: undefined },
    });
    await expect(evaluated(ofTable, { data: at("table.csv"), seriesBy: "unit" })).rejects.toThrow(
      /seriesBy.*: expected a model of series, got one of other data/,
    );
  });
});
