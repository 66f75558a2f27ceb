/** A slope of values over places, with a 95 % interval. */
export interface Growth {
  readonly slope: number;
  readonly lower: number;
  readonly upper: number;
}

/** Of the standard normal distribution: 97.5 %. */
const Z = 1.959964;

/**
 * The median of the slopes of all pairs of points (Theil 1950), which single points far off do not move, with the
 * interval of Sen 1968 (doi:10.1080/01621459.1968.10480934): the slopes at ranks (N ± z·√(n(n−1)(2n+5)/18)) / 2 of N.
 * NaN of fewer than two points.
 */
export function growth(points: readonly (readonly [at: number, value: number])[]): Growth {
  const slopes = points
    .flatMap(([x, a], i) => points.slice(i + 1).map(([y, b]) => (b - a) / (y - x)))
    .sort((a, b) => a - b);
  const [n, N] = [points.length, slopes.length];
  if (N === 0) return { slope: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number) => slopes[Math.max(0, Math.min(N - 1, Math.round(rank)))]!;
  const middle = (slopes[Math.floor((N - 1) / 2)]! + slopes[Math.ceil((N - 1) / 2)]!) / 2;
  return { slope: middle, lower: at((N - spread) / 2 - 1), upper: at((N + spread) / 2) };
}
