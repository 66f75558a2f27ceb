import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { gramOfGradients } from "../../src/analysis/files/gradientGram.ts";
import { openGradients } from "../../src/analysis/files/gradientSource.ts";
import { multiplyPlainly } from "../../src/analysis/files/multiplyBlocks.ts";
import { unfinishedGram } from "../../src/analysis/files/unfinishedGram.ts";
import { decodeNpy, encodeNpy, encodeNpz } from "../../src/data/files/npz.ts";
import { encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { fromNumbers, type Tensor } from "../../src/tensor/tensor.ts";
import { oracleJson } from "../oracle.ts";
import { batchscope, scratch } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

const { gradients, ...known } = oracleJson<{
  gradients: number[][];
  trace_covariance_of_batch_gradient: number;
  noise_scale_simple_unbiased: number;
  norms: number[];
}>("gradient_statistics.json");
const [K, P] = [gradients.length, gradients[0]!.length];
const half = Math.floor(P / 2);
const at = (name: string) => join(scene, name);
const run = (...argv: string[]) => batchscope(["analyze", ...argv], { cwd: scene });
const numbers = (shape: number[], values: readonly number[]): Tensor => fromNumbers("float64", shape, values);

writeFileSync(at("G.npy"), encodeNpy(numbers([K, P], gradients.flat())));
mkdirSync(at("grads"));
gradients.forEach((row, k) => {
  const layers = new Map([
    ["one.weight", numbers([half - 1], row.slice(0, half - 1))],
    ["one.bias", numbers([1], row.slice(half - 1, half))],
    ["two.weight", numbers([P - half], row.slice(half))],
  ]);
  writeFileSync(at(`grads/batch${k}.safetensors`), encodeSafetensors(layers, { count: "8" }));
});
const products = gradients.flatMap((a) => gradients.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)));

/** As NumPy has them, to ten digits. */
function expectKnown(found: {
  noiseScale: { value: number };
  traceCovariance: number;
  norms: number[];
  rows: number;
  batchSize: number;
}) {
  expect([found.rows, found.batchSize]).toEqual([K, 8]);
  expect(found.noiseScale.value / known.noise_scale_simple_unbiased).toBeCloseTo(1, 10);
  expect(found.traceCovariance / (8 * known.trace_covariance_of_batch_gradient)).toBeCloseTo(1, 10);
  found.norms.forEach((norm, k) => {
    expect(norm / known.norms[k]!).toBeCloseTo(1, 10);
  });
}

