import type { Interval } from "./types.ts";

/** Updates of so many examples in micro-batches of so many, and the seconds of one. */
export interface UpdateCost {
  readonly batchSize: number;
  readonly microBatch: number;
  readonly seconds: number;
  /** The same in each of several rounds. */
  readonly byRound: readonly number[];
}

/** seconds = perUpdate + perMicroBatch·⌈B/m⌉ + perExample·B. */
export interface FittedCost {
  readonly perUpdate: Interval;
  readonly perMicroBatch: Interval;
  readonly perExample: Interval;
  readonly residuals: readonly {
    readonly batchSize: number;
    readonly microBatch: number;
    readonly measured: number;
    readonly fitted: number;
    /** (fitted − measured) / measured. */
    readonly relative: number;
  }[];
}

/** Fewer windows would be fitted exactly, whatever they are. */
export const LEAST_WINDOWS = 4;

/**
 * The costs of an update, of a micro-batch and of an example, none below 0, that make the sum of the squared relative
 * errors smallest; the interval of each is the lowest and the highest that a round alone gives. Null of fewer than
 * `LEAST_WINDOWS` windows, and where all of them have one micro-batch, so that its cost is not told from an update's.
 */
export function fitUpdateCost(windows: readonly UpdateCost[]): FittedCost | null {
  const accumulates = ({ batchSize, microBatch }: UpdateCost) => microBatch < batchSize;
  if (windows.length < LEAST_WINDOWS || !windows.some(accumulates)) return null;
  const rounds = Math.min(...windows.map(({ byRound }) => byRound.length));
  const whole = nonNegative(windows, ({ seconds }) => seconds);
  const each = Array.from({ length: rounds }, (_, round) => nonNegative(windows, ({ byRound }) => byRound[round]!));
  const interval = (i: number): Interval => {
    const values = [whole, ...each].map((costs) => costs[i]!);
    return { value: whole[i]!, lower: Math.min(...values), upper: Math.max(...values) };
  };
  return {
    perUpdate: interval(0),
    perMicroBatch: interval(1),
    perExample: interval(2),
    residuals: windows.map(({ batchSize, microBatch, seconds: measured }) => {
      const fitted = termsOf({ batchSize, microBatch }).reduce((sum, term, i) => sum + term * whole[i]!, 0);
      return { batchSize, microBatch, measured, fitted, relative: (fitted - measured) / measured };
    }),
  };
}

type Costs = readonly number[];

function termsOf({ batchSize, microBatch }: Pick<UpdateCost, "batchSize" | "microBatch">): Costs {
  return [1, Math.ceil(batchSize / microBatch), batchSize];
}

const subsets = [[0, 1, 2], [0, 1], [0, 2], [1, 2], [0], [1], [2]];

/** Least squares with no cost below 0: the best of the unconstrained fits by some of the terms that obey. */
function nonNegative(windows: readonly UpdateCost[], secondsOf: (window: UpdateCost) => number): Costs {
  const rows = windows.map((window) => termsOf(window).map((term) => term / secondsOf(window)));
  const errorOf = (costs: Costs) =>
    rows.reduce((sum, row) => sum + (row.reduce((fit, term, i) => fit + term * costs[i]!, 0) - 1) ** 2, 0);
  const fits = subsets
    .map((some) => leastSquares(rows, some))
    .filter((costs) => costs.every((cost) => Number.isFinite(cost) && cost >= 0));
  return fits.reduce((a, b) => (errorOf(b) < errorOf(a) ? b : a));
}

/** By the normal equations, with each column scaled to length 1: rows·costs ≈ 1 with the columns `some` alone. */
function leastSquares(rows: readonly Costs[], some: readonly number[]): Costs {
  const lengths = some.map((i) => Math.hypot(...rows.map((row) => row[i]!)));
  const columns = some.map((i, k) => rows.map((row) => row[i]! / lengths[k]!));
  const dot = (a: Costs, b: Costs) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const system = columns.map((a) => [
    ...columns.map((b) => dot(a, b)),
    dot(
      a,
      rows.map(() => 1),
    ),
  ]);
  const solved = eliminate(system);
  return [0, 1, 2].map((i) => (some.includes(i) ? solved[some.indexOf(i)]! / lengths[some.indexOf(i)]! : 0));
}

/** Gauss and Jordan's elimination of an n × (n + 1) system with pivots. */
function eliminate(system: number[][]): Costs {
  for (let column = 0; column < system.length; column++) {
    const pivot = system
      .slice(column)
      .reduce(
        (best, row, i) => (Math.abs(row[column]!) > Math.abs(system[best]![column]!) ? column + i : best),
        column,
      );
    [system[column], system[pivot]] = [system[pivot]!, system[column]!];
    const head = system[column]!;
    for (const [i, row] of system.entries()) {
      if (i === column) continue;
      const factor = row[column]! / head[column]!;
      for (let k = column; k < row.length; k++) row[k]! -= factor * head[k]!;
    }
  }
  return system.map((row, i) => row.at(-1)! / row[i]!);
}
