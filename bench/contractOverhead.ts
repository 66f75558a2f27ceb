/**
 * What the contract of a step costs: two runs of the real loop take turns, block by block, on one thread, one of them
 * with `checks: false`. A block is 128 steps, of which one is looked at closely. Where arrays come to lie makes one run
 * a few per cent faster than its twin, so that there are many pairs, begun in either order; the interval is over pairs.
 * Both runs of a pair must end with the same parameters, bit for bit, before anything is printed.
 *
 *   node bench/contractOverhead.ts
 */
import { meanInterval } from "../src/curvature/meanInterval.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { quantile, table } from "./measure.ts";
import { endlessOptions, inTurns } from "./trainingBlocks.ts";

const BLOCK = 128;
const PAIRS = 16;
const engine = nativeEngine();

async function row(model: string, window: readonly number[], blocks: number): Promise<string[]> {
  const logs: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const checked = endlessOptions(model, [1, 28, 28], { window, block: BLOCK });
    const both = [{ ...checked, checks: false }, checked] as const;
    const [first, second] = pair % 2 === 0 ? both : both.toReversed();
    const { processor } = await inTurns(engine, first!, second!, blocks);
    const [plain, watched] = pair % 2 === 0 ? processor : processor.toReversed();
    logs.push(Math.log(quantile(watched!, 0.5) / quantile(plain!, 0.5)));
  }
  const { value, lower, upper } = meanInterval(logs);
  const [ratio, low, high] = [value, lower, upper].map((log) => Math.exp(log).toFixed(3));
  return [model, window.join(" + "), `${ratio} [${low}, ${high}]`];
}

console.log(
  table([
    ["model", "window", "checked ÷ unchecked block, 95 %"],
    await row("lenet", [64], 5),
    await row("lenet", [16, 16, 16, 16], 5),
    await row("mlp", [64], 15),
    await row("mlp", [4], 40),
    await row("mlp:16x1", [4], 100),
  ]),
);
