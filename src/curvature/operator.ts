import { is, requireArguments } from "../tensor/arguments.ts";

/** Rounding of float64 sums, of the largest ‖H·v‖ that was met. */
export const FLOAT64_ROUNDING = 1e-13;

/** A symmetric matrix that is known by its products alone, as the Hessian of a loss is. */
export interface SymmetricOperator {
  /** Rows and columns. */
  readonly size: number;
  /** H·v, in a new array. */
  apply(vector: Float64Array): Promise<Float64Array>;
  /**
   * A bound of ‖computed H·v − H·v‖ for a v of length 1, in the unit of H: what the rounding of the product adds to
   * every interval. Default: float64 sums, some 10⁻¹³ of the largest ‖H·v‖ that was met.
   */
  readonly rounding?: ((vector: Float64Array) => Promise<number>) | undefined;
}

/** Where a part of a vector lies. */
export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** The diagonal block of these rows and columns: the Hessian in some parameters while the others stand still. */
export function restricted(operator: SymmetricOperator, ranges: readonly Range[]): SymmetricOperator {
  requireArguments("restricted", { operator, ranges }, { operator: is.operator, ranges: is.list });
  const size = ranges.reduce((sum, { length }) => sum + length, 0);
  const widened = (vector: Float64Array) => {
    const wide = new Float64Array(operator.size);
    let from = 0;
    for (const { offset, length } of ranges) {
      wide.set(vector.subarray(from, from + length), offset);
      from += length;
    }
    return wide;
  };
  return {
    size,
    async apply(vector) {
      const product = await operator.apply(widened(vector));
      const narrow = new Float64Array(size);
      let to = 0;
      for (const { offset, length } of ranges) {
        narrow.set(product.subarray(offset, offset + length), to);
        to += length;
      }
      return narrow;
    },
    rounding: operator.rounding && ((vector) => operator.rounding!(widened(vector))),
  };
}

/**
 * D^½·H·D^½ for a diagonal D above 0: the Hessian in coordinates in which a step D·∇L is plain gradient descent. With
 * D = 1/(√v̂ + ε) it is the geometry that Adam sees; its largest eigenvalue over 2 bounds Adam's stable learning rate
 * without momentum.
 */
export function preconditioned(operator: SymmetricOperator, diagonal: Float64Array): SymmetricOperator {
  requireArguments("preconditioned", { operator, diagonal }, { operator: is.operator, diagonal: is.numbers });
  const roots = diagonal.map(Math.sqrt);
  const times = (vector: Float64Array) => vector.map((x, i) => x * roots[i]!);
  const largest = roots.reduce((most, x) => Math.max(most, x), 0);
  return {
    size: operator.size,
    apply: async (vector) => times(await operator.apply(times(vector))),
    rounding:
      operator.rounding &&
      (async (vector) => {
        const inner = times(vector);
        const length = Math.sqrt(inner.reduce((sum, x) => sum + x * x, 0));
        return length === 0 ? 0 : largest * length * (await operator.rounding!(inner.map((x) => x / length)));
      }),
  };
}
