import type { Node } from "../graph/graph.ts";
import { flopsOf } from "../model/flops.ts";
import { type NoiseOverTime, newNoiseOverTime } from "../statistics/noiseOverTime.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { gradientGraph } from "./graphs.ts";
import type { TrainingOptions } from "./options.ts";

/** Of the time of a step, as `costOf` counts it; what is measured is up to one and a half times that. */
const SHARE = 0.03;
/** Steps between two that are looked at. The fewest are for small models, whose cost is that of calls. */
const [FEWEST, MOST] = [4, 32];
/** Windows of several micro-batches show sums where examples can be seen more seldom than every so many steps. */
export const SUMS_INSTEAD = 6;

/** Measurements that the noise scale is the average of; at most a share of the run. */
const REMEMBERED = 1000;

/** Of a run that looks at the examples of every so many steps. */
export function newNoise(every: number): NoiseOverTime {
  return newNoiseOverTime(1 - 1 / (REMEMBERED * every));
}

/**
 * Of how many steps one can be looked at by the norms of its examples; the most where they cannot be told apart, which
 * the first attempt says. From the graph alone, so that a run is the same on every machine.
 */
export function examplesEvery({ model, window: [examples = 1], loss }: TrainingOptions): number {
  try {
    const { nodes, beside } = gradientGraph(model, examples, { accumulate: false, loss, squaredNorms: examples });
    const parameters = model.parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0);
    let [extra, plain] = [0, MOVED * parameters];
    for (const node of nodes)
      if (node.outputs.every((output) => beside?.has(output))) extra += costOf(node);
      else plain += costOf(node);
    return Math.min(MOST, Math.max(FEWEST, Math.ceil(extra / plain / SHARE)));
  } catch (error) {
    if (error instanceof UnsupportedError) return MOST;
    throw error;
  }
}

/** In floating point operations of a large product: that of a call of an operator, and of a number that is moved. */
const [CALL, MOVED] = [75_000, 15];

const moving: ReadonlySet<string> = new Set(["Concat", "Expand", "Gather", "Pad", "Slice", "Split", "Transpose"]);

function costOf(node: Node): number {
  if (node.op === "Reshape") return 0;
  const moved = moving.has(node.op) ? node.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0) : 0;
  return CALL + flopsOf(node) + MOVED * moved;
}
