import { describe, expect, test } from "vitest";
import { DataError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { blockSplit, groupSplit, randomSplit, type Split } from "./split.ts";

/** Disjoint and complete, however the training examples are ordered. */
function expectPartition({ train, validation }: Split, size: number) {
  expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
  expect([...validation]).toEqual([...validation].sort((a, b) => a - b));
}

const generator = random(7);
const scenes = Array.from({ length: 60 }, (_, seed) => {
  const size = 2 + generator.integer(120);
  const classes = 1 + generator.integer(6);
  return { seed, size, fraction: 0.05 + 0.9 * generator.uniform(), classes };
}).filter(({ size, fraction }) => Math.round(size * fraction) >= 1 && Math.round(size * fraction) < size);

describe("randomSplit", () => {
  test.each(scenes)("is a partition of the right size: %o", ({ seed, size, fraction }) => {
    const split = randomSplit(size, fraction, seed);
    expectPartition(split, size);
    expect(split.validation.length).toBe(Math.round(size * fraction));
    expect(randomSplit(size, fraction, seed)).toEqual(split);
  });

  test.each(scenes.filter(({ size, classes }) => size > 4 * classes))(
    "takes of every class the same fraction, within one example: %o",
    ({ seed, size, fraction, classes }) => {
      const labels = Int32Array.from({ length: size }, (_, i) => (i < classes ? i : generator.integer(classes)));
      const split = randomSplit(size, fraction, seed, labels);
      expectPartition(split, size);
      for (let label = 0; label < classes; label++) {
        const count = labels.filter((other) => other === label).length;
        const validating = split.validation.filter((i) => labels[i] === label).length;
        expect(Math.abs(validating - count * fraction)).toBeLessThan(1);
        expect(validating).toBeLessThan(count);
      }
    },
  );

  test("different seeds give different splits, and the training examples are shuffled", () => {
    const [a, b] = [randomSplit(100, 0.2, 0), randomSplit(100, 0.2, 1)];
    expect(a.validation).not.toEqual(b.validation);
    expect(a.train).not.toEqual(a.train.toSorted());
  });
});

describe("groupSplit", () => {
  const cases = Array.from({ length: 40 }, (_, seed) => ({
    seed,
    sizes: Array.from({ length: 2 + generator.integer(9) }, () => 1 + generator.integer(20)),
    fraction: 0.1 + 0.7 * generator.uniform(),
  }));

  test.each(cases)("keeps groups whole and comes as near as any choice of groups: %o", ({ seed, sizes, fraction }) => {
    const groups = sizes.flatMap((size, group) => Array<string>(size).fill(`g${group}`));
    const wanted = Math.round(groups.length * fraction);
    if (wanted < 1 || wanted >= groups.length) return;
    const split = groupSplit(groups, fraction, seed);
    expectPartition(split, groups.length);
    const [train, validation] = [split.train, split.validation].map((side) => new Set([...side].map((i) => groups[i])));
    expect([...validation!].filter((group) => train!.has(group))).toEqual([]);
    // Every choice of some but not all groups.
    const distances = Array.from({ length: 2 ** sizes.length - 2 }, (_, choice) =>
      Math.abs(sizes.reduce((sum, size, i) => sum + (((choice + 1) >> i) & 1 ? size : 0), 0) - wanted),
    );
    expect(Math.abs(split.validation.length - wanted)).toBe(Math.min(...distances));
  });

  test("of more groups than can be searched takes whole ones up to the fraction", () => {
    const groups = Array.from({ length: 20_000 }, (_, i) => `g${Math.floor(i / 4)}`);
    const split = groupSplit(groups, 0.2, 3);
    expectPartition(split, groups.length);
    expect(split.validation.length).toBe(4000);
    const validation = new Set([...split.validation].map((i) => groups[i]));
    expect([...split.train].some((i) => validation.has(groups[i]!))).toBe(false);
  });

  test("of many groups that are all too large takes one of the smallest", () => {
    const groups = Array.from({ length: 12_000 }, (_, i) => `g${Math.max(2, Math.floor(i / 2))}`);
    const { validation } = groupSplit(groups, 1 / 12_000, 1);
    expect(validation.length).toBe(2);
    expectPartition(groupSplit(groups, 1 / 12_000, 1), groups.length);
  });

  test("one group cannot be split", () => {
    expect(() => groupSplit(["a", "a", "a"], 0.5, 0)).toThrow(DataError);
    expect(() => groupSplit(["a", "a", "a"], 0.5, 0)).toThrow("`splitBy`: expected at least 2 groups, got 1;");
  });
});

test("blocks follow one another with a gap between them", () => {
  const split = blockSplit(10, 0.3, 2);
  expect([[...split.train], [...split.validation]]).toEqual([
    [0, 1, 2, 3, 4],
    [7, 8, 9],
  ]);
  expectPartition(blockSplit(10, 0.3, 0), 10);
  expect(() => blockSplit(10, 0.3, 7)).toThrow("`splitBlock`: expected a whole number from 0 to 6, got 7;");
  expect(() => blockSplit(10, 0.3, 1.5)).toThrow(UsageError);
});

test.each([0, 1, -0.5, Number.NaN])("the fraction %d is refused", (fraction) => {
  expect(() => randomSplit(10, fraction, 0)).toThrow(
    `\`validationSplit\`: expected a number above 0 and below 1, got ${fraction}; change it`,
  );
});

test("a side without examples is refused", () => {
  expect(() => randomSplit(2, 0.2, 0)).toThrow(/^`validationSplit`: expected a fraction that leaves .* got 0.2 of 2; /);
  expect(() => randomSplit(4, 0.25, 0, [0, 1, 2, 3])).toThrow(
    /expected a class with at least 2 examples, got 4 classes/,
  );
});
