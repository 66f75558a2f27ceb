import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { findDuplicates } from "./duplicates.ts";

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [product, first, second] = [0, 0, 0];
  for (let d = 0; d < a.length; d++) {
    product += a[d]! * b[d]!;
    first += a[d]! ** 2;
    second += b[d]! ** 2;
  }
  return product / Math.sqrt(first * second);
};

/** Groups of two or more by all pairs and repeated spreading, without any of the shortcuts. */
function byAllPairs(rows: readonly Float32Array[], threshold: number): number[][] {
  const near = (a: Float32Array, b: Float32Array) => cosine(a, b) >= threshold || a.every((x, d) => x === b[d]);
  const name = rows.map((_, i) => i);
  for (let round = 0; round < rows.length; round++)
    rows.forEach((a, i) => {
      rows.forEach((b, j) => {
        if (near(a, b)) name[i] = name[j] = Math.min(name[i]!, name[j]!);
      });
    });
  const groups = [...new Set(name)].map((label) => name.flatMap((other, i) => (other === label ? [i] : [])));
  return groups.filter(({ length }) => length > 1).sort((a, b) => b.length - a.length || a[0]! - b[0]!);
}

function features(rows: readonly Float32Array[]) {
  return { values: Float32Array.from(rows.flatMap((row) => [...row])), width: rows[0]!.length };
}

test.each([
  [0.9, 3],
  [0.99, 8],
  [0.999, 20],
  [1, 5],
])("threshold %d in %d dimensions: the groups of all pairs", (threshold, width) => {
  const { normal, integer } = random(width);
  const rows = Array.from({ length: 120 }, () => Float32Array.from({ length: width }, normal));
  // Copies of other lengths, near copies, exact copies, and rows of zeros.
  for (let i = 0; i < 20; i++) rows[integer(120)] = rows[integer(120)]!.map((x) => 2 * x);
  for (let i = 0; i < 20; i++) rows[integer(120)] = rows[integer(120)]!.map((x) => x + 0.03 * normal());
  for (let i = 0; i < 10; i++) rows[integer(120)] = rows[integer(120)]!.slice();
  rows[11] = new Float32Array(width);
  rows[60] = new Float32Array(width);
  const found = findDuplicates(features(rows), threshold);
  expect(found.map(({ examples }) => examples)).toEqual(byAllPairs(rows, threshold - 1e-6));
  for (const { examples, exact, leastCosine } of found) {
    expect(exact).toBe(examples.every((i) => rows[i]!.every((x, d) => x === rows[examples[0]!]![d])));
    expect(leastCosine).toBeGreaterThan(threshold - 2e-6);
    if (exact) expect(leastCosine).toBe(1);
  }
  expect(found.some(({ examples }) => examples.includes(11) && examples.includes(60))).toBe(true);
});

test("planted pairs among many honest examples are found, and nothing else", () => {
  const { normal } = random(7);
  const [count, width] = [3000, 32];
  const values = Float32Array.from({ length: count * width }, normal);
  const copy = (from: number, to: number, noise: number) => {
    for (let d = 0; d < width; d++) values[to * width + d] = values[from * width + d]! + noise * normal();
  };
  copy(5, 2000, 0);
  copy(17, 40, 0.05);
  copy(17, 2999, 0.05);
  expect(findDuplicates({ values, width }, 0.99)).toEqual([
    { examples: [17, 40, 2999], exact: false, leastCosine: expect.closeTo(0.998, 2) },
    { examples: [5, 2000], exact: true, leastCosine: 1 },
  ]);
});

test("a chain is one group, and nothing is nothing", () => {
  const arc = Array.from({ length: 12 }, (_, i) => Float32Array.of(Math.cos(0.1 * i), Math.sin(0.1 * i)));
  const [group, ...rest] = findDuplicates(features(arc), 0.99);
  expect(group!.examples).toEqual(arc.map((_, i) => i));
  expect(group!.leastCosine).toBeCloseTo(Math.cos(0.1), 6);
  expect(rest).toEqual([]);
  expect(findDuplicates({ values: new Float32Array(0), width: 3 }, 0.9)).toEqual([]);
  expect(findDuplicates({ values: Float32Array.of(1, 2), width: 2 }, 0.9)).toEqual([]);
});

test.each([0, -1, 1.5, Number.NaN])("a threshold of %d is refused", (threshold) => {
  const one = { values: new Float32Array(4), width: 2 };
  expect(() => findDuplicates(one, threshold)).toThrow(UsageError);
  expect(() => findDuplicates(one, threshold)).toThrow(
    /^findDuplicates: expected a threshold above 0 and at most 1, got (0|-1|1\.5|NaN); /,
  );
});
