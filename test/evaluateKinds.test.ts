import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, expect, test } from "vitest";
import { encodeNpz } from "../src/data/files/npz.ts";
import { evaluate, openEngine, predict, type RunOptions, trainToRun } from "../src/index.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";
import { writeImages } from "./cli/harness.ts";

/** That evaluate and predict take every kind of data that train does, prepared as they were for training. */

const folder = mkdtempSync(join(tmpdir(), "batchscope-kinds-"));
const at = (name: string) => join(folder, name);
const engine = await openEngine();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quick = {
  model: "mlp",
  learningRate: 0.02,
  epochs: 4,
  batchSize: 8,
  noiseScale: "off",
  dir: at("store"),
} as const;

async function trained(options: Pick<RunOptions, "data"> & Partial<RunOptions>): Promise<string> {
  return (await trainToRun({ ...quick, ...options }, { engine })).path;
}

const evaluated = (run: string, options: Parameters<typeof evaluate>[1] = {}) =>
  evaluate(run, { dir: quick.dir, engine, ...options });

/** Rows of three numbers, the sign of whose first is the class, as a table. */
function table(name: string, seed: number, missing = false): string {
  const { normal } = random(seed);
  const rows = Array.from({ length: 60 }, (_, i) => {
    const [a, b] = [normal(), normal()];
    return `${missing && i % 10 === 0 ? "" : a},${b},${a > 0 ? "plus" : "minus"}`;
  });
  writeFileSync(at(name), `a,b,y\n${rows.join("\n")}\n`);
  return at(name);
}

/** The same as arrays. */
function arrays(name: string, seed: number): string {
  const { normal } = random(seed);
  const x = Array.from({ length: 160 }, () => normal());
  const y = Array.from({ length: 40 }, (_, i) => (x[4 * i]! > 0 ? 1 : 0));
  mkdirSync(join(at(name), ".."), { recursive: true });
  const all = { x: fromNumbers("float32", [40, 4], x), y: fromNumbers("int64", [40], y) };
  writeFileSync(at(name), encodeNpz(new Map(Object.entries(all))));
  return at(name);
}

/** Six coloured squares of each class: red ones and blue ones. */
function colours(name: string): string {
  for (const colour of ["red", "blue"])
    for (let i = 0; i < 6; i++) {
      const canvas = createCanvas(6, 6);
      const context = canvas.getContext("2d");
      context.fillStyle = colour;
      context.fillRect(0, 0, 6, 6 - (i % 3));
      mkdirSync(at(`${name}/${colour}`), { recursive: true });
      writeFileSync(at(`${name}/${colour}/${i}.png`), canvas.toBuffer("image/png"));
    }
  return at(name);
}

test("MNIST's four files: the part to validate on of other ones", async () => {
  const run = await trained({ data: writeImages(at("digits"), 3) });
  const found = await evaluated(run, { data: writeImages(at("others"), 4) });
  expect(found).toMatchObject({ examples: 32, accuracy: { value: 1 } });
  const said = await predict(run, { dir: quick.dir, engine, data: at("others") });
  expect([...said.values.subarray(0, 4)]).toEqual([0, 1, 2, 0]);
});

test("data in two parts: the one to validate on", async () => {
  arrays("parts/train.npz", 1);
  arrays("parts/validation.npz", 2);
  const run = await trained({ data: at("parts") });
  const alone = await evaluated(run, { data: at("parts/validation.npz") });
  const { validationAccuracy, ...own } = await evaluated(run, { data: at("parts") }).then((one) => ({
    ...one,
    validationAccuracy: one.accuracy?.value,
  }));
  expect(own).toEqual(alone);
  expect(validationAccuracy).toBeGreaterThan(0.8);
  colours("pictures/train");
  colours("pictures/test");
  const pictures = await trained({ data: at("pictures") });
  expect(await evaluated(pictures, { data: at("pictures") })).toEqual(
    await evaluated(pictures, { data: at("pictures/test") }),
  );
});

test("colour images", async () => {
  const run = await trained({ data: colours("squares") });
  expect(await evaluated(run, { data: at("squares") })).toMatchObject({ examples: 12, accuracy: { value: 1 } });
});

test("texts: all of another one, with an interval over examples of many labels", async () => {
  const { uniform } = random(1);
  const words = (count: number) =>
    Array.from({ length: count }, () => ["the", "cat", "sat", "on"][Math.floor(4 * uniform())]);
  writeFileSync(at("one.txt"), words(300).join(" "));
  writeFileSync(at("two.txt"), words(80).join(" "));
  const options = {
    model: "gpt2:nano",
    tokenizer: "bytes",
    sequenceLength: 16,
    learningRate: 0.01,
    epochs: 1,
    steps: 30,
    batchSize: 2,
  } as const;
  const run = await trained({ ...options, data: at("one.txt") });
  const [own, found] = [await evaluated(run), await evaluated(run, { data: at("two.txt") })];
  expect(found.examples).toBeGreaterThan(2);
  expect(Math.abs(found.loss - own.loss)).toBeLessThan(1);
  const { value, lower, upper } = found.accuracy!;
  expect([lower < value, value < upper, lower >= 0, upper <= 1]).toEqual([true, true, true, true]);
});

test("averaged weights, parquet, and rows with missing values", async () => {
  const run = await trained({ data: table("train.csv", 1), target: "y", swaStart: 1, missing: "drop" });
  const held = table("held.csv", 2);
  const plain = await evaluated(run, { data: held });
  const averaged = await evaluated(run, { data: held, checkpoint: "averaged" });
  expect([averaged.examples, averaged.loss === plain.loss]).toEqual([60, false]);
  expect((await evaluated(run, { data: table("gaps.csv", 2, true) })).examples).toBe(54);
  await expect(predict(run, { dir: quick.dir, data: at("gaps.csv") })).rejects.toThrow(
    /expected a value in "a", got none/,
  );
  const { normal } = random(2);
  const rows = Array.from({ length: 60 }, () => [normal(), normal()] as const);
  const column = (name: string, data: (number | string)[]) => ({ name, data });
  const columns = [
    column(
      "b",
      rows.map(([, b]) => b),
    ),
    column(
      "a",
      rows.map(([a]) => a),
    ),
    column(
      "y",
      rows.map(([a]) => (a > 0 ? "plus" : "minus")),
    ),
  ];
  writeFileSync(at("held.parquet"), new Uint8Array(parquetWriteBuffer({ columnData: columns })));
  const parquet = await evaluated(run, { data: at("held.parquet") });
  expect(parquet.accuracy).toEqual(plain.accuracy);
  expect(parquet.loss).toBeCloseTo(plain.loss, 5);
});
