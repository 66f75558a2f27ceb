import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeNpy, encodeNpz } from "../../src/data/files/npz.ts";
import { fromNumbers } from "../../src/tensor/tensor.ts";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(scene, path)), { recursive: true });
  writeFileSync(join(scene, path), content);
}

const lines = (count: number, row: (i: number) => string) => Array.from({ length: count }, (_, i) => row(i)).join("\n");
const table = `length,colour,label\n${lines(60, (i) => `${i % 17},${["red", "blue"][i % 2]},${["a", "b", "c"][i % 3]}`)}\n`;

/** Two quantities of four units, every ten minutes; each unit has a fault of its own, thirty readings long. */
const hvac = lines(4 * 160, (i) => {
  const [unit, t] = [Math.floor(i / 160), i % 160];
  const fault = t >= 20 + 30 * unit && t < 50 + 30 * unit;
  const minute = new Date(Date.UTC(2026, 0, 1, 0, 10 * t)).toISOString().slice(0, 19).replace("T", " ");
  return `${minute},unit${unit},${15 + Math.sin(t / 5) + (fault ? 4 : 0)},${3 + Math.cos(t / 7)},${fault ? "fault" : "normal"}`;
});

beforeAll(async () => {
  put("hvac.csv", `time,unit,supply,power,fault\n${hvac}\n`);
  for (const coil of ["copper_50Hz", "steel_60Hz"])
    for (const unit of [1, 2])
      put(
        `coils/${coil}/${unit}.csv`,
        `a,b,label\n${lines(60, (t) => `${t % 9},${unit * t},${Number(t % 30 < 6)}`)}\n`,
      );
  put("high.csv", `time,unit,supply,power,fault\n${hvac.replace(",unit0,15,4,", ",unit0,high,4,")}\n`);
  put("flowers.csv", table);
  put("patients.csv", `patient,pulse,label\n${lines(60, (i) => `p${i % 9},${60 + (i % 23)},${i % 2}`)}\n`);
  const whole = Array.from({ length: 60 }, (_, i) => i);
  const houses = [
    { name: "rooms", data: whole.map((i) => i % 7) },
    { name: "area", data: whole.map((i) => 30 + 1.5 * i) },
    { name: "price", data: whole.map((i) => 1000 * i + 7) },
  ];
  put("houses.parquet", new Uint8Array(parquetWriteBuffer({ columnData: houses })));
  const x = fromNumbers(
    "float32",
    [60, 4],
    whole.flatMap((i) => [i, i % 2, i % 3, 1]),
  );
  const y = fromNumbers(
    "int64",
    [60],
    whole.map((i) => i % 3),
  );
  put(
    "arrays.npz",
    encodeNpz(
      new Map([
        ["x", x],
        ["y", y],
      ]),
    ),
  );
  put("arrays/x.npy", encodeNpy(x));
  put("arrays/y.npy", encodeNpy(y));
  for (const [k, name] of ["cat", "dog"].entries())
    for (let i = 0; i < 10; i++)
      put(
        `photos/${name}/${i}.png`,
        await sharp({ create: { width: 30, height: 33, channels: 3, background: { r: 20 * i, g: 99 * k, b: 5 } } })
          .png()
          .toBuffer(),
      );
  put("copper/50Hz.csv", table);
  put("copper/60Hz/train.csv", table);
  put("copper/60Hz/validation.csv", table);
  // What is wrong with these is in their names.
  put("ragged.csv", "a,label\n1,x\n2\n");
  put("cut.parquet", new Uint8Array(parquetWriteBuffer({ columnData: houses })).subarray(0, 300));
  put("alone.npz", encodeNpz(new Map([["x", x]])));
  put("cut.safetensors", Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 1, 2));
  put("torn/a/0.png", readFileSync(join(scene, "photos/cat/0.png")).subarray(0, 60));
  put("torn/b/0.png", readFileSync(join(scene, "photos/cat/0.png")));
  put("uneven/a/0.png", readFileSync(join(scene, "photos/cat/0.png")));
  put(
    "uneven/b/0.png",
    await sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } })
      .png()
      .toBuffer(),
  );
  put("nothing/notes.rst", "");
});

