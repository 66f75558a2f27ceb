/** A piece of a line of equal height: from one edge of a cell to another. */
export type Segment = readonly [from: readonly [number, number], to: readonly [number, number]];

/** The edges of a cell by its corners, counted around: 0 is (i, j), 1 (i + 1, j), 2 (i + 1, j + 1), 3 (i, j + 1). */
const EDGES = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
] as const;

/**
 * Where a function on a grid has one height, by marching squares (Lorensen and Cline 1987, in two dimensions): linear
 * between the corners of a cell, `heights[j][i]` at (x_i, y_j). Cells with a corner that is not finite have none. A
 * saddle inside a cell is cut by the mean of its corners.
 */
export function contour(
  x: readonly number[],
  y: readonly number[],
  heights: readonly (readonly number[])[],
  level: number,
): Segment[] {
  const segments: Segment[] = [];
  for (let j = 0; j + 1 < y.length; j++)
    for (let i = 0; i + 1 < x.length; i++) {
      const places = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ] as const;
      const corners = places.map(([a, b]) => ({ at: [x[a]!, y[b]!] as const, height: heights[b]![a]! }));
      if (corners.every(({ height }) => Number.isFinite(height))) segments.push(...cut(corners, level));
    }
  return segments;
}

interface Corner {
  readonly at: readonly [number, number];
  readonly height: number;
}

function cut(corners: readonly Corner[], level: number): Segment[] {
  const crossed = EDGES.flatMap(([a, b]) => {
    const [one, other] = [corners[a]!, corners[b]!];
    if (one.height < level === other.height < level) return [];
    const share = (level - one.height) / (other.height - one.height);
    const between = (axis: 0 | 1) => one.at[axis] + share * (other.at[axis] - one.at[axis]);
    return [[between(0), between(1)] as const];
  });
  const [first, second, third, fourth] = crossed;
  if (!first || !second) return [];
  if (!third || !fourth) return [[first, second]];
  const mean = corners.reduce((sum, { height }) => sum + height, 0) / corners.length;
  const joined = mean < level === corners[0]!.height < level;
  return joined
    ? [
        [first, second],
        [third, fourth],
      ]
    : [
        [first, fourth],
        [second, third],
      ];
}
