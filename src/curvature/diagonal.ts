import { studentTQuantile } from "../statistics/studentT.ts";
import type { Interval } from "../statistics/types.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { meanInterval } from "./meanInterval.ts";
import type { Range, SymmetricOperator } from "./operator.ts";
import { dot, signs } from "./vectors.ts";

/** The diagonal of a matrix, each number with its interval of 95 %. */
export interface Diagonal {
  readonly value: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Its sum over each of the ranges that were asked for: the trace of that block. */
  readonly sums: readonly Interval[];
  readonly products: number;
}

/** How a diagonal is estimated. */
export interface DiagonalOptions {
  /** At least 2. Default 60. */
  readonly products?: number | undefined;
  /** Of the signs. Default 1. */
  readonly seed?: number | undefined;
  /** Parts of the diagonal that are summed, each a list of ranges. */
  readonly parts?: readonly (readonly Range[])[] | undefined;
}

/**
 * The diagonal as the mean of v ∘ H·v over vectors of random signs (Bekas, Kokiopoulou and Saad 2007), with Student's t
 * over the products: what it is off by comes from the numbers beside the diagonal. Throws `UsageError` for fewer than
 * 2 products.
 */
export async function diagonalOf(operator: SymmetricOperator, options: DiagonalOptions = {}): Promise<Diagonal> {
  requireArguments("diagonalOf", { operator, options }, { operator: is.operator, options: is.object });
  const { products = 60, seed = 1, parts = [] } = options;
  if (!(Number.isInteger(products) && products >= 2))
    throw new UsageError(`diagonalOf: expected at least 2 products, got ${products}; raise it`);
  const { uniform } = random(seed);
  const [mean, squares] = [new Float64Array(operator.size), new Float64Array(operator.size)];
  const samples = parts.map((): number[] => []);
  for (let i = 1; i <= products; i++) {
    const test = signs(operator.size, uniform);
    const product = await operator.apply(test);
    for (let at = 0; at < mean.length; at++) {
      const sample = test[at]! * product[at]!;
      const before = sample - mean[at]!;
      mean[at]! += before / i;
      squares[at]! += before * (sample - mean[at]!);
    }
    parts.forEach((ranges, part) => {
      samples[part]!.push(ranges.reduce((sum, range) => sum + dotWithin(test, product, range), 0));
    });
  }
  const t = studentTQuantile(0.95, products - 1);
  const half = squares.map((x) => t * Math.sqrt(x / (products * (products - 1))));
  return {
    value: mean,
    lower: mean.map((x, i) => x - half[i]!),
    upper: mean.map((x, i) => x + half[i]!),
    sums: samples.map(meanInterval),
    products,
  };
}

function dotWithin(a: Float64Array, b: Float64Array, { offset, length }: Range): number {
  return dot(a.subarray(offset, offset + length), b.subarray(offset, offset + length));
}