const page = readFileSync(new URL("../../docs/data.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.trim().split("\n"));

describe("docs/data.md", () => {
  test.concurrent.each(commands)("%s", async (command) => {
    const store = join(scene, `docs-${crypto.randomUUID()}`);
    const [, ...line] = command.split(" ");
    const { code, stderr } = await batchscope([...line, "--dir", store], { cwd: scene });
    expect(code, stderr).toBe(0);
    expect(runsIn(store)).toHaveLength(command.includes("--subset all") ? 2 : 1);
  });
});

test.each([
  ["mlp", ""],
  ["tcn", ""],
  ["lstm", "--window-label last"],
  ["DualGAFNet", "--fields --use_statistical_features --stat_type basic"],
])("a folder of coils trains a %s on each subset, files being series", async (model, more) => {
  const line = `train --model ${model} --data coils --subset all --window-length 12 --epochs 1 --json ${more}`.trim();
  const { code, stdout, stderr } = await batchscope([...line.split(" "), "--dir", `coils-${model}`], { cwd: scene });
  expect(code, stderr).toBe(0);
  const runs = JSON.parse(stdout) as { path: string; summary: { last: { validationLoss: number } } }[];
  expect(runs.map(({ summary }) => Number.isFinite(summary.last.validationLoss))).toEqual([true, true]);
  const descriptions = runs.map(({ path }) => JSON.parse(readFileSync(join(path, "data.json"), "utf8")));
  expect(descriptions.map(({ files }) => files)).toEqual([
    ["coils/copper_50Hz/1.csv", "coils/copper_50Hz/2.csv"],
    ["coils/steel_60Hz/1.csv", "coils/steel_60Hz/2.csv"],
  ]);
});

type Refusal = [line: string, code: number, message: RegExp];
const refusals: Refusal[] = [
  ["--data ragged.csv", 1, /^ragged\.csv:3: expected 2 cells as in the first line, got 1; correct the line$/],
  ["--data cut.parquet", 1, /^cut\.parquet: expected a Parquet file, got: .*; write the file again$/],
  ["--data alone.npz", 1, /^alone\.npz: expected arrays "x" \(or .*\) and "y", got x; rename them$/],
  ["--data cut.safetensors", 1, /^cut\.safetensors: expected a header of 200 bytes, got 2; the file is truncated/],
  [
    "--data arrays/x.npy",
    4,
    /^arrays\/x\.npy: expected a file .*, got another; pass its folder, with x\.npy and y\.npy$/,
  ],
  ["--data torn", 1, /^torn\/a\/0\.png: expected an image, got: .*; save it again or remove it$/],
  ["--data uneven", 1, /^uneven\/.*: expected .* pixels as in .*; pass --image-size \d+x\d+ or another$/],
  [
    "--data nothing",
    4,
    /^nothing: expected a table \.csv or \.parquet, .* or folders with any of these, got 1 \.rst; put such files/,
  ],
  [
    "--data none.csv",
    4,
    /^--data: expected a file or folder that exists, got "none\.csv" \(this folder has .*\); check --data$/,
  ],
  ["--data copper", 2, /^copper: expected a subset, one of 50Hz, 60Hz, got none; pass --subset$/],
  [
    "--data flowers.csv --target colr",
    2,
    /^--target: expected a column of flowers\.csv, got "colr"; did you mean "colour"\?$/,
  ],
  ["--data flowers.csv --validation-split 1", 2, /^--validation-split: expected a number above 0 and below 1, got 1;/],
  [
    "--data flowers.csv --image-size 5",
    2,
    /^--image-size: expected data that it means something for, got flowers\.csv;/,
  ],
  [
    "--data flowers.csv --augment flip",
    2,
    /^--augment: expected images for flip, got "x" of \[3\] from flowers; use noise/,
  ],
  [
    "--data hvac.csv --window-length 32 --series-by units",
    2,
    /^--series-by: expected a column of hvac\.csv, got "units";/,
  ],
  [
    "--data hvac.csv --window-length 161 --series-by unit --target fault",
    1,
    /^--window-length: expected a series of at least 161 readings, got at most 160 in [^;]+; lower --window-length$/,
  ],
  [
    "--data high.csv --window-length 32 --series-by unit --target fault",
    1,
    /^high\.csv:2: expected a number in "supply", got "high"; correct it, name the column with --time or --series-by, /,
  ],
  [
    "--data hvac.csv --window-length 32 --target fault --features power",
    1,
    /^hvac\.csv:162: expected "time" to ascend in the series hvac, got 2026-01-01 00:00:00 after 2026-01-02 02:30:00; pass/,
  ],
  [
    "--data photos --window-length 32",
    4,
    /^photos: expected series as tables .*, or folders of them, got none; put them there$/,
  ],
  [
    "--data sensors --fields",
    2,
    /^sensors: expected no options of series files for such data, got some; leave out --series-by, /,
  ],
  [
    "--data mnist --split-seed 2",
    2,
    /^mnist: expected no options of reading for such data, got some; leave out --target, /,
  ],
];

describe("one line on stderr and no run left behind", () => {
  test.each(refusals)("%s", async (line, code, message) => {
    const store = join(scene, `store-${crypto.randomUUID()}`);
    const outcome = await tryIn(scene, "train", "--model", "mlp", "--dir", store, ...line.split(" "));
    const [, text] = /^batchscope: error: ([^\n]*)$/.exec(outcome.text) ?? [];
    expect(text ?? outcome.text).toMatch(message);
    expect([outcome.code, outcome.said, outcome.printed, runsIn(store)]).toEqual([code, "", "", []]);
  });
});

test("what stays on disk trains to the same bits", async () => {
  const x = fromNumbers(
    "float32",
    [3000, 100],
    Float32Array.from({ length: 300_000 }, (_, i) => Math.sin(i)),
  );
  put("large/x.npy", encodeNpy(x));
  put(
    "large/y.npy",
    encodeNpy(
      fromNumbers(
        "int64",
        [3000],
        Array.from({ length: 3000 }, (_, i) => i % 4),
      ),
    ),
  );
  const losses = ["--data-memory 1", "--data-memory 64"].map(async (option) => {
    const line = `train --model mlp --data large ${option} --batch-size 64 --epochs 1 --json --dir disk${option.slice(-2).trim()}`;
    const { code, stdout, stderr } = await batchscope(line.split(" "), { cwd: scene });
    expect(code, stderr).toBe(0);
    expect(stderr.includes("stay on disk")).toBe(option.endsWith(" 1"));
    const { last } = (JSON.parse(stdout) as { summary: { last: { trainLoss: number; validationLoss: number } } })
      .summary;
    return [last.trainLoss, last.validationLoss];
  });
  const [disk, memory] = await Promise.all(losses);
  expect(disk).toEqual(memory);
});

test("analyze says that the data have changed, and nothing where they have not", async () => {
  put("changing.csv", table);
  const command = (line: string) => batchscope([...line.split(" "), "--dir", "changing"], { cwd: scene });
  await command("train --model mlp --data changing.csv --batch-size 8 --epochs 1");
  const before = await command("analyze latest --rows 4 --json");
  put("changing.csv", table.replace("\n3,", "\n99,"));
  const after = await command("analyze latest --rows 4 --json");
  expect([before.code, after.code]).toEqual([0, 0]);
  expect(before.stderr).not.toContain("have changed");
  expect(after.stderr).toMatch(
    /^the data of \S+-mlp-changing-\S+ have changed since it was trained: its gradients are /m,
  );
});

test("a run of augmented images from disk is the same run again, and can be analyzed", async () => {
  const run = async (store: string) => {
    const line =
      "train --model lenet --data photos --image-size 28 --augment standard,noise --batch-size 4 --epochs 2 --json";
    const { code, stdout, stderr } = await batchscope([...line.split(" "), "--dir", store], { cwd: scene });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as { path: string; summary: { last: { trainLoss: number; validationLoss: number } } };
  };
  const [a, b] = await Promise.all([run(join(scene, "a")), run(join(scene, "b"))]);
  const losses = ({ summary: { last } }: typeof a) => [last.trainLoss, last.validationLoss];
  expect(losses(b)).toEqual(losses(a));
  const description = JSON.parse(readFileSync(join(a.path, "data.json"), "utf8"));
  expect(description).toMatchObject({
    kind: "images",
    classNames: ["cat", "dog"],
    examples: { train: 16, validation: 4 },
  });
  const analyzed = await batchscope(["analyze", "latest", "--dir", join(scene, "a"), "--json"], { cwd: scene });
  expect(analyzed.code, analyzed.stderr).toBe(0);
});
