import { describe, expect, test } from "vitest";
import { plantedStatistics } from "../../test/fixtures/analysis.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import { gradientMoments } from "../statistics/noiseScale.ts";
import { random } from "../tensor/random.ts";
import { rounding, unseenKinds } from "./limits.ts";

const plan = { seed: 1, squaredNorm: 40, trace: 100, rows: 16, batchSize: 8, datasetSize: 600, dimension: 40 };
const statistics = plantedStatistics(plan);
const resolved = { value: 3, lower: 2, upper: 5, resolved: true, level: 0.95, unit: "examples" } as const;

describe("kinds of examples that are not among so few", () => {
  test.each([
    [16, 8, 3 / 128],
    [149, 1, 3 / 149],
    [150, 1, null],
    [64, 8, null],
  ])("%i rows of %i", (rows, batchSize, share) => {
    const found = unseenKinds({ ...statistics, rows, batchSize, noiseScale: resolved });
    expect(found).toEqual(share === null ? null : expect.objectContaining({ examples: rows * batchSize, share }));
  });

  test("an open end makes no promise to take back", () => {
    const open = { ...resolved, upper: Number.POSITIVE_INFINITY, resolved: false };
    expect(unseenKinds({ ...statistics, rows: 8, noiseScale: open })).toBeNull();
  });
});

describe("where float64 products end", () => {
  /** Noise of 16 rows of 1000 numbers beside a gradient √1000 long: the noise scale of rows of one. */
  const measured = (noise: number) => {
    const { normal } = random(2);
    const gradient = Float64Array.from({ length: 1000 }, normal);
    const rows = Array.from({ length: 16 }, () => gradient.map((x) => x + noise * normal()));
    const own = gradientMoments(
      gramOfRows(
        rows,
        rows.map(() => 1),
      ),
    );
    const mean = gradient.map((x, d) => rows.reduce((sum, row) => sum + (row[d]! - x) / 16, 0));
    const exact = rows.flatMap((row) => [...row].map((x, d) => (x - gradient[d]! - mean[d]!) ** 2));
    const trace = exact.reduce((sum, x) => sum + x, 0) / 15;
    const value = own.traceCovariance / own.squaredGradientNorm;
    return {
      error: Math.abs(own.traceCovariance / trace - 1),
      found: rounding({ ...statistics, batchSize: 1, noiseScale: { ...resolved, value } }),
    };
  };

  test("above the limit nothing is said and tr Σ is right to a thousandth", () => {
    const { error, found } = measured(2e-6);
    expect(found).toBeNull();
    expect(error).toBeLessThan(1e-3);
  });

  test("below it the rounding is said, and it is there", () => {
    const { error, found } = measured(3e-8);
    expect(found).toMatchObject({ kind: "rounding", limit: 1e-6 });
    expect(error).toBeGreaterThan(1e-3);
  });
});
