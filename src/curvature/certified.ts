import type { Interval } from "../statistics/types.ts";

/** A number with bounds between which the matrix surely has an eigenvalue, and its vector. */
export interface CertifiedEigenvalue extends Interval {
  /** ‖H·v − value·v‖ of the vector, by a product of its own. */
  readonly residual: number;
  /** Of length 1. */
  readonly vector: Float64Array;
}

/** Both ends of a spectrum. */
export interface Spectrum {
  /** Largest first. */
  readonly largest: readonly CertifiedEigenvalue[];
  /** Smallest, that is most negative, first. */
  readonly smallest: readonly CertifiedEigenvalue[];
  /**
   * All eigenvalues lie in here: surely where the matrix was decomposed whole, else with probability 1 − 10⁻⁶ over the
   * start of the iteration.
   */
  readonly enclosure: { readonly lower: number; readonly upper: number };
  /** Eigenvalues that are surely negative and surely positive: all of them where `complete`, else at least so many. */
  readonly negative: number;
  readonly positive: number;
  /** Every eigenvalue, ascending, where the matrix was decomposed whole; else null. */
  readonly complete: Float64Array | null;
  /** What rounding adds to each interval, in the unit of H. */
  readonly rounding: number;
  /** Products that it took. */
  readonly products: number;
}
