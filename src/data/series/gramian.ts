import { option, ShapeError } from "../../tensor/errors.ts";

/**
 * Gramian angular fields of a series: Wang & Oates 2015, arXiv:1506.00327, §2.1. The series is cut to `size` means,
 * rescaled to [−1, 1] and read as cosines of angles φ. Written without φ, as the sums and differences of angles allow:
 *
 *   summation   [i, j] = cos(φ_i + φ_j) = x_i·x_j − √(1 − x_i²)·√(1 − x_j²)      eq. 3
 *   difference  [i, j] = sin(φ_i − φ_j) = √(1 − x_i²)·x_j − x_i·√(1 − x_j²)      eq. 5, in the sign of the library pyts
 *
 * The order (means first, then the range) and the treatment of series that do not vary are pyts' too (Faouzi & Janati
 * 2020).
 */

/** The smallest and the largest value that are to become −1 and 1. */
export type ValueRange = readonly [smallest: number, largest: number];

/**
 * The means of `size` segments of the series, whose bounds are ⌊k·n/size⌋: piecewise aggregate approximation (Keogh et
 * al. 2001).
 * Throws `ShapeError` unless 1 ≤ size ≤ n.
 */
export function segmentMeans(series: ArrayLike<number>, size: number): Float64Array {
  const n = series.length;
  if (!Number.isInteger(size) || size < 1 || size > n)
    throw new ShapeError(
      `segmentMeans: expected between 1 and ${n} segments of a series of ${n} values, got ${size}; lower ${option("fieldSize")} or raise ${option("windowLength")}`,
    );
  return Float64Array.from({ length: size }, (_, k) => {
    const [start, end] = [Math.floor((k * n) / size), Math.floor(((k + 1) * n) / size)];
    let sum = 0;
    for (let i = start; i < end; i++) sum += series[i]!;
    return sum / (end - start);
  });
}

/**
 * The series brought linearly to [−1, 1]: its own smallest and largest value become −1 and 1, or those of `range`,
 * outside of which values are cut off. Where the two are equal every value becomes −1, as nothing is known of its
 * place.
 */
export function rescale(series: Float64Array, range?: ValueRange): Float64Array {
  const [smallest, largest] = range ?? [minimum(series), maximum(series)];
  const width = largest - smallest;
  if (width === 0) return new Float64Array(series.length).fill(-1);
  return series.map((value) => {
    const scaled = (2 * (value - smallest)) / width - 1;
    return Math.min(1, Math.max(-1, scaled));
  });
}

/** [n, n] cos(φ_i + φ_j) of a series of n cosines, row-major, into `target`. */
export function summationField(cosines: Float64Array, target: Float32Array | Float64Array): void {
  const [n, sines] = [cosines.length, sinesOf(cosines)];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) target[i * n + j] = cosines[i]! * cosines[j]! - sines[i]! * sines[j]!;
}

/** [n, n] sin(φ_i − φ_j) of a series of n cosines, row-major, into `target`. */
export function differenceField(cosines: Float64Array, target: Float32Array | Float64Array): void {
  const [n, sines] = [cosines.length, sinesOf(cosines)];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) target[i * n + j] = sines[i]! * cosines[j]! - cosines[i]! * sines[j]!;
}

/** sin φ of angles in [0, π] with these cosines. */
function sinesOf(cosines: Float64Array): Float64Array {
  return cosines.map((x) => Math.sqrt(Math.max(0, 1 - x * x)));
}

function minimum(series: Float64Array): number {
  return series.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
}

function maximum(series: Float64Array): number {
  return series.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
