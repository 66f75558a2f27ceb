import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runTrialProcess } from "../../src/experiment/trialProcess.ts";
import { resolveConfiguration } from "../../src/session/configuration.ts";
import { batchscope, runsIn, scratch, start, writeImages } from "./harness.ts";

const scene = scratch();
writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

const run = (command: string) => batchscope(command.split(" "), { cwd: scene });

describe("lr-find", () => {
  test.concurrent("prints one document, draws both pictures and writes no run", async () => {
    const { code, stdout, stderr } = await run(
      "lr-find --model mlp --data images --batch_size 4 --gradient_accumulation_steps 2 --rates 60 --plot found/rates --json",
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("updates of 4 + 4 examples\n")]);
    const found = JSON.parse(stdout);
    expect(found.sweeps.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1, 2]);
    expect(found.grid).toEqual({ sweep: "exponential", from: 1e-6, to: 10, rates: 60 });
    expect(found.suggestion.lower).toBeGreaterThan(1e-6);
    expect(found.suggestion.upper).toBeLessThan(1);
    const { value, lower, upper, updates } = found.largestStable;
    const stable = found.sweeps.map((sweep: { stable: number }) => sweep.stable);
    expect([value, lower, updates]).toEqual([Math.min(...stable), value, 50]);
    expect(upper === null || upper > value).toBe(true);
    for (const { learningRates, losses, smoothed } of found.sweeps)
      expect([learningRates.length, smoothed.length <= losses.length]).toEqual([losses.length, true]);
    expect(readFileSync(join(scene, "found/rates.png")).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(join(scene, "found/rates.svg"), "utf8")).toMatch(/^<svg .*suggestion/s);
    expect(readdirSync(join(scene, "found"))).toHaveLength(2);
    expect(existsSync(join(scene, "batchscope"))).toBe(false);
  });

  test.concurrent("goes on with seed 0 after the last", async () => {
    const { code, stdout } = await run(
      "lr-find --model mlp --data images --seed 4294967295 --from 1e-9 --to 1e-8 --rates 20 --json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).sweeps.map(({ seed }: { seed: number }) => seed)).toEqual([4294967295, 0, 1]);
  });

  test.concurrent("prints a table, and says why it suggests nothing", async () => {
    const { code, stdout } = await run(
      "lr-find --model mlp --data images --sweep linear --from 1e-9 --to 1e-8 --rates 20",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Learning rate: no rate can be recommended.*\n\nseed +rates +steepest at .*\n +0 +20 .*rates/,
    );
    expect(stdout).toMatch(/\nno suggestion: 0 of 3 sweeps show where the loss falls/);
    expect(stdout).toMatch(
      /\nlargest stable +1\.00e-8: 50 updates at it diverge with no seed, and larger ones were not/,
    );
  });

  test.concurrent.each([
    ["--repeats 2", /--repeats: expected a whole number of at least 3, got "2"/],
    ["--sweep cubic", /--sweep: expected one of exponential, linear, got "cubic"/],
    ["--from 1 --to 0.1", /learning rates: expected 0 < from < to, got 1 and 0.1/],
    ["--from x", /expected 0 < from < to, got NaN/],
    ["--rates 1", /--rates: expected a whole number of at least 2/],
    ["--epochs 3", /unknown option '--epochs'/],
  ])("refuses %s", async (flags, words) => {
    const { code, stdout, stderr } = await run(`lr-find --model mlp --data images ${flags}`);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(words)]);
  });

  test.concurrent("names the flag that is missing", async () => {
    expect((await run("lr-find --model mlp")).stderr).toMatch(/lr-find: expected --data, got nothing, .*; pass it$/m);
  });
});

