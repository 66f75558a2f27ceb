import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { mostOf, trialWindow } from "./batchSize.ts";

test.each<[number, number | undefined, boolean, number[]]>([
  [8, undefined, false, [8]],
  [8, undefined, true, [8]],
  [8, 64, false, [8, 8, 8]],
  [8, 20, false, [8, 8, 4]],
  [8, 44, false, [8, 8, 8, 4]],
  [8, 44, true, [8, 8, 8, 8, 8, 4]],
  [8, 8, true, [8]],
])("a trial of %i with target %j, whole: %s, has the windows that train makes: %j", (size, target, whole, window) => {
  expect(trialWindow(size, target, { examples: 100, whole })).toEqual(window);
});

test("no size beyond the examples, the maximum or the target; no target beyond the examples", () => {
  expect([mostOf(120, { maximum: 500 }), mostOf(120, { maximum: 8 }), mostOf(120, { target: 6, maximum: 8 })]).toEqual([
    120, 8, 6,
  ]);
  expect(() => mostOf(120, { target: 121, maximum: 8 })).toThrow(UsageError);
});
