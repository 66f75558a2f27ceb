import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { benjaminiHochberg, holm } from "./pValues.ts";

const { uniform } = random(1);
const draws = Array.from({ length: 30 }, (_, i) => Array.from({ length: i + 1 }, () => uniform() ** 3));

test("Benjamini and Hochberg reject what the step-up rule rejects, at every level", () => {
  for (const p of draws) {
    const adjusted = benjaminiHochberg(p);
    for (const level of [0.01, 0.05, 0.2, 0.7]) {
      const sorted = p.toSorted((a, b) => a - b);
      const last = sorted.findLastIndex((value, rank) => value <= (level * (rank + 1)) / p.length);
      p.forEach((value, i) => {
        expect(adjusted[i]! <= level).toBe(last >= 0 && value <= sorted[last]!);
      });
    }
  }
});

test("Holm rejects what the step-down rule rejects, at every level", () => {
  for (const p of draws) {
    const adjusted = holm(p);
    for (const level of [0.01, 0.05, 0.2, 0.7]) {
      const sorted = p.toSorted((a, b) => a - b);
      const failed = sorted.findIndex((value, rank) => value > level / (p.length - rank));
      p.forEach((value, i) => {
        expect(adjusted[i]! <= level).toBe(failed < 0 || value < sorted[failed]!);
      });
    }
  }
});

test("the values of R's p.adjust", () => {
  const p = [0.01, 0.02, 0.03, 0.04, 0.05];
  expect(benjaminiHochberg(p)).toEqual([0.05, 0.05, 0.05, 0.05, 0.05].map((value) => expect.closeTo(value, 12)));
  expect(holm(p)).toEqual([0.05, 0.08, 0.09, 0.09, 0.09].map((value) => expect.closeTo(value, 12)));
  expect([benjaminiHochberg([]), holm([])]).toEqual([[], []]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});
