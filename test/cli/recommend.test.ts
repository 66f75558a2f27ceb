import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope, runsIn, scratch, start } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const present = ["--model", "linear", "--data", "iris", "--steps", "24", "--batch-size", "8"];
const asked = ["recommend", ...present, "--optimizer", "sgd", "--learning-rate", "0.05"];
const few = ["--batch-sizes", "8,16", "--seeds", "2", "--memory", "1GiB", "--seconds", "1"];

test("pilots are trained once, and say what to take", async () => {
  const { code, stdout, stderr } = await batchscope([...asked, ...few, "--json"], { cwd: folder });
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    answer: [
      { kind: "settingAdvised", goal: "time" },
      { kind: "accumulationAdvised", accumulate: false, savesNothing: true },
    ],
    goal: "time",
    target: { loss: expect.any(Number), updates: 24, ofUpdates: 24 },
    advice: { accumulationSteps: 1, beta2: null, accumulate: false },
    present: { batchSize: 8, effectiveBatchSize: 8, learningRate: 0.05 },
    commands: { train: expect.stringContaining("train --model linear") },
  });
  expect(found.advice.effectiveBatchSize).toBe(found.advice.batchSize);
  expect(found.definitions.map(({ name }: { name: string }) => name)).toEqual(["pareto", "paretoOverhead"]);
  expect(found.reasons.map(({ kind }: { kind: string }) => kind)).toEqual(
    expect.arrayContaining(["target", "memory", "pilots", "costs"]),
  );
  for (const file of found.files) expect(existsSync(file), file).toBe(true);
  const runs = runsIn(join(folder, "batchscope")).length;
  expect(runs).toBeGreaterThanOrEqual(2);
  const [study] = readdirSync(join(folder, "batchscope", "studies"));
  const told = await tryIn(folder, "studies", "show", study!);
  expect([told.text, told.printed.split("\n")[0]]).toEqual(["", expect.stringMatching(/^Batch: /)]);
  const page = readFileSync(
    found.files.find((file: string) => file.endsWith("report.html")),
    "utf8",
  );
  expect(page).toContain("Which batch: linear on iris");
  expect(page).toContain("Definitions side by side");
  expect(page).toMatch(/<details><summary>Reasons<\/summary>/);
});

test("killed anywhere, the same command goes on: costs are measured once, and no pilot is trained twice", async () => {
  const argv = [...asked, ...few, "--dir", "killed"];
  const killed = async (place: string) => {
    const command = start(argv, { cwd: folder });
    await command.said(place);
    command.child.kill("SIGKILL");
    await command.ended;
  };
  await killed("measures what updates cost");
  await killed("pilots train to");
  const studies = join(folder, "killed", "studies");
  const [id] = readdirSync(studies);
  const cost = readFileSync(join(studies, id!, "cost.json"), "utf8");
  const { code, stdout, stderr } = await batchscope([...argv, "--json"], { cwd: folder });
  expect(code, stderr).toBe(0);
  expect(stderr).not.toContain("measures what updates cost");
  expect(readFileSync(join(studies, id!, "cost.json"), "utf8")).toBe(cost);
  expect(readdirSync(studies)).toEqual([id]);
  const runs = runsIn(join(folder, "killed"));
  expect(new Set(runs).size).toBe(
    JSON.parse(stdout).tried.reduce((sum: number, one: { seeds: number }) => sum + one.seeds, 0),
  );
});

test("a run alone says what it knows, and trains nothing", async () => {
  await batchscope(["train", ...present, "--dir", "runs"], { cwd: folder });
  const told = await tryIn(folder, "recommend", "latest", "--dir", "runs", "--json");
  expect(told.text).toBe("");
  expect(JSON.parse(told.printed)).toMatchObject({
    answer: [{ kind: "settingExpected" }],
    advice: { accumulationSteps: 1, accumulate: false, effectiveBatchSizeLower: expect.any(Number) },
    alternatives: [],
    rules: [],
    definitions: expect.arrayContaining([expect.objectContaining({ name: "branched" })]),
  });
  expect(runsIn(join(folder, "runs"))).toHaveLength(1);
  const piloted = ["recommend", "latest", "--dir", "runs", "--pilots", ...few, "--json"];
  const { code, stdout, stderr } = await batchscope(piloted, { cwd: folder });
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    answer: [{ kind: "settingAdvised" }, { kind: "accumulationAdvised" }],
    present: { batchSize: 8, learningRate: expect.any(Number) },
    target: { ofUpdates: 24 },
  });
  expect(found.commands.train).toMatch(/--config \S*config\.yaml/);
  const stray = await tryIn(folder, "recommend", "latest", "--dir", "runs", "--batch-size", "4");
  expect([stray.code, stray.text]).toEqual([
    2,
    expect.stringMatching(/--batch-size: expected no option of a training/),
  ]);
});

describe("is refused", () => {
  test.each<[string, string[], RegExp]>([
    [
      "more memory than there is",
      ["--memory", "900TiB"],
      /--memory: expected at most the .* GiB of this machine.*900TiB/,
    ],
    ["memory that is none", ["--memory", "much"], /--memory: expected bytes/],
    ["devices without what they take", ["--devices", "4"], /--devices: expected --seconds-per-sync beside 4 devices/],
    ["what one device takes", ["--seconds-per-sync", "0.1"], /--seconds-per-sync: expected --devices of 2 or more/],
    [
      "a batch beyond the data",
      ["--batch-sizes", "8,256"],
      /--batch-sizes: expected at most the 120 examples .* got 256/,
    ],
    [
      "batches that devices cannot share",
      ["--devices", "3", "--seconds-per-sync", "1", "--batch-sizes", "8"],
      /--batch-sizes: expected multiples of the 3 devices, got 8/,
    ],
    ["a goal that is none", ["--goal", "glory"], /--goal: expected time, examples, updates, got "glory"/],
    ["one seed", ["--seeds", "1"], /--seeds: expected two seeds or more/],
    ["no time", ["--seconds", "0"], /--seconds: expected a number of seconds above 0/],
    ["a target that is none", ["--target-loss", "low"], /--target-loss: expected a number/],
    ["a queue that is none", ["--queue", "nowhere"], /--queue: expected/],
    ["pilots of no run", ["--pilots"], /--pilots: expected a run beside it/],
    [
      "windows that change",
      ["--batch-schedule", "0:1,1:2"],
      /--batch-schedule: expected a present setting whose updates have one size/,
    ],
    [
      "a present batch beyond the data",
      ["--gradient-accumulation-steps", "32"],
      /--batch-size|--gradient-accumulation-steps/,
    ],
  ])("%s", async (_, words, message) => {
    const refused = await tryIn(folder, ...asked, ...words);
    expect([refused.code, refused.text]).toEqual([2, expect.stringMatching(message)]);
  });
});
