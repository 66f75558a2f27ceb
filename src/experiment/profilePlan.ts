import { option, UsageError } from "../tensor/errors.ts";

/** More sizes than any figure tells apart. */
const MOST_SIZES = 64;

/**
 * The sizes that a text means, ascending: "1,2,4,8", or with "…" or "..." for what goes on like the two before it, by a
 * factor where the second is a multiple of the first, else by a difference: "1,2,4,…,64", "10,20,...,50". Throws
 * `UsageError` for what is no such list.
 */
export function parseBatchSizes(flag: string, text: string): number[] {
  const parts = text.split(",").map((part) => part.trim());
  const sizes: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (part === "…" || part === "...") {
      const to = numberOf(parts[i + 1] ?? "");
      const [before, last] = sizes.slice(-2);
      if (last === undefined || before === undefined || !(to > last))
        throw bad(flag, text, "two sizes before … and a larger one behind it");
      const next = last % before === 0 ? (x: number) => (x * last) / before : (x: number) => x + last - before;
      for (let size = next(last); size < to && sizes.length <= MOST_SIZES; size = next(size)) sizes.push(size);
      continue;
    }
    const size = numberOf(part);
    if (Number.isNaN(size) || size <= (sizes.at(-1) ?? 0))
      throw bad(flag, text, "whole numbers of at least 1, each larger than the one before");
    sizes.push(size);
  }
  if (sizes.length > MOST_SIZES) throw bad(flag, text, `at most ${MOST_SIZES} sizes`);
  return sizes;
}

function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text) && Number(text) >= 1 ? Number(text) : Number.NaN;
}

function bad(flag: string, text: string, expected: string): UsageError {
  return new UsageError(`${flag}: expected ${expected}, got "${text.slice(0, 200)}"; write for example 1,2,4,…,64`);
}

/**
 * The sizes that an epoch of so many examples has, and those beyond it. Throws `UsageError` where it has none of them.
 */
export function withinData(
  sizes: readonly number[],
  examples: number,
): { readonly kept: number[]; readonly beyond: number[] } {
  const kept = sizes.filter((size) => size <= examples);
  if (kept.length === 0)
    throw new UsageError(
      `${option("batchSizes")}: expected a size of at most the ${examples} examples of an epoch, got ${sizes[0]}; lower it`,
    );
  return { kept, beyond: sizes.filter((size) => size > examples) };
}

/** Micro-batches of a window that is accumulated. */
const SPLITS = { few: 4, many: 16 };

/**
 * Windows that hold as many examples as some of the sizes, in several micro-batches: they tell what a micro-batch costs
 * from what an update costs. Of the largest size in 4 and in 16, of the middle one in 4, as far as they divide.
 */
export function accumulatedWindows(sizes: readonly number[]): (readonly [batchSize: number, microBatch: number])[] {
  const divisible = (parts: number) => sizes.filter((size) => size % parts === 0 && size >= parts);
  const [few, many] = [divisible(SPLITS.few), divisible(SPLITS.many)];
  const largest = few.at(-1);
  const middle = few[Math.floor((few.length - 1) / 2)];
  const chosen = [
    ...(middle === undefined || middle === largest ? [] : [[middle, middle / SPLITS.few] as const]),
    ...(largest === undefined ? [] : [[largest, largest / SPLITS.few] as const]),
    ...(many.length === 0 ? [] : [[many.at(-1)!, many.at(-1)! / SPLITS.many] as const]),
  ];
  return chosen;
}

/** A size, and the most memory that its process held. */
export interface Peak {
  readonly batchSize: number;
  readonly peakBytes: number;
}

/**
 * The peak to be expected of a larger size: on the straight line through the last two that were measured, and no less
 * than the last. NaN of fewer than two.
 */
export function predictedPeak(measured: readonly Peak[], batchSize: number): number {
  const [before, last] = measured.slice(-2);
  if (!before || !last) return Number.NaN;
  const slope = (last.peakBytes - before.peakBytes) / (last.batchSize - before.batchSize);
  return last.peakBytes + Math.max(0, slope) * (batchSize - last.batchSize);
}
