import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { random } from "../../src/tensor/random.ts";
import { tryHere } from "./inProcess.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-attach-"));
afterAll(() => rmSync(folder, { recursive: true }));

const draw = random(5);
const header = { kind: "run", schemaVersion: 1, unit: "examples", process: "1", optimizer: { name: "AdamW", lr: 0.1 } };

/** Gradients of 40 numbers whose noise scale is 100 examples. */
function step(number: number, microBatches: number, each: number) {
  const rows = Array.from({ length: microBatches }, () =>
    Array.from({ length: 40 }, () => 0.1 + draw.normal() / Math.sqrt(each)),
  );
  const mean = rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]! / microBatches, 0));
  const square = (row: readonly number[]) => row.reduce((sum, x) => sum + x * x, 0);
  const norms = { squaredNorms: rows.map(square), squaredNorm: square(mean) };
  return { kind: "step", step: number, seconds: number, counts: rows.map(() => each), ...norms, loss: 1 };
}

function write(...lines: object[]): void {
  writeFileSync(join(folder, "steps.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const steps = (microBatches: number, each: number) =>
  Array.from({ length: 400 }, (_, i) => step(i + 1, microBatches, each));

test.each([
  [4, 4, "noise", "Noise rules: the batch of 16 examples is far below the noise scale"],
  [8, 256, "signal", "Signal rules: the batch of 2,048 examples is far above the noise scale"],
])("%i micro-batches of %i examples: %s", async (microBatches, each, regime, answer) => {
  write(header, ...steps(microBatches, each));
  const { printed } = await tryHere("attach", folder, "--once");
  expect(printed.slice(0, answer.length)).toBe(answer);
  const { printed: json } = await tryHere("attach", join(folder, "steps.jsonl"), "--once", "--json");
  const found = JSON.parse(json);
  expect(found).toMatchObject({ run: folder, steps: 400, regime, noiseScale: { resolved: true, unit: "examples" } });
  expect(found.noiseScale.lower).toBeLessThan(100);
  expect(found.noiseScale.upper).toBeGreaterThan(100);
  expect(found.missing.map(({ what }: { what: string }) => what)).toEqual([
    "learningRate",
    "evaluation",
    "cosines",
    "groups",
  ]);
});

/** Written by integrations/python/jax_example.py and keras_example.py, cut after 60 steps. */
test.each(["jax", "keras"])("what a loop of %s wrote", async (framework) => {
  const recorded = fileURLToPath(new URL(`../fixtures/foreign/${framework}.jsonl`, import.meta.url));
  copyFileSync(recorded, join(folder, "steps.jsonl"));
  const found = JSON.parse((await tryHere("attach", folder, "--once", "--json")).printed);
  expect(found).toMatchObject({ steps: 60, batchSize: 32, ended: false, noiseScale: { unit: "examples", steps: 60 } });
  const lines = readFileSync(recorded, "utf8").trim().split("\n").slice(1);
  const moments = lines.map((line) => {
    const step = JSON.parse(line) as { squaredNorms: number[]; squaredNorm: number };
    // Four micro-batches of 8.
    const trace = (8 / 3) * step.squaredNorms.reduce((sum, one) => sum + one - step.squaredNorm, 0);
    return { trace, square: step.squaredNorm - trace / 32 };
  });
  // Both loops reach less and less gradient: the early half has a smaller noise scale than the end.
  const early = moments.slice(0, 30);
  const ratio = early.reduce((sum, { trace }) => sum + trace, 0) / early.reduce((sum, { square }) => sum + square, 0);
  expect(found.noiseScale.upper === "Infinity" ? Number.POSITIVE_INFINITY : found.noiseScale.upper).toBeGreaterThan(
    ratio,
  );
  expect(found.noiseScale.lower).toBeGreaterThan(ratio / 4);
});

test("a loop that has ended is not waited for", async () => {
  write(header, ...steps(2, 4), { kind: "end", step: 400, seconds: 400 });
  const { printed, code } = await tryHere("attach", folder);
  expect(code).toBe(0);
  expect(printed).toContain("the loop has ended");
});

test("one micro-batch a step: what is missing, and the line that adds it", async () => {
  write(header, step(1, 1, 16));
  const { printed } = await tryHere("attach", folder, "--once", "--lang", "zh");
  expect(printed).toMatch(/^还看不到噪声/);
  expect(printed).toContain("单个微批次的更新步的噪声：watch(…, per_example=True)");
});

test("a folder without steps ends with code 4", async () => {
  const { code, text } = await tryHere("attach", join(folder, "none"), "--once");
  expect(code).toBe(4);
  expect(text).toContain("none: expected a folder with steps.jsonl, got none there");
});
