import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { noiseScale } from "./noiseScale.ts";
import { examplesToResolve } from "./resolution.ts";

const spread = Array.from({ length: 24 }, (_, d) => (d + 1) ** -0.5);
const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);
const trace = sum(spread.map((s) => s ** 2));
const alike = (rows: number) => Array<number>(rows).fill(8);

function draw(rows: number, scale: number, normal: () => number) {
  const signal = Math.sqrt(trace / scale / spread.length);
  const vectors = alike(rows).map((count) =>
    Float64Array.from(spread, (s) => signal + (s / Math.sqrt(count)) * normal()),
  );
  return gramOfRows(vectors, alike(rows));
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** From the planted G and Σ: Var|Ĝ|² = 4 GᵀΣG/n + 2 tr(Σ²)/n² and Var trΣ̂ = 2 tr(Σ²)/K, by bisection over n. */
function planted(scale: number, tolerance: number): number {
  const squareTrace = sum(spread.map((s) => s ** 4));
  const squaredNorm = trace / scale;
  const along = (squaredNorm * trace) / spread.length;
  const relative = (n: number) =>
    (4 * along) / n / squaredNorm ** 2 +
    (2 * squareTrace) / n ** 2 / squaredNorm ** 2 +
    (2 * squareTrace * 8) / n / trace ** 2;
  let [low, high] = [1, 1e9];
  while (high / low > 1 + 1e-9) {
    const middle = Math.sqrt(low * high);
    if (1.96 * Math.sqrt(relative(middle)) > tolerance) low = middle;
    else high = middle;
  }
  return low;
}

test.each([
  [20, 64],
  [60, 128],
])("a noise scale of %d is foreseen from %d rows as theory has it", (scale, rows) => {
  const { normal } = random(1);
  const needed = Array.from({ length: 80 }, () => examplesToResolve(draw(rows, scale, normal), 0.2));
  const truth = planted(scale, 0.2);
  expect(median(needed.map(({ value }) => value)) / truth).toBeGreaterThan(0.8);
  expect(median(needed.map(({ value }) => value)) / truth).toBeLessThan(1.25);
  const covered = needed.filter(({ lower, upper }) => lower <= truth && truth <= upper).length;
  expect(covered).toBeGreaterThan(73);
  expect(median(needed.map(({ upper, lower }) => upper / lower))).toBeLessThan(12);
});

test("as many examples as foreseen do resolve it to ± 20 %", () => {
  const { normal } = random(2);
  const scale = 20;
  const needed = median(Array.from({ length: 40 }, () => examplesToResolve(draw(48, scale, normal), 0.2).value));
  const draws = Array.from({ length: 200 }, () => noiseScale(draw(Math.round(needed / 8), scale, normal)).value);
  const within = draws.filter((value) => Math.abs(scale / value - 1) < 0.2).length / 200;
  expect(within).toBeGreaterThan(0.9);
  expect(within).toBeLessThan(0.995);
});

test("an unresolved noise scale promises nothing, and edges are plain", () => {
  const { normal } = random(3);
  const hidden = Array.from({ length: 40 }, () => examplesToResolve(draw(16, 2000, normal), 0.2));
  expect(hidden.filter(({ upper }) => upper === Number.POSITIVE_INFINITY).length).toBeGreaterThan(30);
  expect(hidden.some(({ value }) => Number.isNaN(value))).toBe(true);
  for (const { lower } of hidden) expect(lower).toBeGreaterThan(64);
  const same = gramOfRows(
    alike(5).map(() => Float64Array.of(1, 2)),
    alike(5),
  );
  expect(examplesToResolve(same, 0.2)).toEqual({ value: 0, lower: 0, upper: 0 });
  const nothing = { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  expect(examplesToResolve(draw(2, 5, normal), 0.2)).toEqual(nothing);
});

test.each([0, 1, -1, Number.NaN])("a tolerance of %d is refused", (tolerance) => {
  const gram = draw(8, 5, random(4).normal);
  expect(() => examplesToResolve(gram, tolerance)).toThrow(UsageError);
  expect(() => examplesToResolve(gram, tolerance)).toThrow(
    /^examplesToResolve: expected a tolerance between 0 and 1, got (0|1|-1|NaN); /,
  );
});
