/**
 * Adjusted p-values of Holm 1979 (Scandinavian Journal of Statistics 6): reject those at most α, and the chance of even
 * one false rejection is at most α, whatever the dependence. In the order of `p`.
 */
export function holm(p: readonly number[]): number[] {
  const adjusted = Array<number>(p.length);
  let largest = 0;
  ascending(p).forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (p.length - rank) * p[index]!));
    adjusted[index] = largest;
  });
  return adjusted;
}

/**
 * Adjusted p-values of Benjamini and Hochberg 1995 (J. Royal Statistical Society B 57): reject those at most α, and at
 * most a share α of the rejections is expected to be false, for independent or positively dependent tests.
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = Array<number>(p.length);
  let smallest = 1;
  for (let rank = p.length - 1; rank >= 0; rank--) {
    smallest = Math.min(smallest, (p[order[rank]!]! * p.length) / (rank + 1));
    adjusted[order[rank]!] = smallest;
  }
  return adjusted;
}

function ascending(p: readonly number[]): number[] {
  return p.map((_, index) => index).sort((a, b) => p[a]! - p[b]!);
}
