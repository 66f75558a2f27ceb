import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope, runsIn, scratch, writeImages } from "./harness.ts";

const scene = scratch();
writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

const run = (...argv: string[]) => batchscope(argv, { cwd: scene });
const read = (...path: string[]) => readFileSync(join(scene, ...path), "utf8");

describe("train", () => {
  test.concurrent("the guide's command line takes its loss preset, and analyze the run's loss", async () => {
    const command =
      "train --model mlp --data images --batch_size 4 --gradient_accumulation_steps 2 --loss_preset hvac_similar_optimized --train_epochs 2 --dir guide";
    const { code, stdout, stderr } = await run(...command.split(" "));
    expect([code, stderr]).toEqual([0, expect.stringContaining("\nloss: cross_entropy, label smoothing 0.1\n")]);
    expect(stdout).toMatch(
      /^Batch: .*\nTraining: .*\n\nclass +precision +recall +95 % +F1 +labels\n0 .*\n1 .*\n2 .*\nmacro F1 /,
    );
    const [id] = runsIn(join(scene, "guide"));
    const decided = read("guide", "runs", id!, "config.yaml").split("\n");
    expect(decided).toEqual(expect.arrayContaining(["loss: cross_entropy", "lossPreset: hvac_similar_optimized"]));
    const evaluation = JSON.parse(read("guide", "runs", id!, "evaluation", "epoch_2.json"));
    expect(evaluation.classification.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(32);
    expect(JSON.parse(read("guide", "runs", id!, "summary.json")).evaluation).toEqual(evaluation);
    const metrics = read("guide", "runs", id!, "metrics.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(metrics.at(-1).validationScores.macroF1).toBe(evaluation.classification.macroF1);

    // Without smoothing the gradients at the same checkpoint are others.
    const config = join(scene, "guide", "runs", id!, "config.yaml");
    const smoothed = await run("analyze", "latest", "--dir", "guide", "--checkpoint", "latest", "--json");
    writeFileSync(config, readFileSync(config, "utf8").replace("lossPreset: hvac_similar_optimized\n", ""));
    const plain = await run("analyze", "latest", "--dir", "guide", "--checkpoint", "latest", "--json");
    const norms = [smoothed, plain].map(
      (outcome) => JSON.parse(outcome.stdout).checkpoints[0].statistics.traceCovariance as number,
    );
    expect(norms.every((norm) => norm > 0)).toBe(true);
    expect(Math.abs(norms[0]! / norms[1]! - 1)).toBeGreaterThan(0.02);
  });

  test.concurrent("numbers are not predicted from classes", async () => {
    const { code, stderr } = await run("train", "--model", "mlp", "--data", "images", "--loss", "mse", "--dir", "none");
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /--loss mse: expected numbers as the targets, got 3 classes in images; choose a --loss of classes/,
      ),
    ]);
    expect(runsIn(join(scene, "none"))).toEqual([]);
  });

  test.concurrent("weights that do not fit the classes are refused before a run exists", async () => {
    const given = ["train", "--model", "mlp", "--data", "images", "--class-weights", "1,2", "--dir", "weights"];
    const { stderr } = await run(...given);
    expect(stderr).toMatch(
      /^batchscope: error: --class-weights: expected 3 class weights, one for each class, got 2; /,
    );
    expect(runsIn(join(scene, "weights"))).toEqual([]);
  });

  test.concurrent("a layer that accumulation does not reproduce is named once, and only with accumulation", async () => {
    const given = ["train", "--model", "resnet:20", "--data", "images", "--batch-size", "8", "--epochs", "1"];
    const limits = ["--limit-examples", "16", "--dir", "norm"];
    const [one, two] = await Promise.all([
      run(...given, ...limits),
      run(...given, ...limits, "--gradient-accumulation-steps", "2"),
    ]);
    const lines = ({ stderr }: typeof one) => stderr.split("\n").filter((line) => line.includes("mix the examples"));
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(lines(one)).toEqual([]);
    expect(lines(two)).toEqual([
      expect.stringMatching(
        /^accumulation does not give the batch of 16 in layers .*: bn1 \(BatchNormalization\), layer1\.0\.bn1/,
      ),
    ]);
  });
});

test.concurrent("verify proves the loss that is asked for", async () => {
  const given = ["verify", "--model", "mlp", "--data", "images", "--loss-preset", "focal_imbalanced", "--json"];
  const { code, stdout } = await run(...given, "--focal-normalizer", "positives");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    loss: "focal",
    lossOptions: { focalGamma: 2, focalAlpha: [1, 1, 1], focalNormalizer: "positives" },
    equal: true,
  });
});

test.concurrent("gradients gives the loss that is asked for", async () => {
  const folder = fileURLToPath(new URL("../fixtures/oracle/models/mlp/", import.meta.url));
  const given = ["gradients", "--model", join(folder, "model.onnx"), "--batch", join(folder, "batch.npz"), "--json"];
  const [plain, smoothed] = await Promise.all([
    run(...given, "--precision", "float64"),
    run(...given, "--precision", "float64", "--loss", "cross_entropy", "--label-smoothing", "0.1"),
  ]);
  const [a, b] = [plain, smoothed].map(({ stdout }) => JSON.parse(stdout) as { loss: number });
  expect(b!.loss).not.toBeCloseTo(a!.loss, 4);
  const { code, stderr } = await run(...given, "--class-weights", "balanced");
  expect([code, stderr]).toEqual([2, expect.stringContaining("for balanced, got no data; give the numbers")]);
});

test.concurrent("compile writes the loss and what its sums are divided by at least", async () => {
  const given = ["compile", "--model", "mlp", "--data", "images", "--loss", "focal", "--focal-alpha", "balanced"];
  const { code } = await run(...given, "--focal-normalizer", "positives", "--out", "step");
  expect(code).toBe(0);
  const { loss, lossOptions, leastWeight } = JSON.parse(read("step", "step.json"));
  expect([loss, lossOptions, leastWeight]).toEqual([
    "focal",
    { focalNormalizer: "positives", focalAlpha: [1, 1, 1] },
    1,
  ]);
  expect(read("step", "README.md")).toContain("Σ w of the window, but at least 1");
  expect(existsSync(join(scene, "step", "gradient.onnx"))).toBe(true);
});
