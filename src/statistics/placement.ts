export interface PlacementQuality {
  /** k, the neighbours of each row that are looked at. */
  readonly neighbors: number;
  /**
   * Mean share of each row's k nearest points in the picture that are among its k nearest rows, 0–1. By chance k/(n −
   * 1).
   */
  readonly neighborsKept: number;
  /**
   * 1 − 2/(n k (2n − 3k − 1)) Σ_i Σ_j (r(i,j) − k) over the picture's neighbours j that are no neighbours of row i,
   * with r the rank of j among the rows nearest to i (Venna and Kaski 2001, ICANN). 1 when none is; 0.5 by
   * chance.
   */
  readonly trustworthiness: number;
}

/**
 * How far neighbourhoods in a picture can be believed: n points (n × 2) for n rows given by their n × n squared
 * distances, with k = 10, or a third of the other rows when they are few. Rows tied with the k-th nearest count as
 * near, so that equal distances cost nothing. O(n² log n). NaN for fewer than three rows.
 */
export function placementQuality(squaredDistances: Float64Array, points: Float64Array): PlacementQuality {
  const n = points.length / 2;
  const neighbors = Math.max(1, Math.min(10, Math.floor((n - 1) / 3)));
  let kept = 0;
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const distances = squaredDistances.subarray(i * n, (i + 1) * n);
    const sorted = distances.toSorted();
    // A row is its own nearest, at distance zero, unless others coincide with it; either way it is one of those below.
    const reach = sorted[neighbors]! + 1e-12;
    for (const j of nearestInPicture(points, i, neighbors)) {
      if (distances[j]! <= reach) kept++;
      else penalty += countBelow(sorted, distances[j]!) - neighbors;
    }
  }
  if (n < 3) return { neighbors, neighborsKept: n === 2 ? 1 : Number.NaN, trustworthiness: Number.NaN };
  return {
    neighbors,
    neighborsKept: kept / (n * neighbors),
    trustworthiness: 1 - (2 * penalty) / (n * neighbors * (2 * n - 3 * neighbors - 1)),
  };
}

function nearestInPicture(points: Float64Array, i: number, count: number): number[] {
  const n = points.length / 2;
  const distance = new Float64Array(n);
  for (let j = 0; j < n; j++)
    distance[j] =
      j === i
        ? Number.POSITIVE_INFINITY
        : (points[2 * i]! - points[2 * j]!) ** 2 + (points[2 * i + 1]! - points[2 * j + 1]!) ** 2;
  const reach = distance.toSorted()[count - 1]!;
  const nearest: number[] = [];
  for (let j = 0; j < n; j++) if (distance[j]! < reach) nearest.push(j);
  // Of points that coincide the first ones are taken.
  for (let j = 0; j < n && nearest.length < count; j++) if (distance[j]! === reach) nearest.push(j);
  return nearest;
}

/** How many of the sorted distances are smaller: with the row itself among them, the rank of the next. */
function countBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
