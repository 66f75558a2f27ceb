import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { defaultFolds, examplesOf, foldUnits, stratifiedFolds } from "./folds.ts";

const place = { seed: 3, stream: 3 };
const alone = (size: number) => Uint32Array.from({ length: size }, (_, i) => i);

test("every fold has of every class as many as whole examples allow, and all are as large", () => {
  const generator = random(1);
  const labels = Int32Array.from({ length: 503 }, () => Math.floor(generator.uniform() ** 2 * 7));
  const foldOf = stratifiedFolds(labels, alone(503), 4, place);
  const count = (holds: (i: number) => boolean) => [...foldOf.keys()].filter(holds).length;
  for (let fold = 0; fold < 4; fold++) {
    expect(Math.abs(count((i) => foldOf[i] === fold) - 503 / 4)).toBeLessThan(1);
    for (let label = 0; label < 7; label++) {
      const all = count((i) => labels[i] === label);
      expect(Math.abs(count((i) => foldOf[i] === fold && labels[i] === label) - all / 4)).toBeLessThan(1);
    }
  }
  expect(stratifiedFolds(labels, alone(503), 4, place)).toEqual(foldOf);
  expect(stratifiedFolds(labels, alone(503), 4, { ...place, seed: 4 })).not.toEqual(foldOf);
});

test("copies, and rows that belong together, share a fold", () => {
  const copyOf = alone(40);
  copyOf[17] = 2;
  copyOf[39] = 2;
  const labels = copyOf.map((_, i) => i % 2);
  const foldOf = stratifiedFolds(labels, copyOf, 5, place);
  expect([foldOf[17], foldOf[39]]).toEqual([foldOf[2], foldOf[2]]);
  const cells = Array.from(copyOf, (_, i) => `patient ${i % 12}`);
  const units = foldUnits(copyOf, cells);
  // 17 is of patient 5 and a copy of 2, of patient 2: a model that saw patient 2 has seen it.
  expect([units[17], units[14], units[26], units[5]]).toEqual([2, 2, 2, 5]);
  const together = stratifiedFolds(labels, units, 3, place);
  for (const i of cells.keys()) if (i !== 17 && i !== 39) expect(together[i]).toBe(together[i % 12]);
});

test("the examples of a fold and of all others are all examples", () => {
  const foldOf = Uint8Array.of(0, 1, 2, 0, 1);
  expect([...examplesOf(foldOf, (fold) => fold === 0)]).toEqual([0, 3]);
  expect([...examplesOf(foldOf, (fold) => fold !== 0)]).toEqual([1, 2, 4]);
});

test.each([
  [40, 5],
  [10, 5],
  [9, 4],
  [4, 2],
  [3, 2],
])("%d different examples are divided into %d folds by default", (size, folds) => {
  const copies = Uint32Array.of(...alone(size), 0, 0);
  expect(defaultFolds(copies)).toBe(folds);
});

test("fewer than four examples have no folds, whatever is asked for", () => {
  expect(() => stratifiedFolds(new Int32Array(3), alone(3), 2, place)).toThrow(
    "inspect-data: expected at least 4 different examples, two for each fold, got 3; add others, or raise `limitExamples`",
  );
});

test.each([1, 2.5, 6, 300])("%d folds of 10 examples are refused", (folds) => {
  const divide = () => stratifiedFolds(new Int32Array(10), alone(10), folds, place);
  expect(divide).toThrow(UsageError);
  expect(divide).toThrow(
    `\`folds\`: expected a whole number from 2 to 5 for 10 different examples, got ${folds}; change it`,
  );
});
