import { expect, test } from "vitest";
import { laterSeed, random, restore, scatteredSeed } from "./random.ts";

const seeds = Array.from({ length: 2000 }, (_, seed) => seed);

// Small seeds are what people use: their first numbers must be as scattered as any.
test.each([0, 1, 7])("the first numbers of seeds 0 … 1999 are spread evenly, stream %i", (stream) => {
  const firsts = seeds.map((seed) => random(seed, stream).uniform());
  const counts = Array<number>(10).fill(0);
  for (const first of firsts) counts[Math.floor(first * 10)]!++;
  // χ² with 9 degrees of freedom: above 27.9 once in a thousand.
  const expected = seeds.length / 10;
  expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(27.9);
});

test("neighbouring seeds and the streams of one seed are unrelated", () => {
  const draws = (seed: number, stream: number) => {
    const { normal } = random(seed, stream);
    return Array.from({ length: 200 }, normal);
  };
  const correlation = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, i) => sum + x * b[i]!, 0) / a.length;
  const pairs = seeds
    .slice(0, 200)
    .flatMap((seed) => [correlation(draws(seed, 0), draws(seed + 1, 0)), correlation(draws(seed, 0), draws(seed, 1))]);
  // Each has standard deviation 1/√200 = 0.07; of 400 the largest is near 0.21.
  expect(Math.max(...pairs.map(Math.abs))).toBeLessThan(0.32);
});

/** The largest mean, over seeds 4k, of the product of four numbers at one place of the streams 4k, …, 4k + 3. */
function foursDepend(seedOf: (seed: number) => number): number {
  const [fours, places] = [1000, 70];
  const sums = new Float64Array(places);
  for (let four = 0; four < fours; four++) {
    const streams = [0, 1, 2, 3].map((i) => random(seedOf(4 * four + i)));
    for (let place = 0; place < places; place++)
      sums[place]! += streams.reduce((product, { uniform }) => product * Math.sqrt(12) * (uniform() - 0.5), 1) / fours;
  }
  return Math.max(...sums.map(Math.abs));
}

test("streams of four neighbouring seeds depend on one another, of scattered seeds they do not", () => {
  // Each mean of independent ones has a standard deviation of 1/√1000 = 0.032.
  expect(foursDepend(scatteredSeed)).toBeLessThan(0.14);
  expect(foursDepend((seed) => seed)).toBeGreaterThan(0.14);
});

test("scattered seeds are 32 bits, and no two the same", () => {
  const scattered = [...seeds, 2 ** 31, 2 ** 32 - 1].map(scatteredSeed);
  expect(new Set(scattered).size).toBe(seeds.length + 2);
  expect(scattered.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  // Of MurmurHash3's reference implementation.
  expect([1, 2].map(scatteredSeed)).toEqual([0x514e28b7, 0x30f4c306]);
});

test("a permutation holds every number once, and the state goes on with the next number", () => {
  const source = random(3);
  expect([...source.permutation(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  const copy = restore(source.state());
  expect([copy.uniform(), copy.normal(), copy.integer(9)]).toEqual([
    source.uniform(),
    source.normal(),
    source.integer(9),
  ]);
});

test("normal numbers have mean 0 and variance 1", () => {
  const { normal } = random(11);
  const draws = Array.from({ length: 20_000 }, normal);
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
});

test.each([
  [0, 0, 0],
  [7, 2, 9],
  [2 ** 32 - 2, 1, 2 ** 32 - 1],
  [2 ** 32 - 1, 1, 0],
  [2 ** 32 - 1, 2 ** 32, 2 ** 32 - 1],
])("behind seed %i, %i places on, comes %i", (first, place, seed) => {
  expect(laterSeed(first, place)).toBe(seed);
});
