import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { listCheckpoints } from "../../src/store/checkpoints.ts";
import { listRows } from "../../src/store/runIndex.ts";
import { seal } from "../../src/store/seal.ts";
import { batchscope, runsIn, scratch, start } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trained = ["train", "--model", "linear", "--data", "iris", "--steps", "16", "--checkpoint-steps", "8"];
const asked = ["critical-batch", "latest", "--checkpoint", "step:8", "--factors", "1,4", "--seeds", "2"];
let parent = "";
beforeAll(async () => {
  const { stdout } = await batchscope([...trained, "--optimizer", "sgd", "--learning-rate", "0.02", "--json"], {
    cwd: folder,
  });
  parent = JSON.parse(stdout).run;
});

const branches = (...more: string[]) => batchscope([...asked, "--examples", "64", ...more], { cwd: folder });

test("branches are trained once, and say how large the batch may be", async () => {
  const { code, stdout, stderr } = await branches("--json");
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({
    answer: [{ step: 8 }],
    run: parent,
    overhead: 0.2,
    checkpoints: [
      {
        ...{ step: 8, epoch: 0, rule: "linear", examples: 64, startLoss: expect.any(Number) },
        criticalBatchSize: { resolved: expect.any(Boolean) },
        factors: [
          { factor: 1, batchSize: 4, learningRate: 0.02, seeds: 2, diverged: 0, difference: null },
          { factor: 4, batchSize: 16, learningRate: 0.08, seeds: 2, verdict: "too few seeds" },
        ],
      },
    ],
    definitions: [
      { name: "branched", step: 8, overhead: 0.2 },
      { name: "doubled", step: 8 },
      { name: "alike", value: null },
      // Of no sweep, as none was made.
      { name: "pareto", study: null, value: null },
      { name: "paretoOverhead", study: null, value: null },
    ],
  });
  // The start is where the parent was, and every branch went down from there.
  const [{ startLoss, factors }] = found.checkpoints;
  for (const { loss } of factors) expect(loss.value).toBeLessThan(startLoss);
  expect(found.checkpoints[0].factors[1].difference).not.toBe(0);
  for (const file of found.files) expect(existsSync(join(folder, file)) || existsSync(file), file).toBe(true);
  const before = runsIn(join(folder, "batchscope")).length;
  expect(before).toBe(5);
  const again = await branches();
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout.split("\n")[0]).toMatch(/^Batch: /);
  expect(runsIn(join(folder, "batchscope"))).toHaveLength(before);
  const [study] = readdirSync(join(folder, "batchscope", "studies"));
  const told = await tryIn(folder, "studies", "show", study!);
  expect([told.text, told.printed.split("\n")[0]]).toEqual(["", again.stdout.split("\n")[0]]);
  expect((await tryIn(folder, "studies", "list")).printed).toContain(again.stdout.split("\n")[0]);
  const page = readFileSync(
    found.files.find((file: string) => file.endsWith("report.html")),
    "utf8",
  );
  expect(page).toContain("Critical batch size: linear on iris");
});

test.each<[string, number]>([
  ["4", 5],
  ["8", 4],
  ["50", 2],
])("of a batch of %s as many factors as the examples last are tried", async (batchSize, factors) => {
  const words = ["critical-batch", "--model", "linear", "--data", "iris", "--epochs", "1", "--checkpoint", "latest"];
  const { code, printed, text } = await tryIn(folder, ...words, "--batch-size", batchSize, "--dry-run", "--json");
  expect([code, text]).toEqual([0, ""]);
  // Eight seeds each.
  expect(JSON.parse(printed).branches / JSON.parse(printed).checkpoints).toBe(8 * factors);
});

test("a batch that the examples do not hold twice has no branches", async () => {
  const words = ["critical-batch", "--model", "linear", "--data", "iris", "--batch-size", "80", "--dry-run"];
  const { code, text } = await tryIn(folder, ...words);
  expect([code, text]).toEqual([2, expect.stringMatching(/critical-batch: expected a batch that the 120 training/)]);
});

test("without a run it trains one first, found again by its options wherever the command was killed", async () => {
  const words = ["critical-batch", "--model", "linear", "--data", "iris", "--epochs", "3", "--optimizer", "sgd"];
  const own = ["--factors", "1,2", "--seeds", "2", "--examples", "32", "--checkpoint", "step:4,latest"];
  const argv = [...words, ...own, "--dir", "first"];
  for (const place of ["trains the run to branch from first: 90 updates of 4 examples", "branches from step 90"]) {
    const killed = start(argv, { cwd: folder });
    await killed.said(place);
    killed.child.kill("SIGKILL");
    await killed.ended;
  }
  const { code, stdout, stderr } = await batchscope([...argv, "--json"], { cwd: folder });
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout).checkpoints).toMatchObject([
    { step: 4, epoch: 0, factors: [{ batchSize: 4 }, { batchSize: 8 }] },
    { step: 90, epoch: 3 },
  ]);
  const store = join(folder, "first");
  const parents = listRows(store).rows.filter(({ trialOf }) => trialOf?.startsWith("critical-batch-parent/"));
  expect(parents.map(({ id, status }) => [id, status])).toEqual([[JSON.parse(stdout).run, "finished"]]);
  expect(runsIn(store)).toHaveLength(1 + 2 * 2 * 2);
  const asked = await tryIn(folder, ...argv, "--dry-run", "--json");
  expect(JSON.parse(asked.printed)).toMatchObject({ branches: 8, checkpoints: 2 });
  const other = await tryIn(folder, ...words, "--seed", "1", ...own, "--dir", "first", "--dry-run");
  expect(other.printed).toMatch(/^would train the run to branch from first: 90 updates.*\nabout .*\nwould train 16 /);
  expect(runsIn(store)).toHaveLength(9);
});

