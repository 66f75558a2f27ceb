import { availableParallelism } from "node:os";
import { UsageError } from "../../tensor/errors.ts";

/**
 * The largest size of a number that an option takes, and why; numbers that enter a float32 graph must not vanish there
 * either.
 */
export interface NumberBound {
  readonly most: number;
  readonly why: string;
  readonly least?: number;
}

export const counted: NumberBound = { most: 2 ** 31 - 1, why: "what 32 bits count" };
export const seeds: NumberBound = { most: 2 ** 32 - 1, why: "what 32 bits hold" };
export const examples: NumberBound = { most: 2 ** 24, why: "more than any micro-batch that fits into memory" };
export const windows: NumberBound = { most: 2 ** 16, why: "micro-batches of one update" };
export const pieces: NumberBound = { most: 2 ** 20, why: "more than any series that is cut" };
export const copies: NumberBound = { most: 1000, why: "each a copy of the training data" };
export const mebibytes: NumberBound = { most: 2 ** 24, why: "16 TiB" };
/** From the smallest normal float32 to nearly the largest. */
export const real: NumberBound = { most: 3e38, why: "what float32 holds", least: 1.2e-38 };
export const share: NumberBound = { most: 1, why: "the whole", least: 1.2e-38 };

/** A run may be read on another machine than the one that trained it. */
const anywhere = 1024;

export const threads: NumberBound = { most: anywhere, why: "more than any machine has processors" };

/** Threads beyond this wait for each other; far beyond, the engine neither works nor ends. */
const threadsHere = Math.min(anywhere, Math.max(64, 4 * availableParallelism()));

/** Throws `UsageError` where the number that `place` gives to an option is of a size that it cannot have. */
export function requireBound({ most, why, least = 0 }: NumberBound, place: string, value: number): void {
  if (Math.abs(value) > most) throw beyond(place, most, why, value);
  if (value !== 0 && Math.abs(value) < least)
    throw new UsageError(`${place}: expected at least ${least}, got ${value}; raise it`);
}

/** Throws `UsageError` for more threads than this machine can use. */
export function requireThreads(place: string, count: number): void {
  if (count > threadsHere)
    throw beyond(place, threadsHere, `on the ${availableParallelism()} processors of this machine`, count);
}

function beyond(place: string, most: number, why: string, value: number): UsageError {
  return new UsageError(`${place}: expected at most ${most}, ${why}, got ${value}; lower it`);
}
