import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeNpz } from "../src/data/files/npz.ts";
import { evaluate, openEngine, trainToRun } from "../src/index.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";
import { tryIn } from "./cli/inProcess.ts";

/** That labels which all stand for none are one clear error, whatever is asked of them. */

const folder = mkdtempSync(join(tmpdir(), "batchscope-ignored-"));
const at = (name: string) => join(folder, name);
const engine = await openEngine();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { normal } = random(1);
const SIZE = 40;
const x = Array.from({ length: 3 * SIZE }, () => normal());
const alternating = Array.from({ length: SIZE }, (_, i) => i % 2);
const only = (label: number) => Array<number>(SIZE).fill(label);

function arrays(name: string, y: readonly number[]): string {
  mkdirSync(join(at(name), ".."), { recursive: true });
  const all = { x: fromNumbers("float32", [SIZE, 3], x), y: fromNumbers("int64", [SIZE], y) };
  writeFileSync(at(name), encodeNpz(new Map(Object.entries(all))));
  return name;
}

function table(name: string, y: readonly number[]): string {
  mkdirSync(join(at(name), ".."), { recursive: true });
  const lines = y.map((label, i) => [...x.slice(3 * i, 3 * i + 3), label].join(","));
  writeFileSync(at(name), `a,b,c,label\n${lines.join("\n")}\n`);
  return name;
}

/** Tokens, one label for each. */
function tokens(name: string, label: (i: number) => number): string {
  const count = Array.from({ length: 8 * SIZE }, (_, i) => i);
  const all = {
    x: fromNumbers(
      "int64",
      [SIZE, 8],
      count.map((i) => i % 5),
    ),
    y: fromNumbers("int64", [SIZE, 8], count.map(label)),
  };
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), encodeNpz(new Map(Object.entries(all))));
  return name;
}

const alone =
  /expected labels that count in "(y|label)", got -1(00)? alone, which stands for none; change --ignore-index$/;
const inPart =
  /expected labels that count in every part of the data, got \d+ examples whose labels all stand for none; label some/;
const mark = ["--ignore-index", "-1"];

const none: Record<string, { data: string; flags?: string[]; model?: string; message: RegExp }> = {
  arrays: { data: arrays("all.npz", only(-100)), message: alone },
  "arrays whose mark is given": { data: arrays("minus.npz", only(-1)), flags: mark, message: alone },
  "a table": { data: table("all.csv", only(-100)), message: alone },
  "a table whose mark is given": { data: table("minus.csv", only(-1)), flags: mark, message: alone },
  "a label for each position": { data: tokens("positions.npz", () => -100), model: "gpt2:nano", message: alone },
};

/** Where training has labels and validation has none. */
const parts: typeof none = {
  "arrays in two parts": { data: "v", message: alone },
  "tables in two parts": { data: "w", message: inPart },
  "positions in two parts": { data: "t", model: "gpt2:nano", message: alone },
};
arrays("v/train.npz", alternating);
arrays("v/validation.npz", only(-100));
table("w/train.csv", alternating);
table("w/validation.csv", only(-100));
tokens("t/train.npz", (i) => i % 5);
tokens("t/validation.npz", () => -100);

const commands = [
  ["train", "--epochs", "1", "--batch-size", "4", "--dir", "never"],
  ["lr-find", "--batch-size", "4"],
  ["batch-size-find"],
];
const ofAll = [...commands, ["inspect-data"], ["verify", "--batch-size", "4"]];

describe.each(Object.entries(none))("%s, all ignored", (_, { data, flags = [], model = "linear", message }) => {
  test.each(ofAll)("%s", async (...words) => {
    const { code, text } = await tryIn(folder, ...words, "--model", model, "--data", data, ...flags);
    expect([code, text]).toEqual([1, expect.stringMatching(message)]);
    expect(text.split("\n")).toHaveLength(1);
    expect(readdirSync(folder)).not.toContain("never");
  });
});

describe.each(Object.entries(parts))("%s, the second ignored", (_, { data, model = "linear", message }) => {
  test.each(commands)("%s", async (...words) => {
    const { code, text } = await tryIn(folder, ...words, "--model", model, "--data", data);
    expect([code, text]).toEqual([1, expect.stringMatching(message)]);
    expect(readdirSync(folder)).not.toContain("never");
  });
});

describe("a trained model is judged by labels alone that count", async () => {
  const settings = { model: "linear", epochs: 1, batchSize: 4, dir: at("store"), noiseScale: "off" } as const;
  const train = async (data: string) => (await trainToRun({ ...settings, data: at(data) }, { engine })).path;
  const [ofArrays, ofTable] = [
    await train(arrays("good.npz", alternating)),
    await train(table("good.csv", alternating)),
  ];
  const judged = (run: string, data: string) => evaluate(run, { dir: settings.dir, engine, data: at(data) });

  test("none at all is an error, in the command and from code", async () => {
    await expect(judged(ofArrays, "all.npz")).rejects.toThrow(inPart);
    await expect(judged(ofTable, "all.csv")).rejects.toThrow(inPart);
    const { code, text } = await tryIn(folder, "evaluate", ofArrays, "--data", "all.npz");
    expect([code, text]).toEqual([1, expect.stringMatching(inPart)]);
    const out = await tryIn(folder, "predict", ofArrays, "--data", "all.npz", "--out", "said.csv");
    expect(out.code).toBe(0);
    const ofRows = await tryIn(folder, "predict", ofTable, "--data", "all.csv", "--out", "rows.csv");
    expect([ofRows.code, ofRows.text]).toEqual([0, ""]);
  });

  test("ignored ones enter neither the accuracy nor its interval", async () => {
    const half = alternating.map((label, i) => (i < 30 ? label : -100));
    const found = await judged(ofArrays, arrays("half.npz", half));
    expect(found.classification!.labels).toBe(30);
    expect(await judged(ofTable, table("half.csv", half))).toMatchObject({ classification: { labels: 30 } });
  });

  test("analyze says which mini-batches have none", async () => {
    const run = await train(
      arrays(
        "sparse.npz",
        alternating.map((label, i) => (i < 4 ? label : -100)),
      ),
    );
    const { code, text } = await tryIn(folder, "analyze", run, "--checkpoint", "last");
    expect([code, text]).toEqual([
      2,
      expect.stringMatching(
        /expected a label that counts in every mini-batch, got \d+ of \d+ whose labels are ignored/,
      ),
    ]);
  });
});
