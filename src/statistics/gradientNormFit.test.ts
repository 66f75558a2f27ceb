import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { fitGradientNorms, type NormSample } from "./gradientNormFit.ts";

const exact = (signal: number, noise: number): NormSample[] =>
  [1, 4, 8, 16].map((batchSize) => ({
    batchSize,
    squaredNorms: [signal + noise / batchSize, signal + noise / batchSize],
  }));

test("finds a planted line", () => {
  const { signal, noise, noiseScale, residuals } = fitGradientNorms(exact(2, 30));
  expect(signal.value).toBeCloseTo(2, 9);
  expect(noise.value).toBeCloseTo(30, 9);
  expect(noiseScale).toMatchObject({ value: expect.closeTo(15, 9), resolved: true });
  expect(residuals.every(({ residual }) => Math.abs(residual) < 1e-9)).toBe(true);
});

/** Norms of gradients with 20 parameters of equal noise: |G|² = signal, tr Σ = noise. */
function drawn(signal: number, noise: number, count: number, normal: () => number): NormSample[] {
  return [1, 4, 16].map((batchSize) => ({
    batchSize,
    squaredNorms: Array.from({ length: count }, () => {
      let sum = 0;
      for (let d = 0; d < 20; d++) sum += (Math.sqrt(signal / 20) + Math.sqrt(noise / 20 / batchSize) * normal()) ** 2;
      return sum;
    }),
  }));
}

test("covers signal, noise and noise scale in about 95 % of draws", () => {
  const { normal } = random(6);
  const holds = ({ lower, upper }: { lower: number; upper: number | null }, truth: number) =>
    Number(lower <= truth && (upper === null || truth <= upper));
  let covered = [0, 0, 0];
  for (let draw = 0; draw < 400; draw++) {
    const { signal, noise, noiseScale } = fitGradientNorms(drawn(2, 20, 12, normal));
    const hits = [holds(signal, 2), holds(noise, 20), holds(noiseScale, 10)];
    covered = covered.map((count, i) => count + hits[i]!);
  }
  for (const count of covered) {
    expect(count / 400).toBeGreaterThan(0.91);
    expect(count / 400).toBeLessThan(0.985);
  }
});

test("without a signal only a lower bound of the noise scale is known, and it is kept to", () => {
  const { normal } = random(7);
  let unresolved = 0;
  for (let draw = 0; draw < 100; draw++) {
    const { noiseScale } = fitGradientNorms(drawn(0.02, 20, 12, normal));
    if (noiseScale.resolved) continue;
    unresolved++;
    expect(noiseScale).toMatchObject({ value: null, upper: null });
    expect(noiseScale.lower).toBeGreaterThan(1);
  }
  expect(unresolved).toBeGreaterThan(80);
});

test.each([
  ["one batch size", [{ batchSize: 4, squaredNorms: [1, 2] }]],
  [
    "one norm",
    [
      { batchSize: 4, squaredNorms: [1, 2] },
      { batchSize: 8, squaredNorms: [1] },
    ],
  ],
  [
    "a norm that is no number",
    [
      { batchSize: 4, squaredNorms: [1, Number.NaN] },
      { batchSize: 8, squaredNorms: [1, 1] },
    ],
  ],
  [
    "no batch",
    [
      { batchSize: 0, squaredNorms: [1, 2] },
      { batchSize: 8, squaredNorms: [1, 1] },
    ],
  ],
])("%s is refused", (_, samples) => {
  expect(() => fitGradientNorms(samples)).toThrow(UsageError);
});
