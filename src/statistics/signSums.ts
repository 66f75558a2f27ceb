import { UsageError } from "../tensor/errors.ts";

/** Some coordinates of K rows, which may stand for more. */
export interface CoordinateRows {
  /** [K, m], the mean gradient of each row's examples, in loss/parameter. */
  readonly rows: Float32Array | Float64Array;
  /** How many coordinates these m stand for. */
  readonly size: number;
  /** Factor of the update of each of them. Default 1; coordinates of factor 0 take no part. */
  readonly scale?: number | undefined;
}

/** K rows of `batchSize` examples each. */
export interface SignRows {
  readonly groups: number;
  readonly batchSize: number;
  readonly parts: readonly CoordinateRows[];
}

/** A sum over coordinates: of all rows, and without each of them in turn. */
export interface Jackknifed {
  value: number;
  readonly without: Float64Array;
}

/** Of the coordinates of one part, with how many and which weight each stands for. */
interface Each {
  readonly size: number;
  readonly scale: number;
  readonly sigma: Float64Array;
  readonly plain: Float64Array;
  readonly square: Float64Array;
  readonly crossed: Float64Array;
}

export interface SignSums {
  /** ‖σ‖₁ of one example's gradient. */
  readonly sigma: Jackknifed;
  /** Σ |ḡ_j|: too large by noise. */
  readonly plain: Jackknifed;
  /** Σ G_j²/σ_j, without bias for normal rows. */
  readonly square: Jackknifed;
  /** Σ_j h_kj·g_kj of each row k, |h_kj| ≤ 1 by the other rows: too small on average, where signs are not sure. */
  readonly crossed: Float64Array;
  readonly each: readonly Each[];
}

/** What `signNoiseScale` needs of the rows. Throws `UsageError` for rows whose length is no multiple of K. */
export function signSums(given: SignRows): SignSums {
  const { groups, parts } = given;
  const fresh = (): Jackknifed => ({ value: 0, without: new Float64Array(groups) });
  const each: Each[] = [];
  const sums = { sigma: fresh(), plain: fresh(), square: fresh(), crossed: new Float64Array(groups), each };
  for (const part of parts) {
    const m = part.rows.length / groups;
    if (!Number.isInteger(m))
      throw new UsageError(
        `signNoiseScale: expected ${groups} rows of equal length, got ${part.rows.length} numbers; give every row of a part`,
      );
    if (m > 0 && part.scale !== 0) addPart(sums, part, m, given);
  }
  return sums;
}

function addPart(sums: SignSums & { each: Each[] }, part: CoordinateRows, m: number, { groups, batchSize }: SignRows) {
  const { rows, size, scale = 1 } = part;
  const weight = (scale * size) / m;
  const [whole, fewer] = [momentsOf(groups, batchSize), momentsOf(groups - 1, batchSize)];
  const numbers = () => new Float64Array(m);
  const own = { size, scale, sigma: numbers(), plain: numbers(), square: numbers(), crossed: numbers() };
  for (let j = 0; j < m; j++) {
    let [mean, squares] = [0, 0];
    for (let k = 0; k < groups; k++) mean += rows[k * m + j]! / groups;
    for (let k = 0; k < groups; k++) squares += (rows[k * m + j]! - mean) ** 2;
    const all = whole(mean, squares);
    for (const name of ["sigma", "plain", "square"] as const) {
      own[name][j] = all[name];
      sums[name].value += weight * all[name];
    }
    const sureSign = (of: number, sigma: number) => {
      const error = sigma / Math.sqrt((groups - 1) * batchSize);
      return Math.abs(of) < error ? of / error : Math.sign(of);
    };
    for (let k = 0; k < groups; k++) {
      const value = rows[k * m + j]!;
      const rest = mean - (value - mean) / (groups - 1);
      const { sigma, plain, square } = fewer(rest, squares - ((value - mean) ** 2 * groups) / (groups - 1));
      sums.sigma.without[k]! += weight * sigma;
      sums.plain.without[k]! += weight * plain;
      sums.square.without[k]! += weight * square;
      const crossed = sureSign(rest, sigma) * value;
      sums.crossed[k]! += weight * crossed;
      own.crossed[j]! += crossed / groups;
    }
  }
  sums.each.push(own);
}

/** Of K rows of b examples with this mean and sum of squared deviations, in one coordinate. */
function momentsOf(K: number, b: number) {
  const [ofRoot, ofInverse] = [meanRoot(K - 1), meanInverseRoot(K - 1)];
  return (mean: number, squares: number) => {
    const root = Math.sqrt((b * Math.max(0, squares)) / (K - 1));
    const sigma = root / ofRoot;
    return { sigma, plain: Math.abs(mean), square: root > 0 ? mean ** 2 / root / ofInverse - sigma / (K * b) : 0 };
  };
}

/** E s/σ of a standard deviation s with ν degrees of freedom, for normal numbers (Cureton 1968, to 0.3 %). */
function meanRoot(freedom: number): number {
  return (4 * freedom) / (4 * freedom + 1);
}

/** E σ/s of the same: Γ((ν − 1)/2)/Γ(ν/2)·√(ν/2), by `meanRoot` of ν − 1. */
function meanInverseRoot(freedom: number): number {
  return Math.sqrt(freedom / (freedom - 1)) / meanRoot(freedom - 1);
}
