import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { noiseScaleOfLayers, sumOfGrams } from "./layers.ts";
import { noiseScale } from "./noiseScale.ts";

const counts = Array<number>(40).fill(16);

/** 40 rows of `width` parameters with |G|² = signal² width and trΣ = width. */
function rowsOf(width: number, signal: number, normal: () => number): Float64Array[] {
  return counts.map((count) => Float64Array.from({ length: width }, () => signal + normal() / Math.sqrt(count)));
}

test("layers of planted noise scales 4 and 100, and both together", () => {
  const { normal } = random(1);
  const [clear, noisy] = [rowsOf(50, 0.5, normal), rowsOf(150, 0.1, normal)];
  const { layers, whole } = noiseScaleOfLayers(
    new Map([
      ["clear", gramOfRows(clear, counts)],
      ["noisy", gramOfRows(noisy, counts)],
    ]),
  );
  expect(layers.map(({ name }) => name)).toEqual(["clear", "noisy"]);
  [4, 100].forEach((truth, i) => {
    const { lower, upper } = layers[i]!.noiseScale;
    expect(lower).toBeLessThan(truth);
    expect(upper).toBeGreaterThan(truth);
  });
  // The whole is what the rows laid end to end give, and moments add up.
  const joined = clear.map((row, k) => Float64Array.from([...row, ...noisy[k]!]));
  const expected = noiseScale(gramOfRows(joined, counts));
  for (const key of ["value", "lower", "upper"] as const)
    expect(whole.noiseScale[key] / expected[key]).toBeCloseTo(1, 9);
  for (const key of ["traceCovariance", "squaredGradientNorm"] as const)
    expect(layers[0]![key] + layers[1]![key]).toBeCloseTo(whole[key], 9);
});

test("layers of different rows are refused by name", () => {
  const gram = (some: readonly number[]) => ({ products: new Float64Array(some.length ** 2), counts: some });
  const layers = new Map([
    ["a", gram([8, 8])],
    ["b.weight", gram([8, 4])],
  ]);
  expect(() => sumOfGrams(layers)).toThrow(ShapeError);
  expect(() => sumOfGrams(layers)).toThrow(
    /^sumOfGrams: expected the counts \[8, 8\] in each layer, got \[8, 4\] in b\.weight; /,
  );
  expect(() => noiseScaleOfLayers(new Map())).toThrow(/^sumOfGrams: expected at least one layer, got none; /);
});
