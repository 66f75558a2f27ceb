import { expect, test } from "vitest";
import { DivergedError, ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { describeGradients } from "./describe.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { examplesToResolve } from "./resolution.ts";

const width = 60;

/** Rows of b examples whose gradient has |G|² = `signal`² · 60 and trΣ = 60. */
function planted(rows: number, count: number, signal: number, seed: number): Float64Array[] {
  const { normal } = random(seed);
  return Array.from({ length: rows }, () =>
    Float64Array.from({ length: width }, () => signal + normal() / Math.sqrt(count)),
  );
}

test("one set of rows with a planted noise scale of 25, from end to end", () => {
  const gram = gramOfRows(planted(48, 16, 0.2, 1), Array<number>(48).fill(16));
  const statistics = describeGradients(gram, { datasetSize: 10_000, seed: 3, perplexity: 8 });
  const { noiseScale, datasetNoiseScale, noiseRatio } = statistics;
  expect(statistics).toMatchObject({ rows: 48, batchSize: 16, datasetSize: 10_000 });
  expect(statistics.traceCovariance / 60).toBeCloseTo(1, 1);
  expect(noiseScale).toMatchObject({ level: 0.95, resolved: true, unit: "examples" });
  expect(noiseScale.lower).toBeLessThan(25);
  expect(noiseScale.upper).toBeGreaterThan(25);
  expect(noiseScale.value).toBeCloseTo(statistics.traceCovariance / statistics.squaredGradientNorm, 12);
  // |G_D|² is larger than |G|² by S²/N.
  expect(1 / datasetNoiseScale!.value - 1 / noiseScale.value).toBeCloseTo(1 / 10_000, 12);
  expect(noiseRatio.population).toBeCloseTo(noiseScale.value / 16, 12);
  expect(noiseRatio.finitePopulation).toBeCloseTo(datasetNoiseScale!.value * (1 / 16 - 1 / 10_000), 12);
  expect(statistics.meanCosine).toBeCloseTo(1 / (1 + 25 / 16), 1);
  expect(statistics.expectedCosine).toBeCloseTo(1 / (1 + noiseScale.value / 16), 12);
  expect(statistics.effectiveDimension / width).toBeCloseTo(1, 0);
  expect(statistics.nullCosineDeviation).toBeCloseTo(1 / Math.sqrt(statistics.effectiveDimension), 12);
  const [k, l] = statistics.mostOpposedPair;
  expect(statistics.cosine[k]![l]).toBe(Math.min(...statistics.cosine.flat()));
  expect(statistics.norms[k]).toBeCloseTo(Math.sqrt(gram.products[k * 48 + k]!), 12);
  expect(statistics.embedding).toMatchObject({ perplexity: 8, seed: 3 });
  expect(statistics.embeddings!.map(({ method, perplexity }) => [method, perplexity])).toEqual([
    ["PCA", Number.NaN],
    ["UMAP", Number.NaN],
    ["t-SNE", 5],
    ["t-SNE", 15],
  ]);
  expect(statistics.order!.toSorted((a, b) => a - b)).toEqual(statistics.norms.map((_, i) => i));
  expect(statistics.batchTests!.norm ** 2).toBeCloseTo(
    statistics.traceCovariance / (48 * 16) / statistics.squaredNormOfMean,
    12,
  );
  expect(statistics.examplesToResolve).toEqual(examplesToResolve(gram, 0.2));
  expect(statistics.drawn).toBeUndefined();
  expect(describeGradients(gram, { datasetSize: 10_000, seed: 3, perplexity: 8 })).toEqual(statistics);
});

test("an unknown population has no data-set form, and a ragged last row counts less", () => {
  const counts = [16, 16, 16, 16, 16, 16, 16, 4];
  const rows = [...planted(7, 16, 0.5, 2), ...planted(1, 4, 0.5, 3)];
  const statistics = describeGradients(gramOfRows(rows, counts), { datasetSize: null, seed: 1 });
  expect(statistics.batchSize).toBe(14.5);
  expect(statistics.datasetSize).toBeNull();
  expect(statistics.datasetNoiseScale).toBeNull();
  expect(statistics.noiseRatio.finitePopulation).toBeNaN();
  expect(statistics.noiseScale.lower).toBeLessThan(4);
  expect(statistics.noiseScale.upper).toBeGreaterThan(4);
});

test("two rows, and rows of zeros, are described as far as they can be", () => {
  const two = describeGradients(gramOfRows(planted(2, 8, 1, 4), [8, 8]), { datasetSize: 100, seed: 1 });
  expect(two.noiseScale.value).toBeGreaterThan(0);
  expect(two.noiseScale).toMatchObject({ lower: 0, upper: Number.POSITIVE_INFINITY, resolved: false });
  expect(two.effectiveDimension).toBeNaN();
  const zero = describeGradients(gramOfRows([new Float64Array(3), new Float64Array(3)], [8, 8]), {
    datasetSize: null,
    seed: 1,
  });
  expect(zero.traceCovariance).toBe(0);
  expect([zero.noiseScale.value, zero.meanCosine, zero.expectedCosine]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect(zero.embedding.points.flat().every(Number.isFinite)).toBe(true);
});

const options = { datasetSize: null, seed: 1 };
test.each([
  [UsageError, [1], [8], options, /expected at least 2 rows, got 1; /],
  [UsageError, [], [], options, /expected at least 2 rows, got 0; /],
  [UsageError, [1, 0, 0, 1], [8, 0], options, /expected positive counts, got \[8, 0\]; /],
  [UsageError, [1, 0, 0, 1], [8, Number.NaN], options, /expected positive counts, got \[8, NaN\]; /],
  [ShapeError, [1, 0, 1], [8, 8], options, /expected 2 × 2 products, got 3; /],
  [DivergedError, [1, Number.NaN, 0, 1], [8, 8], options, /expected finite products, got NaN for rows 0 and 1; /],
  [DivergedError, [1, 0, 0, 1 / 0], [8, 8], options, /expected finite products, got Infinity for rows 1 and 1; /],
])("%o is thrown for products %j of counts %j", (error, products, counts, settings, message) => {
  const describeIt = () => describeGradients({ products: Float64Array.from(products), counts }, settings);
  expect(describeIt).toThrow(error);
  expect(describeIt).toThrow(message);
  expect(describeIt).toThrow(/^describeGradients: /);
});

test("a data set smaller than its rows is refused", () => {
  const gram = gramOfRows(planted(4, 8, 1, 5), [8, 8, 8, 8]);
  expect(() => describeGradients(gram, { datasetSize: 31, seed: 1 })).toThrow(
    /expected a dataset size ≥ the rows' 32 examples, got 31; /,
  );
});
