import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readTensors } from "../../src/data/files/files.ts";
import { encodeNpy, encodeNpz } from "../../src/data/files/npz.ts";
import { encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { encode } from "../../src/graph/encode.ts";
import { addInput, addOutput, constant, newGraph } from "../../src/graph/graph.ts";
import { apply, builder } from "../../src/ops/builder.ts";
import { random } from "../../src/tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../../src/tensor/tensor.ts";
import { oracle, oracleJson } from "../oracle.ts";
import { batchscope, scratch, writeImages } from "./harness.ts";

const scene = scratch();
writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

const run = (...argv: string[]) => batchscope(argv, { cwd: scene });
const numbers = (shape: Shape, seed: number): Tensor => {
  const generator = random(seed);
  return fromNumbers(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, () => generator.normal() / 10),
  );
};

describe("analyze --gradients", () => {
  const known = oracleJson<{
    gradients: number[][];
    batch_size: number;
    gns_plug_in: number;
    trace_covariance_of_batch_gradient: number;
    squared_norm_of_mean: number;
    squared_norm_of_true_gradient_unbiased: number;
    noise_scale_simple_unbiased: number;
    cosine: number[][];
    norms: number[];
    most_opposed_pair: number[];
  }>("gradient_statistics.json");
  const matrix = (type: ElementType) =>
    fromNumbers(type, [known.gradients.length, known.gradients[0]!.length], known.gradients.flat());

  test.concurrent.each<[string, ElementType, number, (matrix: Tensor) => Uint8Array]>([
    ["a.npz", "float64", 10, (only) => encodeNpz(new Map([["whatever", only]]))],
    ["b.npz", "float32", 4, (only) => encodeNpz(new Map([["G", only]]))],
    ["c.npy", "float64", 10, encodeNpy],
    ["d.npy", "float32", 4, encodeNpy],
    ["e.safetensors", "float64", 10, (only) => encodeSafetensors(new Map([["grad.rows", only]]))],
    ["f.safetensors", "float32", 4, (only) => encodeSafetensors(new Map([["0", only]]))],
  ])("%s of %s has NumPy's statistics to %i decimals", async (name, type, digits, encoded) => {
    writeFileSync(join(scene, name), encoded(matrix(type)));
    const { code, stdout, stderr } = await run(
      "analyze",
      "--gradients",
      name,
      "--batch-size",
      "8",
      "--dataset-size",
      "96",
      "--json",
    );
    expect([code, stderr]).toEqual([0, ""]);
    const got = JSON.parse(stdout);
    const near = (value: number, expected: number) => expect(value / expected).toBeCloseTo(1, digits);
    near(got.noiseRatio.plugIn, known.gns_plug_in);
    near(got.traceCovariance, 8 * known.trace_covariance_of_batch_gradient);
    near(got.squaredNormOfMean, known.squared_norm_of_mean);
    near(got.squaredGradientNorm, known.squared_norm_of_true_gradient_unbiased);
    near(got.noiseScale.value, known.noise_scale_simple_unbiased);
    expect(got).toMatchObject({ rows: 12, batchSize: 8, datasetSize: 96, mostOpposedPair: known.most_opposed_pair });
    known.norms.forEach((norm, k) => {
      near(got.norms[k], norm);
    });
    known.cosine.flat().forEach((cosine, i) => {
      expect(got.cosine.flat()[i]).toBeCloseTo(cosine, digits);
    });
  });

  test.concurrent("says it in words, without a data set too", async () => {
    writeFileSync(join(scene, "words.npy"), encodeNpy(matrix("float64")));
    const { code, stdout } = await run("analyze", "--gradients", "words.npy", "--batch-size", "8");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Batch: 8 is below .*\nData: .*\n\nwords\.npy: 12 gradients of 8 examples\nnoise scale +≥ 36\.8 examples .*\n/,
    );
    expect(stdout).toMatch(/noise ratio at batch 8 +8\.55 /);
    expect(stdout).not.toMatch(/data set|NaN|undefined/);
  });
});