test("one checkpoint alone says that nothing is said of growth", async () => {
  const own = ["--model", "linear", "--data", "iris", "--optimizer", "adam", "--steps", "2", "--dir", "alone"];
  const { code, stderr, stdout } = await batchscope(["train", ...own, "--json"], { cwd: folder });
  expect(code, stderr).toBe(0);
  const asked = ["critical-batch", "latest", "--factors", "1,2", "--seeds", "2", "--dir", "alone", "--dry-run"];
  expect((await tryIn(folder, ...asked)).said).toMatch(
    /the run has one checkpoint alone, at step 2: whether the critical batch grows stays unknown/,
  );
  const [checkpoint] = listCheckpoints({ path: join(folder, "alone", "runs", JSON.parse(stdout).run) });
  const { tensors, metadata } = decodeSafetensors(readFileSync(checkpoint!.path), checkpoint!.path);
  const weights = new Map([...tensors].filter(([name]) => !name.startsWith("optimizer.")));
  const { batchscope: position, format } = metadata;
  const bare = encodeSafetensors(weights, { format: format!, batchscope: position! });
  writeFileSync(checkpoint!.path, Buffer.concat(seal(bare, { metrics: "1" })));
  const refused = await tryIn(folder, ...asked);
  expect([refused.code, refused.text]).toEqual([
    1,
    expect.stringMatching(
      /expected a checkpoint that keeps mean, square of its optimizer, got weights without; branch/,
    ),
  ]);
});

describe("is refused", () => {
  test.each<[string, string[], number, RegExp]>([
    [
      "factors that do not ascend",
      ["latest", "--factors", "1,4,2"],
      2,
      /--factors: expected whole numbers that ascend from 1, got 1,4,2/,
    ],
    [
      "factors without 1",
      ["latest", "--factors", "2,4"],
      2,
      /--factors: expected whole numbers that ascend from 1, got 2,4/,
    ],
    [
      "a batch beyond the data",
      ["latest", "--factors", "1,64"],
      2,
      /--factors: expected at most 30 times the batch of 4, as there are 120 training examples, got 64/,
    ],
    [
      "a branch of less than one update",
      ["latest", "--factors", "1,4", "--examples", "8"],
      2,
      /--examples: expected at least the 16 of one update/,
    ],
    [
      "a rule that is none",
      ["latest", "--scale-rule", "cubic"],
      2,
      /--scale-rule: expected none, sqrt, .*, got "cubic"/,
    ],
    [
      "measured without an exponent",
      ["latest", "--factors", "1,2", "--scale-rule", "measured"],
      2,
      /--scale-exponent|scale-exponent/,
    ],
    [
      "an exponent without measured",
      ["latest", "--factors", "1,2", "--scale-exponent", "0.5"],
      2,
      /--scale-exponent: expected --scale-rule measured beside it, got none; leave it out/,
    ],
    ["one seed", ["latest", "--seeds", "1"], 2, /--seeds: expected two seeds or more, got "1"/],
    ["a checkpoint that is not there", ["latest", "--checkpoint", "step:9"], 4, /step:8.*got "step:9"/],
    ["a run that is not there", ["nothing"], 4, /nothing/],
    ["neither run nor model", [], 2, /critical-batch: expected RUN, got nothing/],
    ["both run and model", ["latest", "--model", "mlp"], 2, /--model: expected a run, or options of one .* got both/],
    ["a model without data", ["--model", "linear"], 2, /critical-batch: expected --data, got nothing/],
    [
      "a batch beyond the data of a run to be trained first",
      ["--model", "linear", "--data", "iris", "--factors", "1,64"],
      2,
      /--factors: expected at most 30 times the batch of 4, as there are 120 training examples, got 64/,
    ],
    [
      "branches of less than one update of a run to be trained first",
      ["--model", "linear", "--data", "iris", "--factors", "1,4", "--examples", "8"],
      2,
      /--examples: expected at least the 16 of one update/,
    ],
  ])("%s", async (_, words, code, message) => {
    const refused = await tryIn(folder, "critical-batch", ...words);
    expect([refused.code, refused.text]).toEqual([code, expect.stringMatching(message)]);
  });

  test("data that are not those of the run any more", async () => {
    const table = (last: number) => `x,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i}`).join("\n")}\n9,${last}\n`;
    writeFileSync(join(folder, "points.csv"), table(9));
    const own = ["--model", "linear", "--data", "points.csv", "--target", "y", "--task", "regression", "--epochs", "1"];
    const { stdout } = await batchscope(["train", ...own, "--dir", "other", "--json"], { cwd: folder });
    const { run } = JSON.parse(stdout);
    const runs = runsIn(join(folder, "other"));
    writeFileSync(join(folder, "points.csv"), table(10));
    const refused = await tryIn(folder, "critical-batch", run, "--dir", "other", "--factors", "1,2", "--seeds", "2");
    expect([refused.code, refused.text]).toEqual([
      1,
      expect.stringMatching(/--data: expected the training data that .* began with \(fingerprint .*; restore it/),
    ]);
    expect(runsIn(join(folder, "other"))).toEqual(runs);
  });

  test("the state of an optimizer without a checkpoint", async () => {
    const refused = await tryIn(folder, "train", "--model", "linear", "--data", "iris", "--init-optimizer");
    expect([refused.code, refused.text]).toEqual([2, expect.stringMatching(/--init-optimizer: expected a checkpoint/)]);
  });
});
