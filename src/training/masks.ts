import type { Model } from "../model/model.ts";
import { option, UsageError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** The probability of dropping of each layer that drops anything, by the layer's name, in the model's order. */
export type DropoutRates = ReadonlyMap<string, number>;

/**
 * What training drops: `rate` in every layer where it is given, else what an imported file says. Throws `UsageError`
 * for a rate that is none, and where the model has no such layer.
 */
export function dropoutRates({ name, dropout = [] }: Model, rate?: number): DropoutRates {
  if (rate !== undefined && !(rate >= 0 && rate < 1))
    throw new UsageError(
      `${option("dropout")}: expected a probability of at least 0 and below 1, got ${rate}; change it`,
    );
  if (rate && dropout.length === 0)
    throw new UsageError(`${option("dropout")}: expected a model with dropout, got ${name} without; leave it out`);
  const rates = dropout.map((layer) => [layer.name, rate ?? layer.rate ?? 0] as const);
  return new Map(rates.filter(([, value]) => value > 0));
}

/** What masks depend on. Nothing else does: not the device, nor what was run before. */
export interface MaskPlace {
  readonly seed: number;
  /** Number of the layer. */
  readonly layer: number;
  /** Micro-batches of the run before this one. */
  readonly microBatch: number;
}

/**
 * Fills a mask with 0, with probability `rate`, and 1/(1 − rate). Each element is a hash of the place and its own
 * index: a counter in place of a stream, so that a resumed run draws what it would have drawn (Salmon et al. 2011,
 * "Parallel random numbers: as easy as 1, 2, 3").
 */
export function fillMask({ data }: Tensor, rate: number, { seed, layer, microBatch }: MaskPlace): void {
  const values = data as Float32Array;
  const kept = 1 / (1 - rate);
  const least = Math.floor(rate * 2 ** 31) - 1;
  const first = mix(mix(mix(seed | 0) ^ layer) ^ microBatch);
  const second = mix(first ^ 0x5bd1e995);
  for (let i = 0; i < values.length; i++) {
    // Two rounds of multiplications and shifts, keyed twice: with one key, two masks would be reorderings of each
    // other.
    let hash = Math.imul(i, 0x9e3779b1) + first;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13) ^ second, 0xc2b2ae35);
    // The sign of a difference in place of a comparison: a branch taken at random costs ten times as much.
    values[i] = kept * ((least - ((hash ^ (hash >>> 16)) >>> 1)) >>> 31);
  }
}

/** The finaliser of MurmurHash3: every bit of the input moves half of the output's. */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
