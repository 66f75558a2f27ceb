/**
 * The curve through points with ascending x > 0, smooth and without a turn of its own between two of them: piecewise
 * cubic Hermite with the slopes of Fritsch & Butland 1984 (SIAM J. Sci. Stat. Comput. 5), of log y over log x as far as
 * all y up to there are above 0, and straight lines in x from there on. Outside of the points it ends.
 */
export function throughPoints(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  const positive = ys.findIndex((y) => !(y > 0));
  const smooth = positive < 0 ? xs.length : positive;
  const [logX, logY] = [xs, ys].map((values) => values.slice(0, smooth).map(Math.log)) as [number[], number[]];
  const slopes = slopesOf(logX, logY);
  return (x) => {
    const above = xs.findIndex((one) => one >= x);
    if (above < 0) return Number.NaN;
    if (xs[above] === x) return ys[above]!;
    if (above === 0) return Number.NaN;
    if (above < smooth) return Math.exp(hermite(logX, logY, slopes, above - 1, Math.log(x)));
    const share = (x - xs[above - 1]!) / (xs[above]! - xs[above - 1]!);
    return ys[above - 1]! + share * (ys[above]! - ys[above - 1]!);
  };
}

function slopesOf(xs: readonly number[], ys: readonly number[]): number[] {
  const widths = xs.slice(1).map((x, i) => x - xs[i]!);
  const rises = widths.map((width, i) => (ys[i + 1]! - ys[i]!) / width);
  if (rises.length < 2) return xs.map(() => rises[0] ?? 0);
  return xs.map((_, i) => {
    if (i === 0) return atEnd(widths[0]!, widths[1]!, rises[0]!, rises[1]!);
    if (i === rises.length) return atEnd(widths.at(-1)!, widths.at(-2)!, rises.at(-1)!, rises.at(-2)!);
    const [a, b] = [rises[i - 1]!, rises[i]!];
    if (a * b <= 0) return 0;
    const [before, after] = [widths[i - 1]!, widths[i]!];
    const [left, right] = [before + 2 * after, 2 * before + after];
    return (left + right) / (left / a + right / b);
  });
}

/** The slope of the parabola through three points at the first of them, kept from turning the curve. */
function atEnd(own: number, next: number, rise: number, nextRise: number): number {
  const slope = ((2 * own + next) * rise - own * nextRise) / (own + next);
  if (slope * rise <= 0) return 0;
  return rise * nextRise <= 0 && Math.abs(slope) > 3 * Math.abs(rise) ? 3 * rise : slope;
}

function hermite(xs: readonly number[], ys: readonly number[], slopes: readonly number[], i: number, x: number) {
  const width = xs[i + 1]! - xs[i]!;
  const t = (x - xs[i]!) / width;
  const [y0, y1, m0, m1] = [ys[i]!, ys[i + 1]!, slopes[i]! * width, slopes[i + 1]! * width];
  return y0 + t * m0 + t ** 2 * (3 * (y1 - y0) - 2 * m0 - m1) + t ** 3 * (2 * (y0 - y1) + m0 + m1);
}
