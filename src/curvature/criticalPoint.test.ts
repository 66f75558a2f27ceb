import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { rotated } from "../../test/matrices.ts";
import { type CriticalKind, criticalPoint } from "./criticalPoint.ts";
import type { LossSurface } from "./surface.ts";

/** c + ½xᵀHx + ¼·quartic·Σx⁴, whose critical point at 0 has the Hessian H. */
function surfaceOf(
  values: readonly number[],
  { quartic = 0.1, precision = "float64" as const, level = 1 } = {},
): LossSurface {
  const H = rotated(values, 7);
  const times = (v: Float64Array) => Float64Array.from(H.mmul(Matrix.columnVector(v)).getColumn(0));
  const lossAt = async (x: Float64Array) => {
    const Hx = times(x);
    return x.reduce((sum, xi, i) => sum + (xi * Hx[i]!) / 2 + (quartic * xi ** 4) / 4, level);
  };
  return {
    size: values.length,
    precision,
    lossAt,
    gradientAt: async (x) => ({ loss: await lossAt(x), gradient: times(x).map((g, i) => g + quartic * x[i]! ** 3) }),
    productAt: async (x, v) => times(v).map((h, i) => h + 3 * quartic * x[i]! ** 2 * v[i]!),
  };
}

const spread = (low: number, high: number, count = 24) =>
  Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

const planted: readonly [CriticalKind, string, readonly number[]][] = [
  ["minimum", "all eigenvalues above 0", spread(0.1, 3)],
  ["minimum", "a small one among them", [1e-4, ...spread(0.5, 2)]],
  ["maximum", "all below", spread(-4, -0.5)],
  ["saddle", "one of 25 below", [-0.5, ...spread(0.2, 2)]],
  ["saddle", "one small below, and zeros", [-1e-3, 0, 0, ...spread(0.2, 2)]],
  ["degenerate", "zeros and no negative one", [0, 0, ...spread(0.2, 2)]],
  ["degenerate", "nothing but zeros", Array<number>(12).fill(0)],
  ["degenerate", "zeros and no positive one", [0, ...spread(-2, -0.2)]],
];

describe("planted critical points", () => {
  test.each(planted)("%s: %s", async (kind, _, values) => {
    const surface = surfaceOf(values);
    const at = new Float64Array(values.length);
    const { verdict, escape: way } = await criticalPoint(surface, at, { history: [5, 1] });
    expect(verdict.kind).toBe(kind);
    expect(verdict.index).toBe(values.filter((value) => value < 0).length);
    expect(verdict.exact).toBe(true);
    if (verdict.index === 0) {
      expect(way).toBeNull();
      return;
    }
    expect(way!.lowers).toBe(true);
    expect(way!.to).toBeLessThan(way!.from);
    const place = Float64Array.from({ length: values.length }, () => 0);
    expect(await surface.lossAt(place)).toBe(way!.from);
  });

  test("no saddle where kinks keep the loss from falling, and one where it falls to one side alone", async () => {
    // Smooth within ±10⁻⁶, too near for any step.
    const kinked = (rising: (x: number) => number): LossSurface => ({
      ...surfaceOf([-0.5, 1, 2], { quartic: 0 }),
      lossAt: async ([x, y, z]) => 1 - x! ** 2 / 4 + y! ** 2 / 2 + z! ** 2 + 10 * Math.max(0, rising(x!) - 1e-6),
      gradientAt: async ([x, y, z]) => ({
        loss: 1 - x! ** 2 / 4 + y! ** 2 / 2 + z! ** 2,
        gradient: Float64Array.of(-x! / 2, y!, 2 * z!),
      }),
      productAt: async (_, [x, y, z]) => Float64Array.of(-x! / 2, y!, 2 * z!),
    });
    const at = new Float64Array(3);
    const both = await criticalPoint(kinked(Math.abs), at, { history: [5] });
    expect(both.verdict).toMatchObject({ kind: "undecided", index: 1 });
    expect(both.verdict.reasons.at(-1)).toEqual({ kind: "kinked", eigenvalue: both.escape!.eigenvalue });
    for (const rising of [(x: number) => x, (x: number) => -x])
      expect((await criticalPoint(kinked(rising), at, { history: [5] })).verdict.kind).toBe("saddle");
  });

  test.each(planted)("by Lanczos never another kind than %s: %s", async (kind, _, values) => {
    const at = new Float64Array(values.length);
    const spectrum = { dense: 0, products: 24 };
    const { verdict } = await criticalPoint(surfaceOf(values), at, { history: [5], spectrum });
    expect([kind, "undecided"]).toContain(verdict.kind);
    // Negative curvature that was found is a proof, whatever else was not.
    if (kind === "saddle") expect(verdict.kind).toBe("saddle");
    if (kind === "saddle") expect(verdict.exact).toBe(false);
  });
});

describe("the gradient", () => {
  const values = [-0.5, ...spread(0.2, 2)];
  const off = (distance: number) => Float64Array.from(values, (_, i) => (i === 0 ? distance : 0));
  test.each([
    ["of a hundredth of its history is that of a critical point", 1e-4, [10], "saddle", "small"],
    ["of a half is not", 1, [1], "not critical", "large"],
    ["in between nothing is said", 3e-2, [1], "undecided", "between"],
    ["without a history, far away", 2, [], "not critical", "large"],
    ["without a history, close by", 1e-4, [], "saddle", "small"],
  ] as const)("%s", async (_, distance, history, kind, size) => {
    const { verdict, gradientNorm } = await criticalPoint(surfaceOf(values), off(distance), { history });
    expect(verdict.kind).toBe(kind);
    expect(verdict.reasons[0]).toMatchObject({ size, norm: gradientNorm });
  });

  test("a minimum whose loss is 0 is one", async () => {
    const surface = surfaceOf(spread(0.1, 3), { level: 0 });
    expect((await criticalPoint(surface, new Float64Array(24))).verdict.kind).toBe("minimum");
  });
});

test("Taylor's model meets the loss at small steps, and leaves it where fourth powers count", async () => {
  const values = [-0.5, ...spread(0.2, 2)];
  const { escape: way } = await criticalPoint(surfaceOf(values), new Float64Array(values.length));
  const [start, first] = way!.path;
  expect(start).toEqual({ step: 0, loss: 1, taylor: 1 });
  expect(Math.abs(first!.loss - first!.taylor)).toBeLessThan(1e-3 * Math.abs(first!.loss - 1));
  const last = way!.path.at(-1)!;
  expect(last.loss).toBeGreaterThan(last.taylor);
  expect(way!.eigenvalue).toBeCloseTo(-0.5, 10);
  const best = way!.path.find(({ step }) => step === way!.distance)!;
  expect(best.loss).toBe(way!.to);
});

test("an eigenvalue that may be on either side of the tolerance leaves the verdict open", async () => {
  // Rounding as of float32 hides a negative eigenvalue of 10⁻⁵.
  const values = [-1e-5, ...spread(0.2, 2)];
  const surface: LossSurface = { ...surfaceOf(values), roundingAt: async () => 1e-4 };
  const { verdict } = await criticalPoint(surface, new Float64Array(values.length), { history: [1], flatness: 1e-6 });
  expect(verdict).toMatchObject({ kind: "undecided", index: 0 });
  expect(verdict.reasons.at(-1)).toMatchObject({ kind: "open" });
});

test("the planted matrices are what they are said to be", () => {
  const [, , values] = planted[3]!;
  const { realEigenvalues } = new EigenvalueDecomposition(rotated(values, 7), { assumeSymmetric: true });
  expect(realEigenvalues[0]).toBeCloseTo(-0.5, 12);
});
