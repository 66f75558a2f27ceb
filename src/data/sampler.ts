import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { type Random, restore } from "../tensor/random.ts";

/** The micro-batches of one optimizer step: indices into the data set, views of the epoch's order. */
export type Window = readonly Uint32Array[];

/** What a checkpoint keeps of a sampler: the random numbers' state as the epoch began, and the examples taken since. */
export interface SamplerState {
  readonly random: readonly number[];
  readonly position: number;
}

export interface Sampler {
  /** Of an epoch whose windows are all as they are now. */
  readonly microBatchesPerEpoch: number;
  readonly windowsPerEpoch: number;
  /**
   * The windows that are left of the current epoch, all of them where none was begun. A window counts as taken once it
   * is yielded. Running to the end closes the epoch; the next call shuffles anew.
   */
  epoch(): Generator<Window, void, undefined>;
  /**
   * Gives every window after those taken these micro-batch sizes, also inside an epoch. Throws as `createSampler` does.
   */
  resize(window: readonly number[]): void;
  state(): SamplerState;
}

export interface SamplerOptions {
  /** Examples in the data set. */
  readonly size: number;
  /**
   * Micro-batch sizes of one full window: [4, 4] for batch 4 with 2 accumulation steps, [4, 4, 2] for 10 examples per
   * step.
   */
  readonly window: readonly number[];
  /** false: every epoch has the data's own order, and draws no random numbers. Default true. */
  readonly shuffle?: boolean | undefined;
}

/**
 * Random reshuffling: each epoch visits every example once, in a new order. The last window of an epoch is cut where
 * the data end, so it may have fewer micro-batches and a smaller last one. `random` must be the sampler's own stream.
 *
 * Throws `UsageError` for sizes that are not whole numbers ≥ 1 and for a window that an epoch cannot fill.
 */
export function createSampler(options: SamplerOptions & { readonly random: Random }): Sampler {
  requireOptions("createSampler", options, {
    size: is.number,
    window: is.list,
    shuffle: is.optional(is.yesOrNo),
    random: is.random,
  });
  return sampler(options, options.random, 0);
}

/**
 * The sampler that goes on with the window after those taken at `state`. Throws `UsageError` where the state is not of
 * such a sampler.
 */
export function restoreSampler(options: SamplerOptions, state: SamplerState): Sampler {
  requireArguments(
    "restoreSampler",
    { state },
    { state: is.objectOf("a state", { random: is.list, position: is.number }) },
  );
  requireOptions("restoreSampler", options, { size: is.number, window: is.list, shuffle: is.optional(is.yesOrNo) });
  if (!Number.isInteger(state.position) || state.position < 0 || state.position > options.size)
    throw new UsageError(
      `restoreSampler: expected a position in [0, ${options.size}], got ${state.position}; ` +
        "resume with the data that the run began with",
    );
  return sampler(options, restore(state.random), state.position);
}

function sampler({ size, window, shuffle = true }: SamplerOptions, random: Random, taken: number): Sampler {
  let [sizes, examples] = checked(size, window);
  let position = taken;
  let start = random.state();
  let order: Uint32Array | null = null;
  return {
    get microBatchesPerEpoch() {
      return Math.floor(size / examples) * sizes.length + cut(sizes, size % examples).length;
    },
    get windowsPerEpoch() {
      return Math.ceil(size / examples);
    },
    *epoch() {
      order ??= shuffle ? random.permutation(size) : Uint32Array.from({ length: size }, (_, i) => i);
      while (position < size) {
        const microBatches = cut(sizes, size - position).map((length) => {
          position += length;
          return order!.subarray(position - length, position);
        });
        yield microBatches;
      }
      start = random.state();
      position = 0;
      order = null;
    },
    resize(next) {
      [sizes, examples] = checked(size, next);
    },
    state: () => ({ random: start, position }),
  };
}

/** The window and its examples. */
function checked(size: number, window: readonly number[]): [sizes: readonly number[], examples: number] {
  check(size, window);
  return [window, window.reduce((sum, batch) => sum + batch, 0)];
}

/** The micro-batch sizes of a window of which only `left` examples remain. */
function cut(window: readonly number[], left: number): number[] {
  let rest = left;
  const sizes: number[] = [];
  for (const size of window) {
    if (rest === 0) break;
    sizes.push(Math.min(size, rest));
    rest -= sizes.at(-1)!;
  }
  return sizes;
}

function check(size: number, window: readonly number[]): void {
  const bad = window.find((batch) => !Number.isInteger(batch) || batch < 1);
  if (bad !== undefined)
    throw new UsageError(
      `createSampler: expected a batch size that is a whole number of at least 1, got ${bad}; ` +
        `use ${option("batchSize")} 1 or more`,
    );
  if (window.length < 1)
    throw new UsageError(
      `createSampler: expected at least 1 accumulation step, got 0; use ${option("gradientAccumulationSteps")} 1 or more`,
    );
  const largest = Math.max(...window);
  if (largest > size)
    throw new UsageError(
      `createSampler: expected a batch size of at most the ${size} examples, got ${largest}; lower ${option("batchSize")}`,
    );
  const possible = cut(window, size).length;
  if (possible < window.length)
    throw new UsageError(
      `createSampler: expected at most the ${possible} micro-batches of an epoch (${size} examples) per step, ` +
        `got ${window.length}; lower ${option("gradientAccumulationSteps")} or ${option("batchSize")}`,
    );
}
