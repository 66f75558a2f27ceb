/**
 * What each rule of `--scale-rule` comes to at eight times the batch, beside a rate that is tuned for it: the table of
 * docs/learning-rate-and-batch.md. Prints mean validation losses, and paired differences to "none" with their 95 %
 * intervals.
 *
 *     node bench/scaleRules.ts [examples = 4000] [seeds = 7]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunOptions, trainToRun } from "../src/api/trainToRun.ts";
import { scaleRules } from "../src/optimizer/scaleRules.ts";
import { comparePaired } from "../src/statistics/comparison/pairedComparison.ts";
import { meanOf } from "../src/statistics/comparison/sample.ts";

const [examples = 4000, seeds = 7] = process.argv.slice(2).map(Number);
const [small, large] = [16, 128];
const rates = [3e-4, 1e-3, 3e-3, 1e-2];
/** Far from the seeds that are compared. */
const tuningSeeds = [1_000_000, 1_000_001];

const dir = mkdtempSync(join(tmpdir(), "scale-rules-"));

async function lossOf(options: Omit<RunOptions, "model" | "data">): Promise<number> {
  const common = { model: "mlp", data: "mnist", limitExamples: examples, epochs: 4, noiseScale: "off", dir } as const;
  const { summary } = await trainToRun({ ...common, baseBatchSize: small, checkpointEvery: 100, ...options });
  return summary.last!.validationLoss;
}

async function tunedRate(batchSize: number): Promise<number> {
  const losses: number[] = [];
  for (const learningRate of rates) {
    const own: number[] = [];
    for (const seed of tuningSeeds) own.push(await lossOf({ batchSize, learningRate, seed }));
    losses.push(meanOf(own));
    console.log(`batch ${batchSize}, rate ${learningRate}: ${losses.at(-1)!.toFixed(4)}`);
  }
  return rates[losses.indexOf(Math.min(...losses))]!;
}

const learningRate = await tunedRate(small);
const arms: Readonly<Record<string, Omit<RunOptions, "model" | "data">>> = {
  [`batch ${small}`]: { batchSize: small, learningRate },
  ...Object.fromEntries(
    scaleRules
      .filter((rule) => rule !== "measured")
      .map((rule) => [rule, { batchSize: large, learningRate, lrScale: rule }]),
  ),
  tuned: { batchSize: large, learningRate: await tunedRate(large) },
};
const losses = new Map<string, number[]>();
for (let seed = 0; seed < seeds; seed++)
  for (const [name, options] of Object.entries(arms))
    losses.set(name, [...(losses.get(name) ?? []), await lossOf({ ...options, seed })]);
for (const [name, own] of losses) {
  const { difference } = comparePaired(own, losses.get("none")!);
  const [value, lower, upper] = [difference.value, difference.lower, difference.upper].map((x) => x?.toFixed(4) ?? "–");
  console.log(`${name}: ${meanOf(own).toFixed(4)}${name === "none" ? "" : `, ${value} [${lower}, ${upper}]`}`);
}
rmSync(dir, { recursive: true });
