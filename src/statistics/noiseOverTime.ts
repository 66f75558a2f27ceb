import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { invertInterval, LEVEL } from "./noiseInterval.ts";
import { type GradientMoments, momentsOf } from "./noiseScale.ts";
import { studentTQuantile } from "./studentT.ts";
import type { NoiseScale } from "./types.ts";

/** Blocks that are kept apart; with ten in a time constant, the older ones weigh e^−10 together. */
const MOST_BLOCKS = 100;

/**
 * The unbiased moments of one optimizer step, from what accumulation has at hand: ‖g_k‖² and b_k of its K micro-batches
 * (g_k the MEAN gradient of micro-batch k) and ‖ḡ‖² of their mean ḡ = Σ b_k g_k / Σ b_k, before clipping, all at the
 * same parameters. Equal to `gradientMoments` of the K × K Gram: McCandlish et al. 2018 (arXiv 1812.06162), appendix
 * A.1, for unequal micro-batches. With equal ones trΣ = b/(K − 1) · Σ (‖g_k‖² − ‖ḡ‖²).
 *
 * NaN for K = 1: one micro-batch shows no noise. The norms must be of float64 sums or carry an error far below
 * trΣ/b: trΣ is a difference of them. Throws `ShapeError` unless there is one positive count for each norm.
 */
export function windowMoments(
  squaredNorms: readonly number[],
  counts: readonly number[],
  squaredNormOfMean: number,
): GradientMoments {
  requireArguments(
    "windowMoments",
    { squaredNorms, counts, squaredNormOfMean },
    { squaredNorms: is.list, counts: is.list, squaredNormOfMean: is.anyNumber },
  );
  if (squaredNorms.length !== counts.length || !counts.every((count) => count > 0 && Number.isFinite(count)))
    throw new ShapeError(
      `windowMoments: expected ${squaredNorms.length} positive counts, got [${counts.join(", ")}]; give one per micro-batch`,
    );
  const sum = (term: (count: number, square: number) => number) =>
    counts.reduce((total, count, k) => total + term(count, squaredNorms[k]!), 0);
  const examples = sum((count) => count);
  return momentsOf({
    rows: counts.length,
    examples,
    squaredCounts: sum((count) => count ** 2),
    squares: sum((count, square) => count * square),
    diagonal: sum((count, square) => count ** 2 * square),
    all: examples ** 2 * squaredNormOfMean,
  });
}

/**
 * Weighted sums over consecutive measurements; `weight` is that of all its steps, the newest of the average weighing 1.
 */
interface Block {
  /** Measurements. */
  readonly steps: number;
  /** The step of its first: none in checkpoints of version 0.1.0. */
  readonly first?: number | undefined;
  readonly weight: number;
  readonly traceCovariance: number;
  readonly squaredGradientNorm: number;
}

/**
 * What the average over a run remembers: plain numbers, so that JSON keeps it bit for bit and a resumed run goes on.
 */
export interface NoiseOverTime {
  /** β: a step that is n steps old weighs β^n, or less where `share` says so. */
  readonly decay: number;
  /** The memory is at most this share of the steps so far: early on, gradients shrink faster than any fixed memory. */
  readonly share?: number | undefined;
  /** Steps of a block. Default a tenth of the memory. */
  readonly blockLength?: number | undefined;
  /** Consecutive blocks, oldest first; the last may still be growing. */
  readonly blocks: readonly Block[];
  /** That was last taken in; 0 before the first. */
  readonly step?: number | undefined;
  /** What all blocks but the last are still to be multiplied by. */
  readonly pending?: number | undefined;
}

const isState = is.objectOf("what newNoiseOverTime gives,", { decay: is.number, blocks: is.list });

/** Of the time constant; steps that resemble each other for less than that are not counted as independent evidence. */
const BLOCK = 0.1;

/**
 * An average over no steps yet. The time constant is 1/(1 − `decay`) steps, and at most `share` of the steps so far
 * (default 3/10); a block is a tenth of it. A share keeps the lag in proportion: where |G|² falls as 1/step the average
 * is late by 1 + share, whatever the run's length. Of shares from 0.1 to 0.5 it came nearest to what `analyze` finds at
 * checkpoints of three models, where one step in four to six is measured. Throws `UsageError` unless 0 ≤ decay < 1 and
 * share > 0.
 */
