import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope, runsIn, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

/** A run in a store of its own: its output and what it wrote. */
async function trained(name: string, ...flags: string[]) {
  const store = join(scene, name);
  const argv = ["train", "--model", "mlp", "--data", images, "--batch-size", "8", "--progress", "none", "--dir", store];
  const outcome = await batchscope([...argv, ...flags], { cwd: scene });
  const runs = existsSync(store) ? runsIn(store) : [];
  const path = join(store, "runs", runs[0] ?? "");
  const read = (file: string) => readFileSync(join(path, file), "utf8");
  const metrics = () =>
    read("metrics.jsonl")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { ...outcome, runs, path, metrics, summary: () => JSON.parse(read("summary.json")) };
}

test.concurrent("--fast-dev-run tries everything and leaves nothing behind", async () => {
  const { code, stdout, runs } = await trained("dev", "--fast-dev-run", "--dropout", "0.1");
  expect([code, runs]).toEqual([0, []]);
  expect(stdout).toMatch(
    /^two updates with losses \d\.\d{4} and \d\.\d{4}, validation loss \d\.\d{4}, a checkpoint of \d+ bytes, and the same bits after resuming; no run was written\n$/,
  );
});

test.concurrent("--fast-dev-run --json prints one document", async () => {
  const { stdout } = await trained("devJson", "--fast-dev-run", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ fastDevRun: true, losses: [expect.any(Number), expect.any(Number)] });
});

test.concurrent("--steps ends a run inside an epoch, evaluated and saved", async () => {
  const { code, metrics, path } = await trained(
    "steps",
    "--steps",
    "15",
    "--evaluate-steps",
    "6",
    "--monitor",
    "accuracy",
  );
  expect(code).toBe(0);
  const evaluations = metrics().filter(({ kind }) => kind === "evaluation" || kind === "epoch");
  expect(evaluations.map(({ kind, step }) => [kind, step])).toEqual([
    ["evaluation", 6],
    ["epoch", 12],
    ["evaluation", 15],
  ]);
  expect(JSON.parse(readFileSync(join(path, "run.json"), "utf8")).status).toBe("finished");
});

test.concurrent("every step is recorded, or those that --log-every asks for", async () => {
  const steps = async (name: string, ...flags: string[]) => {
    const { code, metrics } = await trained(name, "--epochs", "9", "--evaluate-every", "9", ...flags);
    expect(code).toBe(0);
    return metrics().filter(({ kind }) => kind === "step");
  };
  const all = await steps("all");
  expect(all.map(({ step }) => step)).toEqual(Array.from({ length: 108 }, (_, i) => i + 1));
  expect(all.every(({ loss, gradientNorm, learningRate }) => loss > 0 && gradientNorm > 0 && learningRate > 0)).toBe(
    true,
  );
  const some = await steps("some", "--log-every", "50");
  expect(some.map(({ step }) => step)).toEqual([1, 50, 100]);
  // The rarer records are those of the others, noise scale included.
  const { seconds: _seconds, ...last } = some[2];
  expect(all[99]).toMatchObject(last);
});

test.concurrent("checkpoints inside an epoch are analyzed each, and told apart by their steps", async () => {
  const flags = ["--steps", "10", "--checkpoint-steps", "2", "--seed", "3"];
  const { code, path } = await trained("inside", ...flags);
  expect(code).toBe(0);
  const analyzed = await batchscope(["analyze", path, "--rows", "8", "--verbose"], { cwd: scene });
  expect(analyzed.stderr).not.toContain("rror");
  const rows = analyzed.stdout.split("\n").filter((line) => /^ *– +\d+ /.test(line));
  expect(rows.map((row) => Number(row.trim().split(/ +/)[1]))).toEqual([2, 4, 6, 8, 10]);
  expect(analyzed.stdout).toContain("at step 10 it");
  expect(analyzed.stdout).not.toMatch(/untrained|epoch 0/);
  expect(readdirSync(join(path, "analysis")).toSorted()).toEqual(
    ["step_10", "step_2", "step_4", "step_6", "step_8"].toSorted(),
  );
  expect(readdirSync(join(path, "plots")).filter((name) => name.includes("tsne"))).toHaveLength(5);
});

test.concurrent("--patience stops early and says so", async () => {
  const { code, metrics, path } = await trained(
    "patience",
    "--epochs",
    "30",
    "--patience",
    "1",
    "--minimum-delta",
    "100",
  );
  expect(code).toBe(0);
  expect(metrics().filter(({ kind }) => kind === "epoch")).toHaveLength(2);
  expect(JSON.parse(readFileSync(join(path, "run.json"), "utf8"))).toMatchObject({
    status: "finished",
    exitReason: "stopped early: no better evaluation came",
  });
});

test.concurrent("--overfit-batches says that it is of training data", async () => {
  const { stderr, summary } = await trained("overfit", "--overfit-batches", "2", "--epochs", "25");
  expect(stderr).toContain(
    "learning 2 micro-batches by heart: loss and accuracy, also where called validation, are on the same 16 training examples",
  );
  expect(summary().last.validationAccuracy).toBe(1);
});

