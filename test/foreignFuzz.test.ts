import { expect, test } from "vitest";
import { compareMutated, type Outcome } from "./foreignFuzz.ts";

const CASES = 200;

/** Flipped bits, cuts, splices and fields of nonsense; scripts/fuzzModels.ts runs as many more as one likes. */
test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  "mutated models are refused in our own words or taken by both, part %d",
  async (part) => {
    const outcomes = new Map<Outcome, number>();
    const taken: string[] = [];
    for (let index = part * CASES; index < (part + 1) * CASES; index++) {
      const { outcome, refusal } = await compareMutated(index);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (refusal !== undefined) taken.push(`${index}: ${refusal}`);
    }
    expect(taken).toEqual([]);
    // Mutations that were all caught by the first check, or by none, would test nothing.
    expect([...outcomes.keys()].sort()).toEqual(["DataError", "ShapeError", "UnsupportedError", "built"]);
  },
);