export function newNoiseOverTime(decay = 0.999, share = 0.3): NoiseOverTime {
  requireArguments("newNoiseOverTime", { decay, share }, { decay: is.anyNumber, share: is.anyNumber });
  if (!(decay >= 0 && decay < 1))
    throw new UsageError(`newNoiseOverTime: expected 0 ≤ decay < 1, got ${decay}; try 0.999, a memory of 1000 steps`);
  if (!(share > 0)) throw new UsageError(`newNoiseOverTime: expected share > 0, got ${share}; try 0.3`);
  return { decay, ...(Number.isFinite(share) && { share }), blocks: [], step: 0 };
}

/** Of one optimizer step. */
export interface StepMoments extends Pick<GradientMoments, "traceCovariance" | "squaredGradientNorm"> {
  /** Counted from 1 as the run goes on. Default the next. */
  readonly step?: number | undefined;
}

/**
 * Takes in one step; steps in between that were not measured age the average all the same. A step whose moments are not
 * finite (one micro-batch, overflow) leaves all as it was. Old blocks are aged only when a new one begins: done at
 * every step, it would be half of all the memory that small updates allocate.
 */
export function addStep(state: NoiseOverTime, moments: StepMoments): NoiseOverTime {
  requireArguments("addStep", { state, moments }, { state: isState, moments: is.object });
  const { traceCovariance, squaredGradientNorm, step = (state.step ?? 0) + 1 } = moments;
  if (!Number.isFinite(traceCovariance) || !Number.isFinite(squaredGradientNorm)) return state;
  const { blocks, step: before = step - 1, pending = 1, ...fixed } = state;
  const { decay, share = Number.POSITIVE_INFINITY } = fixed;
  const kept = Math.min(decay, agingWithin(share * step));
  const factor = power(kept, step - before);
  const measured = { steps: 1, first: step, weight: 1, traceCovariance, squaredGradientNorm };
  const last = blocks.at(-1);
  const { blockLength = Math.max(1, Math.round(BLOCK / (1 - kept))) } = fixed;
  const isFull = last && step - (last.first ?? step - last.steps) >= blockLength;
  if (!last || isFull)
    return {
      ...fixed,
      blocks: merged([...agedBlocks(state).map((block) => scaled(block, factor)), measured]),
      step,
      pending: 1,
    };
  const grown = joined(scaled(last, factor), measured);
  return { ...fixed, blocks: blocks.with(-1, grown), step, pending: pending * factor };
}

/**
 * e^(−1/memory) to second order, and `base` to a whole power: `Math.exp` and `**` differ in their last bit from engine
 * to engine, and a run in a page has the bits of one in Node.
 */
const agingWithin = (memory: number) => 1 / (1 + 1 / memory + 0.5 / (memory * memory));

function power(base: number, exponent: number): number {
  let [product, square] = [1, base];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) product *= square;
    square *= square;
  }
  return product;
}

/** The blocks as they weigh at the last step. */
function agedBlocks({ blocks, pending = 1 }: NoiseOverTime): readonly Block[] {
  return pending === 1 ? blocks : [...blocks.slice(0, -1).map((block) => scaled(block, pending)), blocks.at(-1)!];
}

export interface SmoothNoiseScale {
  /** Steps that were taken in, however old. */
  readonly steps: number;
  /** The exponential averages with bias correction, Σ β^age x / Σ β^age: trΣ and |G|², in loss²/parameter². */
  readonly traceCovariance: number;
  readonly squaredGradientNorm: number;
  /** The ratio of the two averages with its interval. */
  readonly noiseScale: NoiseScale;
}

/**
 * The noise scale over the latest steps, as McCandlish et al. 2018, appendix A.1, smooth it: the exponential averages
 * of trΣ and |G|² are taken apart and divided once. A mean of the steps' own ratios would be far off
 * (`averageNoiseScales`).
 *
 * The interval is a delete-block jackknife on 1/noiseScale over blocks of consecutive steps (Künsch 1989, Annals of
 * Statistics 17; weighted as the average weighs them), with Student's t on the blocks' effective degrees of freedom
 * (Satterthwaite). It says how far noise moves this average. The average itself lags by its memory: while |G|² falls it
 * understates the noise scale, and no interval shows that.
 *
 * `value` is NaN where one of the averages is not above zero, and before the first step; [0, Infinity] until there are
 * three blocks.
 */
