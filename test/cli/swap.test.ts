import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../src/data/files/safetensors.ts";
import { decodeTensor } from "../../src/graph/decodeTensor.ts";
import { listCheckpoints } from "../../src/store/checkpoints.ts";
import { toNumbers } from "../../src/tensor/tensor.ts";
import { batchscope, document, message, runsIn, scratch, start, writeImages } from "./harness.ts";
import { artefacts } from "./killing.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
const base = join(scene, "base");
afterAll(() => rmSync(scene, { recursive: true }));

const argv = [
  ...["train", "--model", "mlp", "--data", images, "--batch-size", "4", "--gradient-accumulation-steps", "6"],
  ...["--epochs", "40", "--stop-accuracy", "0.9", "--optimizer", "sgd", "--momentum", "0.9", "--schedule", "one-cycle"],
  ...["--swap-workers", "3", "--swap-epochs", "2", "--swap-learning-rate", "0.002", "--swap-schedule", "linear"],
  ...["--progress", "none"],
];
const only = (store: string) => join(store, "runs", runsIn(store)[0]!);
const copyOf = (run: string, copy: number) => only(join(run, "copies", String(copy)));
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const tensors = (path: string) =>
  Object.fromEntries(
    [...decodeSafetensors(new Uint8Array(readFileSync(path)), path).tensors].map(([name, one]) => [
      name,
      toNumbers(one),
    ]),
  );
const last = (run: string) => listCheckpoints({ path: run }).at(-1)!;

/** Of the run and of its copies. */
const everything = (run: string) => [run, ...[1, 2, 3].map((copy) => copyOf(run, copy))].map(artefacts);

/** Resumes a run and stops it; from the same state again where a slow machine had done all before the signal came. */
async function stoppedIn(run: string): Promise<Awaited<ReturnType<typeof batchscope>>> {
  const before = join(scene, "before");
  cpSync(run, before, { recursive: true });
  for (;;) {
    const { child, said, ended } = start(["train", "--resume", run, "--progress", "none"], { cwd: scene });
    await said("resuming");
    await said("copy ");
    child.kill("SIGTERM");
    const stopped = await ended;
    if (stopped.code !== 0) {
      rmSync(before, { recursive: true });
      return stopped;
    }
    rmSync(run, { recursive: true });
    cpSync(before, run, { recursive: true });
  }
}

let result: { stdout: string; stderr: string };
beforeAll(async () => {
  const outcome = await batchscope([...argv, "--json", "--dir", base], { cwd: scene });
  if (outcome.code !== 0) throw new Error(outcome.stderr);
  result = outcome;
});

