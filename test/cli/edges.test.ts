import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { random } from "../../src/tensor/random.ts";
import { tensor } from "../../src/tensor/tensor.ts";
import { batchscope, document, message, runsIn, scratch } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

/** 41 examples of 5 numbers, 33 of them to train on. */
function written(name: string, label: (i: number) => number): string {
  const file = join(scene, `${name}.safetensors`);
  const { normal } = random(1);
  const x = tensor(
    "float32",
    [41, 5],
    Float32Array.from({ length: 205 }, () => normal()),
  );
  const y = tensor(
    "int64",
    [41],
    BigInt64Array.from({ length: 41 }, (_, i) => BigInt(label(i))),
  );
  writeFileSync(file, encodeSafetensors(new Map([...Object.entries({ x, y })])));
  return file;
}

const three = written("three", (i) => i % 3);

async function train(name: string, file: string, ...flags: string[]) {
  const store = join(scene, name);
  const argv = ["train", "--model", "mlp", "--data", file, "--dir", store, ...flags];
  const outcome = await batchscope(argv, { cwd: scene });
  const metrics = () =>
    readFileSync(join(store, "runs", runsIn(store)[0]!, "metrics.jsonl"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { ...outcome, metrics, runs: () => runsIn(store) };
}

test.concurrent("data of one class are trained on, with a word of warning", async () => {
  const one = await train(
    "one",
    written("one", () => 0),
    "--epochs",
    "1",
    "--batch-size",
    "8",
  );
  expect(one.code).toBe(0);
  expect(one.stderr).toContain(
    "every training example is of the class 0: nothing can be learnt that tells classes apart\n",
  );
  expect(one.stdout).toContain("noise scale while training: not to be told from so few steps\n");
  const few = await train("few", three, "--epochs", "1", "--batch-size", "8", "--limit-examples", "9");
  expect(few.stderr).not.toContain("every training example");
  expect(few.stderr).toContain("the first 9 of 33 training examples are used\n");
});

test.concurrent("a last window of a single example makes a step of its own", async () => {
  const { code, metrics } = await train(
    ...(["ragged", three, "--epochs", "2", "--batch-size", "4", "--gradient-accumulation-steps", "4"] as const),
  );
  expect(code).toBe(0);
  const epochs = metrics().filter(({ kind }) => kind === "epoch");
  expect(epochs.map(({ step, examples }) => [step, examples])).toEqual([
    [3, 33],
    [6, 66],
  ]);
});

test.concurrent("a run of one step inside an epoch is evaluated, its line above what is said of it", async () => {
  const flags = ["--steps", "1", "--batch-size", "4", "--gradient-accumulation-steps", "4", "--progress", "lines"];
  const { code, stderr, metrics } = await train("short", three, ...flags);
  expect(code).toBe(0);
  expect(metrics().map(({ kind, step }) => [kind, step])).toEqual([
    ["step", 1],
    ["evaluation", 1],
  ]);
  expect(stderr).toMatch(/Epoch 1 \[GA:4\]: 100%\|█{10}\| 4\/4 .*\n {2}validation at step 1: loss \d/);
});

test.concurrent("an evaluation after every step is one record each, of the epoch's end too", async () => {
  const { metrics } = await train("every", three, "--epochs", "2", "--batch-size", "16", "--evaluate-steps", "1");
  const evaluated = metrics().filter(({ kind, validationLoss }) => kind !== "step" && validationLoss !== "NaN");
  expect(evaluated.map(({ kind, step }) => [kind, step])).toEqual([
    ...[
      ["evaluation", 1],
      ["evaluation", 2],
      ["epoch", 3],
    ],
    ...[
      ["evaluation", 4],
      ["evaluation", 5],
      ["epoch", 6],
    ],
  ]);
});

describe("what no epoch can fill is refused, also with --json", () => {
  test.concurrent.each([
    [["--batch-size", "34"], "expected a batch size of at most the 33 examples, got 34; lower --batch-size"],
    [
      ["--batch-size", "8", "--gradient-accumulation-steps", "6"],
      "expected at most the 5 micro-batches of an epoch (33 examples) per step, got 6; lower --gradient-accumulation-steps or --batch-size",
    ],
    [
      ["--batch-size", "8", "--target-batch-size", "64"],
      "--target-batch-size: expected at most the 33 examples of an epoch",
    ],
  ])("%j", async (flags, expected) => {
    const outcome = await train(`refused${flags.join("")}`, three, ...flags, "--json");
    expect([outcome.code, outcome.stdout, outcome.runs()]).toEqual([2, "", []]);
    expect(message(outcome)).toContain(expected);
  });
});

test.concurrent("an accuracy to stop at is refused where numbers are predicted", async () => {
  const file = join(scene, "numbers.csv");
  writeFileSync(file, `a,y\n${Array.from({ length: 40 }, (_, i) => `${i},${i * 1.5}`).join("\n")}\n`);
  const outcome = await train("numbers", file, "--target", "y", "--stop-accuracy", "0.9");
  expect([outcome.code, message(outcome), outcome.runs()]).toEqual([
    ...[2, "--stop-accuracy: expected data of classes, got numbers, whose target is a number; leave it out", []],
  ]);
});

test.concurrent("a file that changed after the run began is not gone on with", async () => {
  const file = written("changing", (i) => i % 3);
  const began = await train("changing", file, "--epochs", "1", "--batch-size", "8", "--json");
  written("changing", (i) => (i === 7 ? 0 : i % 3));
  const resumed = await batchscope(["train", "--resume", document(began).path, "--epochs", "2", "--json"], {
    cwd: scene,
  });
  expect([resumed.code, resumed.stdout, message(resumed)]).toEqual([
    ...[1, "", expect.stringMatching(/^--resume: expected the (training|validation) data that \S+ began with/)],
  ]);
  const done = await batchscope(["train", "--resume", document(began).path], { cwd: scene });
  expect(message(done)).toContain("which has all of its 1 epoch; raise --epochs above 1");
});