export function smoothNoiseScale(state: NoiseOverTime): SmoothNoiseScale {
  requireArguments("smoothNoiseScale", { state }, { state: isState });
  const blocks = agedBlocks(state);
  const total = blocks.reduce(joined, { steps: 0, weight: 0, traceCovariance: 0, squaredGradientNorm: 0 });
  const trace = total.traceCovariance / total.weight;
  const squaredNorm = total.squaredGradientNorm / total.weight;
  const inverse = squaredNorm / trace;
  const halfWidth = halfWidthOf(blocks, total);
  return {
    steps: total.steps,
    traceCovariance: trace,
    squaredGradientNorm: squaredNorm,
    noiseScale: {
      value: squaredNorm > 0 && trace > 0 ? trace / squaredNorm : Number.NaN,
      ...invertInterval(inverse - halfWidth, inverse + halfWidth),
      level: LEVEL,
      unit: "examples",
    },
  };
}

/**
 * With shares w_j of the blocks: Var = c Σ (1 − w_j)² (θ − θ_(j))², θ_(j) without block j. The factor
 * c = Σw²/(Σw² − 2Σw³ + (Σw²)²) makes it unbiased for a mean of independent blocks of one variance; with g equal blocks
 * it is the jackknife's (g − 1)/g Σ (θ − θ_(j))². NaN for fewer than three blocks.
 */
function halfWidthOf(blocks: readonly Block[], total: Block): number {
  if (blocks.length < 3) return Number.NaN;
  const inverse = total.squaredGradientNorm / total.traceCovariance;
  let [second, third, fourth, squares] = [0, 0, 0, 0];
  for (const block of blocks) {
    const share = block.weight / total.weight;
    second += share ** 2;
    third += share ** 3;
    fourth += share ** 4;
    const rest =
      (total.squaredGradientNorm - block.squaredGradientNorm) / (total.traceCovariance - block.traceCovariance);
    squares += ((1 - share) * (inverse - rest)) ** 2;
  }
  const variance = (squares * second) / (second - 2 * third + second ** 2);
  // Σ w_j² s_j² has the freedom (Σw²)²/Σw⁴ of independent squares, less the one that the mean takes.
  const freedom = Math.max(1, second ** 2 / fourth - 1);
  return studentTQuantile(LEVEL, freedom) * Math.sqrt(variance);
}

/** The two oldest blocks become one when there are too many: the averages stay exact, the oldest block grows. */
function merged(blocks: readonly Block[]): readonly Block[] {
  if (blocks.length <= MOST_BLOCKS) return blocks;
  return [joined(blocks[0]!, blocks[1]!), ...blocks.slice(2)];
}

function joined(a: Block, b: Block): Block {
  return {
    steps: a.steps + b.steps,
    first: a.first,
    weight: a.weight + b.weight,
    traceCovariance: a.traceCovariance + b.traceCovariance,
    squaredGradientNorm: a.squaredGradientNorm + b.squaredGradientNorm,
  };
}

function scaled(block: Block, factor: number): Block {
  return {
    steps: block.steps,
    first: block.first,
    weight: factor * block.weight,
    traceCovariance: factor * block.traceCovariance,
    squaredGradientNorm: factor * block.squaredGradientNorm,
  };
}

/** In examples. */
export interface NoiseScaleAverages {
  readonly ratioOfMeans: number;
  readonly meanOfRatios: number;
}

/**
 * The two ways to average the noise scale over steps, which differ much: `ratioOfMeans` = Σ trΣ / Σ |G|², the one to
 * use, and `meanOfRatios` = the mean of trΣ/|G|² over the steps that have a |G|² above zero, which single steps with a
 * |G|² just above zero decide: with 4 micro-batches of 8 it gave 259 for a true 119 and 45 for 20 (simulated). It is
 * given only to compare with tools that print it. NaN where nothing is above zero.
 */
export function averageNoiseScales(steps: readonly GradientMoments[]): NoiseScaleAverages {
  const finite = steps.filter((step) => Number.isFinite(step.traceCovariance + step.squaredGradientNorm));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const squaredNorm = mean(finite.map((step) => step.squaredGradientNorm));
  const resolved = finite.filter((step) => step.squaredGradientNorm > 0);
  return {
    ratioOfMeans: squaredNorm > 0 ? mean(finite.map((step) => step.traceCovariance)) / squaredNorm : Number.NaN,
    meanOfRatios: mean(resolved.map((step) => step.traceCovariance / step.squaredGradientNorm)),
  };
}