describe("train --swap-workers", () => {
  test("ends phase 1 at the accuracy, trains copies from there, and averages them", () => {
    const run = only(base);
    const epochs = readFileSync(join(run, "metrics.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line.includes('"kind":"epoch"'))
      .map((line) => JSON.parse(line).trainAccuracy >= 0.9);
    expect(epochs).toEqual([...epochs.slice(1).map(() => false), true]);
    expect(epochs.length).toBeLessThan(40);
    const { epoch, path } = last(run);
    expect(epoch).toBe(epochs.length);
    const copies = [1, 2, 3].map((copy) => last(copyOf(run, copy)));
    expect(copies.map((copy) => [copy.epoch, copy.step])).toEqual(Array(3).fill([2, 48]));
    const weights = copies.map((copy) => tensors(copy.path));
    const [start, mean] = [tensors(path), tensors(join(run, "averaged.safetensors"))];
    const farthest = (values: readonly number[], other: (i: number) => number) =>
      values.reduce((most, value, i) => Math.max(most, Math.abs(value - other(i))), 0);
    for (const [name, values] of Object.entries(mean)) {
      const [first, second, third] = weights.map((copy) => copy[name]!) as [number[], number[], number[]];
      expect(farthest(values, (i) => (first[i]! + second[i]! + third[i]!) / 3)).toBeLessThan(1e-6);
      expect(farthest(first, (i) => second[i]!)).toBeGreaterThan(1e-5);
      // Nearer to where they started than weights that were drawn anew would be.
      expect(farthest(values, (i) => start[name]![i]!)).toBeLessThan(0.1);
    }
  });

  test("says what came out, in words and as JSON", () => {
    const run = only(base);
    expect(document(result as never)).toMatchObject({
      status: "finished",
      summary: { averaged: { count: 3, validationLoss: expect.any(Number), validationAccuracy: expect.any(Number) } },
    });
    expect(json(run, "run.json")).toMatchObject({
      status: "finished",
      exitReason: "stopped early: the training accuracy that was asked for",
    });
    expect(result.stderr).toContain(
      "then 3 copies train from there, 2 epochs each, 4 examples an update at the learning rate 0.002, and their weights are averaged",
    );
    expect(result.stderr).toMatch(/^copy 2 of 3: validation loss \d\.\d{4}, accuracy \d+\.\d %$/m);
    expect(result.stderr).toMatch(/^ {2}average of the weights of 3 copies: validation loss \d\.\d{4}, accuracy \d/m);
    const config = readFileSync(join(copyOf(run, 2), "config.yaml"), "utf8");
    for (const line of ["batchSize: 4", "epochs: 2", "schedule: linear", "learningRate: 0.002", "momentum: 0.9"])
      expect(config).toContain(`${line}\n`);
    expect(config).not.toMatch(/swapWorkers|stopAccuracy|gradientAccumulationSteps/);
  });

  test("the average can be exported", async () => {
    const flags = ["--format", "onnx", "--checkpoint", "averaged", "--out", join(scene, "mean.onnx")];
    const { code } = await batchscope(["export", only(base), ...flags], { cwd: scene });
    expect(code).toBe(0);
    const { initializer } = fromBinary(ModelProtoSchema, readFileSync(join(scene, "mean.onnx"))).graph!;
    const exported = initializer.map((one) => [one.name, toNumbers(decodeTensor(one, one.name, [])!)] as const);
    expect(Object.fromEntries(exported)).toMatchObject(tensors(join(only(base), "averaged.safetensors")));
  });

  test("killed while copies train, and stopped, it goes on to the same bits", async () => {
    const store = join(scene, "killed");
    const first = start([...argv, "--dir", store], { cwd: scene });
    await first.said("copy 2 of 3 starts");
    first.child.kill("SIGKILL");
    await first.ended;
    const run = only(store);
    expect(json(run, "run.json").status).toBe("running");
    const stopped = await stoppedIn(run);
    expect(stopped.code).toBe(143);
    expect(json(run, "run.json").status).toBe("interrupted");
    expect(stopped.stdout).toContain("resume with: batchscope train --resume");
    const third = await batchscope(["train", "--resume", run, "--progress", "none"], { cwd: scene });
    expect([third.code, third.stderr]).toEqual([0, expect.stringContaining("average of the weights of 3 copies")]);
    expect(json(run, "run.json").status).toBe("finished");
    expect(everything(run)).toEqual(everything(only(base)));
  });

  test("a copy that fails ends the run with its exit code and its reason", async () => {
    const store = join(scene, "diverged");
    const wild = argv.map((word) => (word === "0.002" ? "1e30" : word));
    const outcome = await batchscope([...wild, "--dir", store], { cwd: scene });
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toMatch(/^copy \d failed: train: expected .*; lower .*learning.?rate/im);
    expect(json(only(store), "run.json")).toMatchObject({ status: "diverged", exitReason: "a copy failed" });
  });

  test.each([
    [
      ["--resume", "BASE"],
      2,
      /expected a run that is not finished, got \S+, whose copies are averaged; train a new run$/,
    ],
    [["--resume", "BASE", "--epochs", "60"], 2, /^--epochs: expected the run's own 40 beside --resume, got 60; /],
  ])(
    "%j is refused",
    async (flags, code, expected) => {
      const words = flags.map((word) => (word === "BASE" ? only(base) : word));
      const outcome = await batchscope(["train", ...words], { cwd: scene });
      expect([outcome.code, message(outcome)]).toEqual([code, expect.stringMatching(expected)]);
    },
    30_000,
  );
});

test.concurrent.each([
  [
    ["--swap-epochs", "2"],
    "--swap-epochs: expected --swap-workers beside it, got none; pass it or leave --swap-epochs out",
  ],
  [
    ["--swap-workers", "2"],
    "--swap-workers: expected --swap-epochs beside it, got none; say how long each copy trains",
  ],
  [["--swap-workers", "1", "--swap-epochs", "2"], "--swap-workers: expected a whole number of at least 2, got 1; "],
  [
    ["--swap-workers", "2", "--swap-epochs", "2", "--swa-start", "1"],
    "--swap-workers: expected one average of weights, got --swa-start too; leave one of them out",
  ],
  [
    ["--swap-workers", "2", "--swap-epochs", "2", "--swap-batch-size", "500"],
    "--swap-batch-size: expected at most the 96 examples, got 500; lower it",
  ],
])(
  "%j is refused before a run exists",
  async (flags, expected) => {
    const store = join(scene, `refused${flags.join("")}`);
    const outcome = await batchscope([...argv.slice(0, 9), ...flags, "--dir", store], { cwd: scene });
    expect([outcome.code, message(outcome), runsIn(store)]).toEqual([2, expect.stringContaining(expected), []]);
  },
  30_000,
);