describe("--accumulation-schedule", () => {
  test.concurrent("by epochs changes the windows, and the rate with them", async () => {
    const flags = [
      "--accumulation-schedule",
      "0:1,1:4",
      "--lr-scale",
      "sqrt",
      "--learning-rate",
      "0.01",
      "--epochs",
      "2",
    ];
    const { code, metrics, stderr } = await trained("byEpoch", ...flags);
    expect(code).toBe(0);
    expect(metrics().filter(({ kind }) => kind === "accumulation")).toMatchObject([
      { step: 12, epoch: 2, accumulationSteps: 4, effectiveBatchSize: 32 },
    ]);
    expect(stderr).toContain("accumulation: 4 micro-batches, 32 examples an update");
    expect(stderr).toContain("rule sqrt, examples an update 8 → 8: learning rate 0.01, ");
  });

  test.concurrent("by the noise scale grows the batch and records why", async () => {
    const flags = ["--accumulation-schedule", "noise-scale", "--gradient-accumulation-steps", "2", "--epochs", "3"];
    const slow = ["--batch-size", "1", "--learning-rate", "0.0001", "--accumulation-ratio", "40"];
    const { code, metrics } = await trained("byNoise", ...flags, ...slow, "--max-accumulation-steps", "6");
    expect(code).toBe(0);
    const changes = metrics().filter(({ kind }) => kind === "accumulation");
    expect(changes.length).toBeGreaterThan(0);
    for (const [i, { accumulationSteps, effectiveBatchSize, noiseScale }] of changes.entries()) {
      expect(accumulationSteps).toBe(
        Math.min(6, Math.ceil(40 * noiseScale), 2 * (changes[i - 1]?.accumulationSteps ?? 2)),
      );
      expect(effectiveBatchSize).toBe(accumulationSteps);
    }
  });
});

test.concurrent("--swa-start saves the average beside the checkpoints", async () => {
  const { code, path, stdout, stderr } = await trained("average", "--epochs", "3", "--swa-start", "2");
  expect(code).toBe(0);
  expect(existsSync(join(path, "averaged.safetensors"))).toBe(true);
  for (const output of [stderr, stdout])
    expect(output).toMatch(/^ *average of the weights of 2 epochs: validation loss \d\.\d{4}, accuracy \d/m);
});

test.concurrent("one-cycle moves the momentum of the optimizer, says so, and leaves it where told to", async () => {
  const flags = ["--schedule", "one-cycle", "--epochs", "5", "--max-momentum", "0.97"];
  const moved = await trained("momentum", ...flags);
  expect(moved.stderr).toContain(
    "the schedule one-cycle also moves beta1 of adamw; --cycle-momentum false leaves it as it is",
  );
  const momenta = (run: typeof moved) =>
    run.metrics().flatMap(({ kind, momentum }) => (kind === "step" ? [momentum] : []));
  // Steps 1 and 50 of 60, of which the 18th is the peak.
  const fiftieth = 0.97 - (0.12 * (1 + Math.cos((Math.PI * 32) / 42))) / 2;
  expect(momenta(moved)).toHaveLength(60);
  expect([momenta(moved)[0], momenta(moved)[49]]).toEqual([0.97, expect.closeTo(fiftieth, 12)]);
  const left = await trained("momentumLeft", ...flags.slice(0, 4), "--cycle-momentum", "false");
  expect(left.stderr).not.toContain("also moves");
  expect(new Set(momenta(left))).toEqual(new Set([undefined]));
});

test.concurrent("the noise scale stands in the summary, unless nobody wants it", async () => {
  const watched = await trained("watched", "--epochs", "2", "--gradient-accumulation-steps", "2");
  expect(watched.summary().noiseScale).toMatchObject({ unit: "examples", level: 0.95 });
  expect(watched.stdout).toMatch(/^noise scale while training: /m);
  const plain = await trained("plain", "--epochs", "2", "--gradient-accumulation-steps", "2", "--noise-scale", "off");
  expect(plain.summary().noiseScale).toBeUndefined();
  const losses = (run: typeof plain) => run.metrics().map(({ loss, trainLoss }) => loss ?? trainLoss);
  expect(losses(plain)).toEqual(losses(watched));
});

test.concurrent.each([
  [
    ["--model", "lenet", "--dropout", "0.1"],
    "--dropout: expected a model with dropout, got lenet without; leave it out",
  ],
  [
    ["--schedule", "one-cycle", "--cycle-momentum", "--optimizer", "sgd"],
    "--cycle-momentum: expected an optimizer whose momentum can be moved, got sgd without; pass --momentum 0.9, or leave it out",
  ],
  [
    ["--schedule", "cosine", "--base-momentum", "0.8"],
    "--base-momentum: expected an option of the schedule cosine, got one of one-cycle, cyclic; leave it out",
  ],
  [["--lr-scale", "sqrt"], "--scale-rule: expected --base-batch-size beside it, got none"],
  [
    ["--accumulation-schedule", "0:1;5:2"],
    "--batch-schedule: expected noise-scale, cbs, cbs:FILE, seesaw, ramp:BATCH@EXAMPLES,… or EPOCH:STEPS,…",
  ],
])("%j is refused before a run exists", async (flags, message) => {
  const { code, stderr, runs } = await trained(`refused${flags.join("")}`.replace(/\W/g, ""), ...flags);
  expect([code, runs]).toEqual([2, []]);
  expect(stderr).toContain(message);
});
