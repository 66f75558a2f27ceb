/**
 * What the contract of a step costs: two runs of the real loop take turns, block by block, on one thread, one of them
 * with `checks: false`. A block is 128 steps, of which one is looked at closely. Both runs must end with the same
 * parameters, bit for bit, before anything is printed.
 *
 *   node bench/contractOverhead.ts
 */
import { meanInterval } from "../src/curvature/meanInterval.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { table, withSpread } from "./measure.ts";
import { endlessOptions, inTurns } from "./trainingBlocks.ts";

const BLOCK = 128;
const engine = nativeEngine();

async function row(model: string, window: readonly number[], blocks: number): Promise<string[]> {
  const checked = endlessOptions(model, [1, 28, 28], { window, block: BLOCK });
  const turns = await inTurns(engine, { ...checked, checks: false }, checked, blocks);
  const [plain, watched] = turns.processor;
  const ratios = plain.map((seconds, i) => watched[i]! / seconds);
  const { value, lower, upper } = meanInterval(ratios.map(Math.log));
  const share = [value, lower, upper].map((log) => Math.exp(log).toFixed(4));
  return [model, window.join(" + "), withSpread(ratios), `${share[0]} [${share[1]}, ${share[2]}]`];
}

console.log(
  table([
    ["model", "window", "checked ÷ unchecked block: median (p10–p90)", "geometric mean, 95 %"],
    await row("lenet", [64], 60),
    await row("lenet", [16, 16, 16, 16], 30),
    await row("mlp", [64], 100),
    await row("mlp", [4], 400),
    await row("mlp:16x1", [4], 400),
  ]),
);
