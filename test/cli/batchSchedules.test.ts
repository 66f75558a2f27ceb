import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tryHere } from "./inProcess.ts";

const scene = mkdtempSync(join(tmpdir(), "batch-schedules-"));
afterAll(() => rmSync(scene, { recursive: true }));

const given = ["train", "--model", "linear", "--data", "iris", "--batch-size", "4", "--progress", "none"];
/** 30 updates an epoch. */
const train = (...flags: string[]) => tryHere(...given, "--dir", scene, "--epochs", "8", ...flags);

interface Document {
  readonly path: string;
  readonly summary: { readonly steps: number; readonly examples: number; readonly constantBatchUpdates?: number };
}

async function trained(...flags: string[]) {
  const outcome = await train("--json", ...flags);
  expect(outcome.text).toBe("");
  const { path, summary } = JSON.parse(outcome.printed) as Document;
  const read = (name: string) => readFileSync(join(path, name), "utf8");
  return { ...outcome, path, summary, log: read("log.txt"), config: read("config.yaml") };
}

describe("--batch-schedule", () => {
  test("seesaw makes fewer updates of the same examples, and says so in both languages", async () => {
    const { summary, log } = await trained("--batch-schedule", "seesaw", "--schedule", "cosine");
    expect(summary).toMatchObject({ examples: 960, constantBatchUpdates: 240 });
    // The mean of a cosine is a half; what one epoch's end cuts of windows costs some.
    expect(summary.steps).toBeGreaterThan(110);
    expect(summary.steps).toBeLessThan(145);
    const share = (100 * (1 - summary.steps / 240)).toFixed(1);
    expect(log).toContain("seesaw: where the schedule cuts the rate by a factor, the rate is cut by its square root");
    expect(log).toContain("rule sqrt, examples an update 4 → 4: learning rate 0.001, ");
    expect(log).toContain(
      `${share} % fewer updates for the same examples: ${summary.steps} updates, and 240 with the batch of 4 throughout; ` +
        "on one machine this saves no time but that of the updates themselves",
    );
    const { said } = await train("--batch-schedule", "seesaw", "--schedule", "cosine", "--lang", "zh");
    expect(said).toContain(`更新少了 ${share} %：${summary.steps} 次更新，批次始终为 4 时是 240 次`);
  });

  test("a ramp grows the batch after so many examples", async () => {
    const { path, summary, log } = await trained("--batch-schedule", "ramp:8@240,24@480");
    expect(summary).toMatchObject({ steps: 60 + 30 + 20, constantBatchUpdates: 240 });
    expect(log).toContain("4 examples an update, 8 once 240 were seen, 24 once 480 were seen");
    const changes = readFileSync(join(path, "metrics.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line.includes('"accumulation"'));
    expect(changes.map((line) => JSON.parse(line))).toMatchObject([
      { step: 60, effectiveBatchSize: 8 },
      { step: 90, effectiveBatchSize: 24 },
    ]);
    const report = await tryHere("report", path);
    expect(report.text).toBe("");
    expect(readFileSync(join(path, "report.html"), "utf8")).toContain("Changes of the batch");
  });

  test("cbs grows it with the lower end of the noise scale alone", async () => {
    const flags = [
      "--learning-rate",
      "0.0001",
      "--accumulation-ratio",
      "40",
      "--batch-size",
      "1",
      "--epochs",
      "2",
      "--gradient-accumulation-steps",
      "2",
    ];
    const { path, config } = await trained("--batch-schedule", "cbs", ...flags, "--max-accumulation-steps", "9");
    expect(config).toContain("accumulationSchedule: cbs");
    const records = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
    const steps = records.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "accumulation");
    expect(steps.length).toBeGreaterThan(0);
    const sizes = steps.map(({ accumulationSteps }) => accumulationSteps);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });

  test("a run that is gone on with keeps its schedule, and no constant batch counts updates", async () => {
    const { path, summary } = await trained("--epochs", "8", "--batch-schedule", "ramp:8@240");
    const { printed } = await tryHere("train", "--resume", path, "--epochs", "9", "--json", "--progress", "none");
    expect((JSON.parse(printed) as Document).summary).toMatchObject({
      ...{ steps: summary.steps + 15, examples: 1080, constantBatchUpdates: 270 },
    });
    expect((await trained()).summary).not.toHaveProperty("constantBatchUpdates");
  });

  test("a dry run says that the updates are those of the first batch", async () => {
    const { printed } = await train("--dry-run", "--batch-schedule", "ramp:8@0,16@480");
    expect(printed).toContain("15 of an epoch, 120 in all, were the batch to stay as it begins");
  });

  test.each([
    [["sesaw"], /^error: --batch-schedule: expected noise-scale, cbs, cbs:FILE, seesaw, .*, got "sesaw"/],
    [
      ["seesaw"],
      /^error: --batch-schedule: expected a learning rate that falls for seesaw, which does nothing without/,
    ],
    [["ramp:8@9,4@20"], /^error: --batch-schedule: expected a ramp whose batches do not fall, got 4 after 8/],
    [["ramp:8@9,12@9"], /^error: --batch-schedule: expected rising numbers of examples, got 9, 9; sort them/],
    [["ramp:400@9"], /^error: --batch-schedule: expected batches of at most the 120 training examples, got 400/],
    [
      ["cbs:package.json"],
      /^error: --batch-schedule: expected a JSON file that critical-batch wrote, got "package.json"/,
    ],
    [["cbs", "--noise-scale", "off"], /^error: --batch-schedule: expected the noise scale to be measured/],
    [["seesaw", "--schedule", "cosine", "--steps", "9"], /^error: --steps: expected --epochs instead beside/],
    [
      ["cbs", "--scale-rule", "sde"],
      /^error: --scale-rule: expected a rule of the learning rate alone beside --batch-sch/,
    ],
  ])("%j is refused in one line", async (flags, message) => {
    const { text, code } = await train("--batch-schedule", ...flags);
    expect(code).toBeGreaterThan(0);
    expect(text.replace(/^batchscope: /, "").trimEnd()).toMatch(message);
    expect(text.trimEnd()).not.toContain("\n");
  });
});