describe("analyze --gradients", () => {
  test.concurrent("of a folder has NumPy's statistics, and the noise of each layer", async () => {
    const { code, stdout, stderr } = await run("--gradients", "grads/", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    const found = JSON.parse(stdout);
    expectKnown(found);
    expect(
      found.layers.map(({ name, parameters }: { name: string; parameters: number }) => [name, parameters]),
    ).toEqual([
      ["one", half],
      ["two", P - half],
    ]);
    const sum = found.layers.reduce(
      (total: number, layer: { traceCovariance: number }) => total + layer.traceCovariance,
      0,
    );
    expect(sum / found.traceCovariance).toBeCloseTo(1, 10);
    const chinese = await run("--gradients", "grads", "--lang", "zh");
    expect(chinese.stdout).toMatch(/^批次：8 小于噪声尺度.*更大的批次划算。.* 倍\n数据：12 个批次.*\n\n/);
    expect(found.answer.map(({ kind }: { kind: string }) => kind)).toEqual(["gradientsBelow", "gradientsAgree"]);
    expect(found.findings[0]).toMatchObject({ kind: "noiseScale", file: "grads", noiseScale: found.noiseScale });
    const words = await run("--gradients", "grads");
    expect(words.stdout).toMatch(
      /^Batch: 8 is below .* pay\. .*\nData: no conflict .*\n\ngrads: 12 gradients of 8 examples\n[\s\S]*\nlayer +parameters .*\none +\d+ .*\ntwo +\d+ [\s\S]*\n\d+ checks? found nothing .*\n\d+ more sentences with --verbose\.\n$/,
    );
  });

  test.concurrent("--out writes the products, which --gram reads", async () => {
    const out = await run("--gradients", "G.npy", "--batch-size", "8", "--out", "made/gram.npy", "--json");
    expectKnown(JSON.parse(out.stdout));
    const { shape, data } = decodeNpy(readFileSync(at("made/gram.npy")), "gram");
    expect(shape).toEqual([K, K]);
    products.forEach((product, i) => {
      expect(Number(data[i]) / product).toBeCloseTo(1, 9);
    });
    const again = await run("--gram", "made/gram.npy", "--batch-size", "8", "--json");
    const ofFile = JSON.parse(out.stdout.replace('"file": "G.npy"', '"file": "gram.npy"'));
    expect(JSON.parse(again.stdout)).toEqual(ofFile);
  });

  test.concurrent("--out page.html has the answer, the reading and the figures of a checkpoint", async () => {
    const asked = ["--gradients", "grads", "--out", "made/page.html"];
    const { code, stdout } = await run(...asked, "--verbose");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\nreport +made\/page\.html\n$/)]);
    const page = readFileSync(at("made/page.html"), "utf8");
    const island = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!;
    expect(Object.keys(JSON.parse(island).checkpoints[0].charts)).toEqual([
      ...["similarities", "clustered", "directions", "compared", "layers"],
    ]);
    const [answer, ...sentences] = stdout
      .split("\n")
      .filter((line) => /^Batch: |noise scale is the batch|holds/.test(line));
    expect(sentences).toHaveLength(2);
    const body = page.slice(0, page.indexOf(island));
    for (const said of [answer!.replace("Batch: ", ""), ...sentences]) expect(body).toContain(said);
    // No course of a training, and no words of an epoch, are told of gradients alone.
    expect(body.replace(/<style>.*?<\/style>|<label.*?<\/label>/gs, "")).not.toMatch(/epoch|checkpoint/i);
    expect(body.replace(/<[^>]*>/g, "")).toContain(
      "batchscope analyze --gradients grads --out made/page.html --lang en",
    );
    const again = await run(...asked);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/--out: expected .* got made\/page\.html/)]);
  });

  test.concurrent("goes on with an interrupted pass, and removes what was kept", async () => {
    writeFileSync(at("long.npy"), readFileSync(at("G.npy")));
    const source = await openGradients(at("long.npy"));
    const kept = unfinishedGram(at("long.npy.unfinished.safetensors"), [
      source.fingerprint,
      { sketch: null, seed: 0, memoryBudget: 2 ** 20 },
    ]);
    // All columns are in it: any that were read again would count twice.
    const stop = { multiply: multiplyPlainly, memoryBudget: 2 ** 20, sketch: null, seed: 0, progress: () => true };
    await gramOfGradients(source, { ...stop, save: kept.write });
    source.close();
    const argv = ["--gradients", "long.npy", "--batch-size", "8", "--memory-budget", "1", "--json"];
    const { code, stdout, stderr } = await run(...argv);
    expect([code, stderr]).toEqual([0, "resuming long.npy.unfinished.safetensors\n"]);
    expectKnown(JSON.parse(stdout));
    expect(existsSync(kept.path)).toBe(false);
    expect((await run(...argv)).stderr).toBe("");
  });

  test.concurrent("--sketch says by how much cosines may be off", async () => {
    const argv = ["--gradients", "G.npy", "--batch-size", "8", "--sketch", "16"];
    const found = JSON.parse((await run(...argv, "--json")).stdout);
    expect(found.sketch).toEqual({ dimensions: 16, seed: 0, cosineError: expect.closeTo(Math.sqrt(40 / 16), 6) });
    expect(found.norms[3] / known.norms[3]!).toBeCloseTo(1, 10);
    expect((await run(...argv)).stdout).toMatch(
      /\nsketch +16 numbers for a row: .* off by at most 1\.58 with 95 % probability\n/,
    );
  });

  writeFileSync(at("skew.npy"), encodeNpy(numbers([2, 2], [1, 0.5, 0.4, 1])));
  writeFileSync(at("large.npy"), encodeNpy(numbers([2, 2], [1, 2, 2, 1])));
  writeFileSync(at("rows.npy"), encodeNpy(numbers([2, 3], [1, 2, 3, 4, 5, 6])));
  writeFileSync(
    at("counted.npz"),
    encodeNpz(
      new Map([
        ["G", numbers([2, 2], [1, 0, 0, 1])],
        ["counts", numbers([3], [1, 2, 3])],
      ]),
    ),
  );
  test.concurrent.each<[string, number, RegExp]>([
    [
      "--gradients grads --batch-size 4",
      2,
      /--batch-size: expected what grads says of each row, got 4 where it says 8; leave it out/,
    ],
    ["--gradients G.npy --gram G.npy --batch-size 8", 2, /--gram: expected it alone, got --gradients too/],
    ["--gradients G.npy --batch-size 8 --products sketch", 2, /--products: expected --sketch beside it/],
    ["--gradients G.npy --batch-size 8 --sketch 0", 2, /--sketch: expected a whole number of at least 1/],
    ["--gradients G.npy --batch-size 8 --out plots", 2, /--out: expected a file \.html .* or \.npy .*, got "plots"/],
    ["latest --sketch 5", 2, /--sketch: expected --gradients beside it, got a run/],
    ["latest --out x.npy", 2, /--out: expected --gradients beside it, got a run/],
    [
      "--gram skew.npy --batch-size 8",
      1,
      /skew\.npy: expected inner products of rows, got 0\.4 and 0\.5 at \(1, 0\) and \(0, 1\)/,
    ],
    ["--gram large.npy --batch-size 8", 1, /large\.npy: expected inner products of rows, got 2 and 2/],
    [
      "--gram rows.npy --batch-size 8",
      1,
      /rows\.npy: expected one floating-point matrix \[K, K\] with K ≥ 2, got float64\[2, 3\]; save G @ G\.T/,
    ],
    ["--gram counted.npz", 1, /counted\.npz: expected counts of 2 rows as whole numbers, got 3 numbers/],
    [
      "--gram grads --batch-size 8",
      1,
      /grads: expected a file with a K × K matrix, got a folder; pass it to --gradients/,
    ],
  ])("refuses %s", async (line, expected, words) => {
    const { code, stdout, stderr } = await run(...line.split(" "));
    expect([code, stdout, stderr]).toEqual([expected, "", expect.stringMatching(words)]);
  });
});