describe("verify", () => {
  test.concurrent.each(["mlp", "lenet"])("%s on a folder: equal, in one document", async (model) => {
    const { code, stdout, stderr } = await run("verify", "--model", model, "--data", "images", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ equal: true, notReproduced: [], reference: { engine: "reference", equal: true } });
    expect(result.maxRelativeDifference).toBeLessThan(1e-6);
    expect(result.reference.maxRelativeDifference).toBeLessThan(1e-12);
  });

  test.concurrent("a model with batch normalisation exits 1 and names the layer", async () => {
    const graph = newGraph("normalised");
    const g = builder(graph);
    const x = addInput(graph, "x", "float32", [2, 1, 12, 12]);
    const parameter = (name: string, shape: Shape, seed: number) => constant(graph, numbers(shape, seed), name);
    const vectors = ["scale", "shift", "mean", "variance"].map((name, i) => parameter(name, [1], i));
    const [normal] = apply(graph, "BatchNormalization", [x, ...vectors], { training_mode: 1 }, 3);
    addOutput(graph, "y", g.gemm(g.flatten(normal!), parameter("w", [144, 3], 9)));
    writeFileSync(join(scene, "bn.onnx"), encode(graph));
    const { code, stdout, stderr } = await run("verify", "--model", "bn.onnx", "--data", "images");
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(
      /^Accumulation: NOT equal: 4 × 4 .*\n\nloss cross_entropy\nnative \(float32\): NOT equal, largest relative difference /,
    );
    expect(stdout).toMatch(
      /\nBatchNormalization \(BatchNormalization\) mixes the examples of a micro-batch: no accumulation reproduces the large batch there\n$/,
    );
  });
});

describe("gradients", () => {
  const folder = fileURLToPath(new URL("../fixtures/oracle/models/mlp/", import.meta.url));
  const given = ["gradients", "--model", join(folder, "model.onnx"), "--batch", join(folder, "batch.npz")];

  test.concurrent.each([
    ["float32", "g32.safetensors", 1e-5],
    ["float64", "g64.npz", 1e-9],
  ])("in %s, written to %s, are PyTorch's", async (precision, out, tolerance) => {
    const { code, stdout } = await run(...given, "--precision", precision, "--out", out, "--json");
    expect(code).toBe(0);
    const { loss, gradient } = oracle("mlp");
    const result: { loss: number; parameters: { parameter: string; norm: number }[] } = JSON.parse(stdout);
    expect(Math.abs(result.loss / loss - 1)).toBeLessThan(tolerance);
    const written = await readTensors(join(scene, out));
    expect([...written.keys()].sort()).toEqual(result.parameters.map(({ parameter }) => parameter).sort());
    for (const { parameter, norm } of result.parameters) {
      const expected = gradient(parameter);
      expect(Math.abs(norm / expected.norm - 1)).toBeLessThan(tolerance);
      const values = toNumbers(written.get(parameter)!);
      const errors = expected.index.map((at, i) => values[at]! - expected.probe[i]!);
      expect(Math.hypot(...errors) / expected.norm).toBeLessThan(tolerance);
    }
  });

  test.concurrent.each([
    ["--loss", "mae", 2, /^batchscope: error: --loss: expected one of .*, got "mae"/],
    [
      "--loss",
      "mse",
      2,
      /^batchscope: error: gradients: expected "y" of float32\[6, 10\], got int64\[6\]; check the batch and --loss\n$/,
    ],
    ["--out", "g.txt", 2, /^batchscope: error: --out: expected a file \.safetensors or \.npz, got "g\.txt"/],
    ["--precision", "float16", 2, /^batchscope: error: option '--precision <type>' argument 'float16' is invalid/],
  ] as const)("%s %s is refused", async (flag, value, expected, message) => {
    const { code, stdout, stderr } = await run(...given, flag, value);
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("help", () => {
  test.concurrent.each([["train"], ["analyze"], ["verify"], ["gradients"]])("%s has examples", async (command) => {
    const { code, stdout, stderr } = await run(command, "--help");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`Usage: batchscope ${command}`);
    expect(stdout).toContain(`\nExamples:\n  batchscope ${command} `);
  });

  test.concurrent("nothing at all lists the commands", async () => {
    const [bare, version] = [await run(), await run("--version")];
    for (const command of ["train", "analyze", "verify", "gradients", "doctor"])
      expect(bare.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
    expect([bare.code, bare.stderr, version.code]).toEqual([0, "", 0]);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.concurrent("doctor names both engines and the one that trains, as one document too", async () => {
    const [words, document] = [await run("doctor"), await run("doctor", "--json")];
    expect(words.stdout).toMatch(/^engine native +\d+\.\d+\.\d+$/m);
    expect(JSON.parse(document.stdout)).toMatchObject({
      node: process.version,
      engines: { native: expect.stringMatching(/^\d/), binding: expect.stringMatching(/^\d/) },
      trainingUses: "native",
    });
  });

  test.concurrent("BATCHSCOPE_ENGINE chooses the engine that verifies", async () => {
    const argv = ["verify", "--model", "mlp", "--data", "images", "--json"];
    const { stdout } = await batchscope(argv, { cwd: scene, env: { BATCHSCOPE_ENGINE: "binding" } });
    expect(JSON.parse(stdout)).toMatchObject({ engine: "binding", equal: true });
  });
});
