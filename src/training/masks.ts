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
  /** Of the first example in the run's stream: how many were taken before it, repetitions included. */
  readonly example: number;
}

/** How the elements of a mask are shared out: [groups, examples, the rest], row-major. */
export interface MaskLayout {
  readonly examples: number;
  /** 1 where the examples are the first axis; T in [T, N, …]. */
  readonly groups: number;
}

/**
 * Fills a mask with 0, with probability `rate`, and 1/(1 − rate). Each element is a hash of the seed, the layer, its
 * example's number in the run's stream and its own index within the example: so an example drops the same whatever
 * micro-batch it is in, and a resumed run draws what it would have drawn. A counter in place of a stream: Salmon et al.
 * 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export function fillMask(mask: Tensor, rate: number, place: MaskPlace, { examples, groups }: MaskLayout): void {
  const values = mask.data as Float32Array;
  const length = values.length / examples / groups;
  const base = mix(mix(place.seed | 0) ^ place.layer);
  let start = 0;
  for (let group = 0; group < groups; group++)
    for (let row = 0; row < examples; row++) {
      const example = place.example + row;
      const low = mix(base ^ (example | 0));
      // No two examples of the first 2³² have one key, as every step of the way can be undone.
      fillStretch(
        values,
        start,
        length,
        group * length,
        rate,
        example < 2 ** 32 ? low : mix(low ^ (example / 2 ** 32)),
      );
      start += length;
    }
}

/**
 * The rule of runs that were begun before masks followed their examples, and of masks that no example has to itself:
 * each element is a hash of the seed, the layer, the micro-batch's number in the run, and its index.
 */
export function fillMaskOfMicroBatch(
  mask: Tensor,
  rate: number,
  { seed, layer, microBatch }: Omit<MaskPlace, "example"> & { readonly microBatch: number },
): void {
  const values = mask.data as Float32Array;
  fillStretch(values, 0, values.length, 0, rate, mix(mix(mix(seed | 0) ^ layer) ^ microBatch));
}

/** `length` elements from `start` on, the first of which has the index `index`. */
function fillStretch(
  values: Float32Array,
  start: number,
  length: number,
  index: number,
  rate: number,
  first: number,
): void {
  const kept = 1 / (1 - rate);
  const least = Math.floor(rate * 2 ** 31) - 1;
  const second = mix(first ^ 0x5bd1e995);
  const shift = index - start;
  for (let i = start; i < start + length; i++) {
    // Two rounds of multiplications and shifts, keyed twice: with one key, two masks would be reorderings of each
    // other.
    let hash = Math.imul(i + shift, 0x9e3779b1) + first;
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
