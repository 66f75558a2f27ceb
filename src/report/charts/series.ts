/** [step, value]. */
export type Point = readonly [number, number];

/**
 * At most `limit` points in order: each of limit/2 equal stretches keeps its minimum and its maximum, so that no spike
 * is lost.
 */
export function thin(points: readonly Point[], limit: number): Point[] {
  if (points.length <= limit) return [...points];
  const stretches = Math.floor(limit / 2);
  return Array.from({ length: stretches }, (_, s) => {
    const from = Math.floor((s * points.length) / stretches);
    const stretch = points.slice(from, Math.floor(((s + 1) * points.length) / stretches));
    const low = stretch.reduce((a, b) => (b[1] < a[1] ? b : a));
    const high = stretch.reduce((a, b) => (b[1] > a[1] ? b : a));
    if (low === high) return [low];
    return low[0] < high[0] ? [low, high] : [high, low];
  }).flat();
}

/** m_t = β m_{t−1} + (1 − β) x_t from m_0 = 0, divided by 1 − β^t as in Adam (Kingma & Ba 2015, §3). */
export function smooth(points: readonly Point[], decay: number): Point[] {
  let average = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    average = decay * average + (1 - decay) * y;
    weight = decay * weight + (1 - decay); // = 1 − β^t
    return [x, average / weight];
  });
}