describe("gradients of which something is odd", () => {
  const filled = (rows: number, columns: number, value: (k: number, p: number) => number) =>
    encodeNpy(
      numbers(
        [rows, columns],
        Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns)),
      ),
    );

  test.each([
    [
      "zero",
      filled(12, 30, () => 0),
      /^zero\.npy: all 12 gradients are zero, so there is nothing to measure: check .*\n$/,
    ],
    ["equal", filled(8, 30, (_, p) => 0.1 * p), /\nall 8 rows are the same gradient \(tr Σ = 0\), .*same examples\n$/],
    [
      "transposed",
      filled(40, 8, (k, p) => Math.sin(3 * k + k * p)),
      /\n40 gradients of 8 parameters: a row is one gradient, \[K, P\]; .*save G\.T\n$/,
    ],
    [
      "signal",
      filled(8, 40, (k, p) => 1 + 0.01 * Math.sin(3 * k + k * p)),
      /^Batch: 8 is above the noise scale .* hardly pay\nData: no conflict between 8 batches\n\n/,
    ],
    [
      "noise",
      filled(8, 40, (k, p) => Math.sin(99 * k * k + 7 * k * p * p)),
      /^Batch: (the noise scale is not bounded|8 is below a noise scale of at least)/,
    ],
    [
      "usual",
      filled(8, 40, (k, p) => Math.sin(3 * k + k * p)),
      /most opposed rows +\d+ and \d+\n\n[\s\S]*with --verbose\.\n$/,
    ],
  ])("%s", async (name, bytes, expected) => {
    writeFileSync(at(`${name}.npy`), bytes);
    const { code, stdout } = await run("--gradients", `${name}.npy`, "--batch-size", "8");
    expect([code, stdout]).toEqual([0, expect.stringMatching(expected)]);
    expect(stdout).not.toContain("NaN");
  });

  test("JSON has them as data", async () => {
    writeFileSync(
      at("zeros.npy"),
      filled(3, 2, () => 0),
    );
    const { stdout } = await run("--gradients", "zeros.npy", "--batch-size", "8", "--json");
    expect(JSON.parse(stdout).remarks).toEqual([
      { kind: "zeroGradients", rows: 3 },
      { kind: "moreRowsThanParameters", rows: 3, parameters: 2 },
    ]);
  });
});
