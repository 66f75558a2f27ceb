/**
 * What watching the noise scale costs a training step: two runs of the real loop take turns, block by block, on one
 * thread, one of them watched. The first column compares the processor's seconds, block by block; the others steps that
 * nothing disturbed, of which a tenth is faster than the value given: programs beside the benchmark do not reach those.
 * Both runs must end with the same parameters, bit for bit, before anything is printed.
 *
 *   node bench/noiseOverhead.ts
 */
import { nativeEngine } from "../src/runtime/native.ts";
import { quantile, table, withSpread } from "./measure.ts";
import { endlessOptions, inTurns } from "./trainingBlocks.ts";

const BLOCKS = 100;
const engine = nativeEngine();

async function row(model: string, window: readonly number[], steps: number): Promise<string[]> {
  const options = endlessOptions(model, [1, 28, 28], { window, block: steps });
  const turns = await inTurns(engine, options, { ...options, noiseScale: true }, BLOCKS);
  const [plainSeconds, watchedSeconds] = turns.processor;
  const ratios = plainSeconds.map((seconds, i) => watchedSeconds[i]! / seconds);
  const [quietPlain, quietWatched] = turns.steps.map((seconds) => quantile(seconds, 0.1));
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
