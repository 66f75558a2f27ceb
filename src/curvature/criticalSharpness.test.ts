import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { criticalSharpness } from "./criticalSharpness.ts";
import { dot, type LossesAlong, pointByPoint } from "./losses.ts";

/** A random symmetric matrix with the eigenvalues given, by rotations of pairs. */
function planted(eigenvalues: readonly number[], seed: number): Float64Array[] {
  const { uniform, integer } = random(seed);
  const n = eigenvalues.length;
  const matrix = eigenvalues.map((value, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? value : 0)));
  for (let turn = 0; turn < 6 * n; turn++) {
    const [i, j] = [integer(n), integer(n)];
    if (i === j) continue;
    const angle = 2 * Math.PI * uniform();
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    for (let k = 0; k < n; k++) {
      const [a, b] = [matrix[i]![k]!, matrix[j]![k]!];
      [matrix[i]![k], matrix[j]![k]] = [c * a - s * b, s * a + c * b];
    }
    for (const row of matrix) {
      const [a, b] = [row[i]!, row[j]!];
      [row[i], row[j]] = [c * a - s * b, s * a + c * b];
    }
  }
  return matrix;
}

const times = (matrix: readonly Float64Array[], x: Float64Array) => Float64Array.from(matrix, (row) => dot(row, x));
const quadratic =
  (matrix: readonly Float64Array[], lowest = 0.3) =>
  (x: Float64Array) =>
    lowest + 0.5 * dot(x, times(matrix, x));
const drawn = (n: number, seed: number) => {
  const { normal } = random(seed);
  return Float64Array.from({ length: n }, () => normal());
};

describe("on quadratics", () => {
  const spectra = [
    [1, 1, 1],
    [100, 10, 1, 0.1, 0.01],
    [30, -2, 1, 0.5],
    [1e-3, 1e-4, 1e-5],
  ];
  const cases = spectra.flatMap((spectrum, i) =>
    [1e-3, 0.02, 0.7, 3, 40, 900].map((ratio) => ({ spectrum, ratio, seed: 10 * i + 1 })),
  );
  test.each(cases)("ΔᵀHΔ/(gᵀΔ) within 2 %, $spectrum, begun at $ratio η_c", async ({ spectrum, ratio, seed }) => {
    const matrix = planted(spectrum, seed);
    const start = drawn(spectrum.length, seed + 1);
    const gradient = times(matrix, start);
    // The preconditioned update of an Adam-like optimizer, which is no gradient.
    for (const update of [gradient, gradient.map((g, i) => g / (0.5 + i))]) {
      const expected = dot(update, times(matrix, update)) / dot(gradient, update);
      const found = await criticalSharpness(pointByPoint(quadratic(matrix)), start, update, (ratio * 2) / expected);
      expect(found.kind).toBe("found");
      expect(Math.abs(found.value / expected - 1)).toBeLessThan(0.02);
      expect(found.lower).toBeLessThanOrEqual(expected * (1 + 1e-9));
      expect(found.upper).toBeGreaterThanOrEqual(expected * (1 - 1e-9));
      expect(found.tried.length + 1).toBeLessThan(10);
    }
  });

  test("a gradient step's is at most the largest eigenvalue, and equals it along its eigenvector", async () => {
    const matrix = planted([7, 3, 1], 5);
    const along = pointByPoint(quadratic(matrix));
    for (let seed = 0; seed < 10; seed++) {
      const start = drawn(3, 100 + seed);
      expect((await criticalSharpness(along, start, times(matrix, start), 0.1)).value).toBeLessThan(7 * 1.01);
    }
    let top = drawn(3, 4);
    for (let i = 0; i < 100; i++) {
      const product = times(matrix, top);
      top = product.map((x) => x / Math.sqrt(dot(product, product)));
    }
    expect((await criticalSharpness(along, top, times(matrix, top), 0.1)).value).toBeCloseTo(7, 1);
  });
});

test("a loss that climbs a wall is enclosed as well", async () => {
  // Falls with slope 1 until 0.37, then overflows.
  const wall: LossesAlong = (_, __, rows) => rows.map(([eta]) => (eta! < 0.37 ? 2 - eta! : Number.NaN));
  const found = await criticalSharpness(wall, new Float64Array(1), new Float64Array([1]), 0.01);
  expect(found.kind).toBe("found");
  expect(found.lower).toBeLessThanOrEqual(2 / 0.37);
  expect(found.upper).toBeGreaterThanOrEqual(2 / 0.37);
  expect(found.upper / found.lower).toBeLessThan(1.35);
});

test.each([
  ["an update uphill", (x: number) => 5 + x, "ascent"],
  ["an update that moves no loss", () => 5, "still"],
  ["a loss that falls forever", (x: number) => 5 - x / (1 + x), "flat"],
] as const)("%s has none", async (_, loss, kind) => {
  const along: LossesAlong = (__, ___, rows) => rows.map(([eta]) => loss(eta!));
  const found = await criticalSharpness(along, new Float64Array(1), new Float64Array([1]), 0.1);
  expect(found.kind).toBe(kind);
  expect(found.value).toBeNaN();
  expect(found.tried.length + 1).toBeLessThan(10);
});

test("a zero update and a loss that is no number are still", async () => {
  const along = pointByPoint(() => Number.NaN);
  expect((await criticalSharpness(along, new Float64Array(2), new Float64Array([1, 0]), 1)).kind).toBe("still");
  const zero = pointByPoint(() => 1);
  expect((await criticalSharpness(zero, new Float64Array(2), new Float64Array(2), 1)).tried).toHaveLength(0);
});
