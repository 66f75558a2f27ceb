import { quickselect } from "simple-statistics";

/** Mean of at least one value. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Unbiased variance of at least two values, Σ(x − x̄)²/(n − 1). Exactly 0 where all values are equal. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let squares = 0;
  let equal = true;
  for (let i = 0; i < values.length; i++) {
    squares += (values[i]! - mean) ** 2;
    equal &&= values[i] === values[0];
  }
  return equal ? 0 : squares / (values.length - 1);
}

/** √ of `varianceOf`. */
export function deviationOf(values: ArrayLike<number>): number {
  return Math.sqrt(varianceOf(values));
}

/** The values from the smallest to the largest. */
export function ascending(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** The quantile of sorted values, linear between neighbours (type 7 of Hyndman & Fan 1996); NaN of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  // Equal ends may both be infinite.
  return below === above ? below : below + (at - Math.floor(at)) * (above - below);
}

/** Quantile ½ of values in any order. */
export function medianOf(values: ArrayLike<number>): number {
  return quantile(ascending(values), 0.5);
}

/** 1 for the smallest; equal values share the mean of their ranks, infinite ones too. */
export function midranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a]! < values[b]! ? -1 : 1));
  const ranks = Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) ranks[order[i]!] = 1 + (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}

/** The value that `k` of the values stand before in ascending order; rearranges them. In time that grows with n. */
export function selected(values: Float64Array, k: number): number {
  // Typed for lists alone, though it only reads and writes places.
  quickselect(values as unknown as number[], k);
  return values[k]!;
}
