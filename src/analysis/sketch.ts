import { random } from "../tensor/random.ts";

/** Random stream of the signs and offsets: not one of training's, nor that of the drawn examples. */
const SKETCH_STREAM = 3;

/**
 * A linear map from rows of `length` numbers to fewer, `dimensions`, that keeps inner products on average: the row is
 * cut into stretches of `dimensions` numbers, each is turned round by an offset and its numbers get signs, all at
 * random, and the stretches are added up. With ⟨a, b⟩ the product of two rows,
 *
 *   E ⟨Sa, Sb⟩ = ⟨a, b⟩        Var ⟨Sa, Sb⟩ ≤ (‖a‖²‖b‖² + ⟨a, b⟩²) / dimensions
 *
 * since two numbers share a place with probability at most 1/dimensions (count sketch: Charikar, Chen, Farach-Colton
 * 2002; as a projection: Weinberger et al. 2009, arXiv 0902.2206, lemma 2). With dimensions = length it is exact.
 */
export interface Sketch {
  readonly dimensions: number;
  /** Writes S·row into `into` [dimensions] and gives ‖row‖². */
  fold(row: Float32Array, into: Float32Array): number;
}

/** The same seed and position give the same map. */
export function newSketch(length: number, dimensions: number, seed: number, position: number): Sketch {
  const { integer } = random((seed + Math.imul(position, 0x9e3779b1)) >>> 0, SKETCH_STREAM);
  const signs = Uint32Array.from({ length: Math.ceil(length / 32) }, () => integer(2 ** 32));
  const offsets = Uint32Array.from({ length: Math.ceil(length / dimensions) }, () => integer(dimensions));
  return {
    dimensions,
    fold(row, into) {
      into.fill(0);
      let square = 0;
      offsets.forEach((offset, stretch) => {
        const [start, end] = [stretch * dimensions, Math.min(length, (stretch + 1) * dimensions)];
        let at = offset;
        for (let i = start; i < end; i++) {
          const value = row[i]!;
          square += value * value;
          into[at]! += (signs[i >>> 5]! >>> (i & 31)) & 1 ? -value : value;
          if (++at === dimensions) at = 0;
        }
      });
      return square;
    },
  };
}

/** Chebyshev: what is off by more than this many standard deviations is so with at most 5 % probability. */
const DEVIATIONS = Math.sqrt(20);

/**
 * By how much the cosine of two rows may be off, with 95 % probability and whichever the two: √20 standard deviations
 * of the worst pair. `lengths` [K] are the rows' squared lengths, and `squares` [K] those of each part of them that is
 * sketched.
 */
export function cosineErrorOf(
  lengths: Float64Array,
  sketched: readonly { readonly squares: Float64Array; readonly dimensions: number }[],
): number {
  let worst = 0;
  for (let k = 0; k < lengths.length; k++)
    for (let l = 0; l < k; l++) {
      const scale = lengths[k]! * lengths[l]!;
      const variance = sketched.reduce(
        (sum, part) => sum + (2 * part.squares[k]! * part.squares[l]!) / part.dimensions,
        0,
      );
      if (scale > 0) worst = Math.max(worst, variance / scale);
    }
  return DEVIATIONS * Math.sqrt(worst);
}
