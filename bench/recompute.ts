/**
 * Gradient checkpointing: peak memory and time of a micro-batch's gradient, kept whole and computed again, for 12-layer
 * transformers. Every number comes from a fresh process; the two ways take turns. "peak" is the largest resident set of
 * the process, weights and gradients included; "added" is that less the resident set before the first run. Seconds are
 * the processor's, on one thread: other work on the machine stretches them less than the clock's. The gradients must
 * agree to 1e-5 of their norm before anything is printed.
 *
 *   node bench/recompute.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "../src/runtime/open.ts";
import { fromNumbers, type Tensor, zeros } from "../src/tensor/tensor.ts";
import { gradientGraph, gradientName } from "../src/training/graphs.ts";
import { quantile, table, withSpread } from "./measure.ts";
import { transformer } from "./transformer.ts";

/** Width, tokens of an example, examples. */
const SIZES = [
  [384, 128, 4],
  [384, 256, 4],
  [384, 256, 8],
  [768, 128, 4],
] as const;
const ROUNDS = 2;
const RUNS = 4;

interface Measurement {
  readonly peak: number;
  readonly added: number;
  readonly seconds: readonly number[];
}

/** In the child: prints a measurement and leaves the gradients in `file`. */
async function measure(way: string, [width, length, batch]: readonly [number, number, number], file: string) {
  const model = transformer({ layers: 12, width, heads: width / 64, length, vocabulary: 1000 });
  const graph = gradientGraph(model, batch, { accumulate: false, gradientCheckpointing: way === "again" });
  const tokens = Array.from({ length: batch * length }, (_, i) => (i * 7919) % 1000);
  const feeds: Record<string, Tensor> = {
    x: fromNumbers("int64", [batch, length], tokens),
    y: fromNumbers("int64", [batch, length], tokens.slice(1).concat(0)),
    ...Object.fromEntries(model.parameters.map(({ name, initial }) => [name, initial])),
    ...Object.fromEntries([...graph.outputs].map(([name, { type, shape }]) => [name, zeros(type, shape)])),
  };
  // Touched now, so that the arrays are no part of what a run adds.
  for (const { name } of model.parameters) feeds[gradientName(name)]!.data.fill(1 as never);
  const session = await (await openEngine()).load(graph);
  const bound = session.bind(feeds);
  const before = process.memoryUsage.rss();
  await bound.run();
  const seconds: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const start = process.cpuUsage();
    await bound.run();
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
  }
  const peak = process.resourceUsage().maxRSS * 1024;
  const parts = model.parameters.map(({ name }) => feeds[gradientName(name)]!.data as Float32Array);
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
  process.stdout.write(
    JSON.stringify({ peak: peak / 1e6, added: (peak - before) / 1e6, seconds } satisfies Measurement),
  );
}

function child(way: string, size: readonly number[], file: string): Measurement {
  const argv = [fileURLToPath(import.meta.url), way, size.join(), file];
  return JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" }));
}

/** ‖a − b‖/‖b‖. */
function distance(a: Float32Array, b: Float32Array): number {
  let [difference, norm] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

function compare(size: (typeof SIZES)[number], folder: string): string[] {
  const results: Record<string, Measurement[]> = { whole: [], again: [] };
  const file = (way: string) => join(folder, way);
  for (let round = 0; round < ROUNDS; round++)
    for (const way of ["whole", "again"]) results[way]!.push(child(way, size, file(way)));
  const [whole, again] = ["whole", "again"].map(
    (way) => new Float32Array(new Uint8Array(readFileSync(file(way))).buffer),
  );
  const error = distance(again!, whole!);
  if (!(error < 1e-5)) throw new Error(`gradients differ by ${error}`);
  const median = (way: string, key: "peak" | "added") =>
    quantile(
      results[way]!.map((one) => one[key]),
      0.5,
    );
  const seconds = (way: string) => results[way]!.flatMap((one) => one.seconds);
  const cells = ["whole", "again"].flatMap((way) => [
    `${median(way, "peak").toFixed(0)} (${median(way, "added").toFixed(0)})`,
    withSpread(seconds(way)),
  ]);
  const change = (again: number, whole: number) =>
    `${again < whole ? "−" : "+"}${Math.abs((again / whole - 1) * 100).toFixed(0)} %`;
  const memory = (["peak", "added"] as const).map((key) => change(median("again", key), median("whole", key)));
  const slower = change(quantile(seconds("again"), 0.5), quantile(seconds("whole"), 0.5));
  return [size.join(" × "), ...cells, ...memory, slower, error.toExponential(1)];
}

const [, , way, size, file] = process.argv;
if (way && size && file) await measure(way, size.split(",").map(Number) as [number, number, number], file);
else {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-recompute-"));
  const head = [
    "width × T × N",
    "whole: peak (added) MB",
    "s",
    "again: peak (added) MB",
    "s",
    "peak",
    "added",
    "time",
    "difference",
  ];
  process.stdout.write(`${table([head, ...SIZES.map((one) => compare(one, folder))])}\n`);
  rmSync(folder, { recursive: true });
}
