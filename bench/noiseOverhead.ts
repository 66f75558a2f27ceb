/**
 * What watching the noise scale costs a training step: two runs of the real loop take turns, block by block, on one
 * thread, one of them watched. The first column compares the processor's seconds, block by block; the others steps that
 * nothing disturbed, of which a tenth is faster than the value given: programs beside the benchmark do not reach those.
 * Both runs must end with the same parameters, bit for bit, before anything is printed.
 *
 *   node bench/noiseOverhead.ts
 */
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import type { Tensor } from "../src/tensor/tensor.ts";
import { quantile, table, withSpread } from "./measure.ts";
import { endlessOptions, start } from "./trainingBlocks.ts";

const BLOCKS = 100;
const engine = nativeEngine();

function parameters(file: Uint8Array): string {
  const { tensors } = decodeSafetensors(file, "checkpoint");
  const bytes = ({ data: { buffer, byteOffset, byteLength } }: Tensor) => Buffer.from(buffer, byteOffset, byteLength);
  return [...tensors.values()].map((tensor) => bytes(tensor).toString("base64")).join();
}

async function row(model: string, window: readonly number[], steps: number): Promise<string[]> {
  const options = endlessOptions(model, [1, 28, 28], { window, block: steps });
  const [plain, watched] = [start(engine, options), start(engine, { ...options, noiseScale: true })];
  // The first record comes after one step; the second block compiles what a cut window needs.
  for (const run of [plain, watched, plain, watched, plain, watched]) await run.block();
  const [plainSeconds, watchedSeconds]: [number[], number[]] = [[], []];
  for (let block = 0; block < BLOCKS; block++) {
    plainSeconds.push(await plain.block());
    watchedSeconds.push(await watched.block());
  }
  const ratios = plainSeconds.map((seconds, i) => watchedSeconds[i]! / seconds);
  const [quietPlain, quietWatched] = [plain, watched].map((run) => quantile(run.steps, 0.1));
  const [a, b] = [await plain.end(), await watched.end()];
  if (parameters(a) !== parameters(b)) throw new Error(`${model}: expected the same parameters watched or not`);
  const microseconds = (seconds: number) => (seconds * 1e6).toFixed(0);
  return [
    model,
    window.join(" + "),
    withSpread(ratios),
    microseconds(quietPlain!),
    microseconds(quietWatched!),
    (quietWatched! / quietPlain!).toPrecision(3),
  ];
}

console.log(
  table([
    ["model", "window", "watched ÷ plain step: median (p10–p90)", "plain, µs", "watched, µs", "ratio"],
    await row("lenet", [16, 16, 16, 16], 16),
    await row("mlp", [16, 16, 16, 16], 16),
    await row("lenet", [64], 32),
    await row("mlp", [64], 32),
  ]),
);
