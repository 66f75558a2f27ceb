import { random } from "../../tensor/random.ts";
import { logChoose } from "./distributions.ts";
import type { RandomizationTest } from "./signFlipTest.ts";

/** Up to so many ways to deal the values out, all are tried; above, this many drawn ones. */
const MOST_ENUMERATED = 20_000;
const DRAWN = 19_999;

/**
 * The permutation test of two independent samples: where the arms do not differ, every way to deal the n + m values out
 * to them is equally likely. The statistic is Welch's t, so that the test keeps its level in large samples for arms of
 * unequal variance too (Janssen 1997, Statistics & Probability Letters 36). p is the share of deals whose |t| is at
 * least that of the data; where there are more than 20,000, of 19,999 drawn ones, with (1 + hits)/(1 + draws). Of at
 * least 2 finite values an arm; ranks make it the test of Mann & Whitney 1947.
 */
export function permutationTest(a: readonly number[], b: readonly number[]): RandomizationTest {
  const [values, n] = [[...a, ...b], a.length];
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  // About their mean, so that sums of squares lose no digits.
  const pooled = Float64Array.from(values, (value) => value - centre);
  const sizeOf = welchSize(pooled, n);
  const least = sizeOf(Uint32Array.from({ length: n }, (_, i) => i)) * (1 - 1e-9);
  const deals = Math.round(Math.exp(logChoose(pooled.length, n)));
  if (deals <= MOST_ENUMERATED) {
    let hits = 0;
    for (const chosen of combinations(pooled.length, n)) if (sizeOf(chosen) >= least) hits++;
    // Both extremes are as rare only where the arms are of one size.
    return { p: hits / deals, exact: true, smallest: (a.length === b.length ? 2 : 1) / deals };
  }
  const source = random(pooled.length);
  const order = Uint32Array.from(pooled, (_, i) => i);
  let hits = 0;
  for (let draw = 0; draw < DRAWN; draw++) {
    // The first n steps of Fisher–Yates.
    for (let i = 0; i < n; i++) {
      const j = i + source.integer(order.length - i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    if (sizeOf(order.subarray(0, n)) >= least) hits++;
  }
  return { p: (1 + hits) / (1 + DRAWN), exact: false, smallest: 1 / (1 + DRAWN) };
}

/** Welch's |t| of the chosen n values against the others; infinite where both sides are constant and differ. */
function welchSize(pooled: Float64Array, n: number): (chosen: Uint32Array) => number {
  const m = pooled.length - n;
  const total = pooled.reduce((sum, value) => sum + value, 0);
  const squares = pooled.reduce((sum, value) => sum + value * value, 0);
  return (chosen) => {
    let [sum, square] = [0, 0];
    for (const i of chosen) {
      sum += pooled[i]!;
      square += pooled[i]! ** 2;
    }
    const difference = sum / n - (total - sum) / m;
    const ofChosen = square - sum ** 2 / n;
    const ofOthers = squares - square - (total - sum) ** 2 / m;
    const variance = Math.max(0, ofChosen) / ((n - 1) * n) + Math.max(0, ofOthers) / ((m - 1) * m);
    if (difference === 0) return 0;
    return variance <= 1e-24 * squares ? Number.POSITIVE_INFINITY : Math.abs(difference) / Math.sqrt(variance);
  };
}

/** Every choice of n of the numbers below `count`, in one array that changes. */
function* combinations(count: number, n: number): Generator<Uint32Array> {
  const chosen = Uint32Array.from({ length: n }, (_, i) => i);
  for (;;) {
    yield chosen;
    let at = n - 1;
    while (at >= 0 && chosen[at] === count - n + at) at--;
    if (at < 0) return;
    chosen[at]!++;
    for (let i = at + 1; i < n; i++) chosen[i] = chosen[i - 1]! + 1;
  }
}
