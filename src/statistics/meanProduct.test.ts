import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { gramOfRows } from "./gramOfRows.ts";
import { meanProduct } from "./meanProduct.ts";
import { studentTQuantile, studentTTail } from "./studentT.ts";

const width = 20;
const along = (axis: number, size: number) => Array.from({ length: width }, (_, d) => (d === axis ? size : 0));
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Two groups of `size` rows around mean gradients, noise of unit size in every direction. */
function draw(size: number, means: readonly (readonly number[])[], normal: () => number) {
  const rows = means.flatMap((center) =>
    Array.from({ length: size }, () => Float64Array.from(center, (x) => x + normal())),
  );
  const of = (group: number) => Array.from({ length: size }, (_, k) => group * size + k);
  const gram = gramOfRows(
    rows,
    rows.map(() => 4),
  );
  return meanProduct(gram, of(0), of(1));
}

test("the estimate is the product of the weighed means", () => {
  const rows = [
    [1, 2],
    [3, -1],
    [-2, 0],
    [0, 5],
  ];
  const gram = gramOfRows(
    rows.map((row) => Float64Array.from(row)),
    [1, 3, 2, 2],
  );
  // (1·[1, 2] + 3·[3, −1])/4 = [2.5, −0.25], and [−1, 2.5].
  const { product, p } = meanProduct(gram, [0, 1], [2, 3]);
  expect(product.value).toBeCloseTo(-2.5 - 0.625, 12);
  expect(product.lower + product.upper).toBeCloseTo(2 * product.value, 12);
  expect(p).toBeLessThan(0.5);
  expect(meanProduct(gram, [0], [2, 3])).toEqual({
    product: { value: -1 + 5, lower: Number.NaN, upper: Number.NaN },
    p: 1,
  });
});

/** 1500 draws of 5 % have a standard error of 0.6 %. */
test.each([
  ["at a right angle", along(0, 1), along(1, 1), 0.03, 0.07],
  ["without a mean gradient", along(0, 0), along(1, 0), 0.02, 0.06],
  ["of one direction", along(0, 1), along(0, 1), 0, 0.01],
])("groups %s are seldom called opposed", (_, first, second, low, high) => {
  const { normal } = random(1);
  const found = Array.from({ length: 1500 }, () => draw(8, [first, second], normal));
  const alarms = mean(found.map(({ p }) => Number(p <= 0.05)));
  expect(alarms).toBeGreaterThanOrEqual(low);
  expect(alarms).toBeLessThanOrEqual(high);
  const truth = first.reduce((sum, x, d) => sum + x * second[d]!, 0);
  const covered = mean(found.map(({ product: { lower, upper } }) => Number(lower <= truth && truth <= upper)));
  expect(covered).toBeGreaterThan(0.93);
});

test("opposed groups are found", () => {
  const { normal } = random(2);
  const found = Array.from({ length: 200 }, () => draw(8, [along(0, 2), along(0, -2)], normal));
  expect(mean(found.map(({ p }) => Number(p <= 0.05)))).toBeGreaterThan(0.9);
  expect(mean(found.map(({ product }) => product.value))).toBeCloseTo(-4, 0);
});

test("rows that agree to the last digit leave no doubt", () => {
  const gram = gramOfRows(
    [1, 1, -1, -1].map((x) => Float64Array.of(x)),
    [1, 1, 1, 1],
  );
  expect(meanProduct(gram, [0, 1], [2, 3])).toEqual({ product: { value: -1, lower: -1, upper: -1 }, p: 0 });
});

test("error, interval and p are those of a slower calculation", () => {
  const { normal } = random(9);
  const [sizeA, sizeB] = [5, 7];
  for (let draw = 0; draw < 20; draw++) {
    const rows = Array.from({ length: sizeA + sizeB }, () => Array.from({ length: width }, () => 0.1 + normal()));
    const gram = gramOfRows(
      rows.map((row) => Float64Array.from(row)),
      rows.map(() => 4),
    );
    const [a, b] = [rows.slice(0, sizeA), rows.slice(sizeA)];
    const { product, p } = meanProduct(
      gram,
      a.map((_, k) => k),
      b.map((_, l) => sizeA + l),
    );
    const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, d) => sum + value * y[d]!, 0);
    const centre = (some: readonly (readonly number[])[]) => some[0]!.map((_, d) => mean(some.map((row) => row[d]!)));
    const variance = (values: readonly number[]) =>
      values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1);
    const [meanA, meanB] = [centre(a), centre(b)];
    const less = (row: readonly number[], middle: readonly number[]) => row.map((x, d) => x - middle[d]!);
    const both = a.flatMap((x) => b.map((y) => dot(less(x, meanA), less(y, meanB)) ** 2));
    const [ofA, ofB] = [variance(a.map((x) => dot(x, meanB))) / sizeA, variance(b.map((y) => dot(meanA, y))) / sizeB];
    // tr(Σ_aΣ_b)/(n_a n_b)
    const shared = both.reduce((sum, x) => sum + x, 0) / ((sizeA - 1) * (sizeB - 1) * sizeA * sizeB);
    const error = Math.sqrt(Math.max(ofA + ofB - shared, ofA, ofB));
    const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (sizeA - 1) + ofB ** 2 / (sizeB - 1));
    expect(product.value).toBeCloseTo(dot(meanA, meanB), 10);
    expect(product.upper - product.value).toBeCloseTo(studentTQuantile(0.95, freedom) * error, 10);
    expect(product.value - product.lower).toBeCloseTo(product.upper - product.value, 10);
    const tail = studentTTail(product.value / error, freedom) / 2;
    expect(p).toBeCloseTo(product.value < 0 ? tail : 1 - tail, 10);
  }
});