describe("batch-size-find", () => {
  test("tries sizes in processes of their own, and gives windows of the target", async () => {
    const { code, stdout, stderr } = await run(
      "batch-size-find --model lenet --data images --maximum 6 --target_batch_size 16 --memory-limit 4GiB --json",
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^limit 4.00 GiB .*\n1: fits, .*\n2: (.*\n)*timing 1, 2, 4, 6\n/),
    ]);
    const found = JSON.parse(stdout);
    expect(found.trials.map((trial: { microBatch: number }) => trial.microBatch)).toEqual([1, 2, 4, 6, 6]);
    expect(found).toMatchObject({ largest: 6, smallestFailure: null, maximum: 6, targetBatchSize: 16 });
    expect(found.accumulation.largest).toMatchObject({ window: [6, 6, 4], steps: 3, remainder: 4 });
    const { window } = found.accumulation.fastest;
    expect([window[0], window.reduce((a: number, b: number) => a + b)]).toEqual([found.fastest.microBatch, 16]);
    for (const { outcome } of found.trials) {
      expect(outcome.kind).toBe("fits");
      // Of this process alone: a child's maximum would otherwise begin with its parent's.
      expect(outcome.peakBytes).toBeGreaterThan(2 ** 25);
    }
    const { times, clock } = found.timing;
    expect([times.map((one: { microBatch: number }) => one.microBatch), clock]).toEqual([[1, 2, 4, 6], "processor"]);
    // No figure of the table is below the fastest one's.
    const medians = times.map((one: { secondsPerExample: { median: number } }) => one.secondsPerExample.median);
    expect(found.fastest.secondsPerExample.median).toBe(Math.min(...medians));
    expect(existsSync(join(scene, "batchscope"))).toBe(false);
  });

  test("what it verifies is the training itself: a run with a checkpoint, in a folder that is gone afterwards", async () => {
    const folder = join(scene, "temporary");
    mkdirSync(folder);
    const flags = "batch-size-find --model mlp --data images --maximum 2 --target-batch-size 4 --json";
    const { code, stdout } = await batchscope(flags.split(" "), { cwd: scene, env: { TMPDIR: folder } });
    expect([code, JSON.parse(stdout).largest, readdirSync(folder)]).toEqual([0, 2, []]);
    const configuration = resolveConfiguration({ model: "mlp", data: join(scene, "images") }, {});
    const trial = { updates: 2, whole: true, store: join(scene, "kept") };
    const outcome = await runTrialProcess({ kind: "trial", configuration, window: [2, 2], trial }, 2 ** 40);
    expect([outcome.kind, (outcome as { peakBytes: number }).peakBytes > 2 ** 26]).toEqual(["fits", true]);
    const [id] = runsIn(join(scene, "kept"));
    const files = readdirSync(join(scene, "kept/runs", id!));
    expect(files).toEqual(expect.arrayContaining(["checkpoints", "metrics.jsonl", "summary.json"]));
    const { last } = JSON.parse(readFileSync(join(scene, "kept/runs", id!, "summary.json"), "utf8"));
    expect(last.validationLoss).toBeGreaterThan(0);
  });

  test("of a target no larger micro-batch is tried", async () => {
    const { code, stdout } = await run("batch-size-find --model mlp --data images --target-batch-size 3 --json");
    expect([code, JSON.parse(stdout).largest, JSON.parse(stdout).maximum]).toEqual([0, 3, 3]);
  });

  test("what does not fit is an answer, and exit code 1", async () => {
    const { code, stdout } = await run("batch-size-find --model lenet --data images --memory-limit 20MiB");
    expect([code, stdout]).toEqual([1, expect.stringMatching(/not even one example fits into 20.0 MiB/)]);
  });

  test.each([
    ["--data nowhere.csv", 4, /nowhere.csv/],
    ["--data images --memory-limit lots", 2, /--memory-limit: expected bytes, a number with a unit/],
    ["--data images --batch-size 4", 2, /unknown option '--batch-size'/],
    [
      "--data images --target-batch-size 100000",
      2,
      /--target-batch-size: expected at most the \d+ examples of an epoch/,
    ],
  ])("refuses %s before any trial", async (flags, exit, words) => {
    const { code, stderr } = await run(`batch-size-find --model lenet ${flags}`);
    expect([code, stderr]).toEqual([exit, expect.stringMatching(words)]);
    expect(stderr).not.toContain("limit ");
  });
});

// Each would go on for long.
test.concurrent.each([
  [
    "lr-find --model mlp --data images --rates 100000 --from 1e-9 --to 1e-8",
    "updates of",
    "stopping after this update; nothing is kept",
  ],
  ["batch-size-find --model mlp --data images", "\n1: ", "stopping this trial; nothing is kept"],
  [
    "inspect-data --data images --epochs 1000000 --folds 2",
    "training 2 times",
    "stopping after the updates under way; nothing is kept",
  ],
])("%s is stopped by Ctrl-C, and says at what", async (command, begun, words) => {
  const { child, said, ended } = start(command.split(" "), { cwd: scene });
  await said(begun);
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect([code, stdout]).toEqual([130, ""]);
  expect(stderr.endsWith(`\n${words}; once more to stop at once\n`), stderr).toBe(true);
});
