import { expect, test } from "vitest";
import { stepRecord } from "../../test/scratchStore.ts";
import { thinnedSteps } from "./thinnedSteps.ts";

function thinned(losses: readonly number[], most: number) {
  const thin = thinnedSteps(most);
  for (const [i, loss] of losses.entries()) thin.add(stepRecord(i + 1, loss));
  return thin.steps();
}

const losses = (count: number) => Array.from({ length: count }, (_, i) => 1 / (1 + i));

test.each([0, 1, 5, 63, 64])("all of %i steps are kept", (count) => {
  expect(thinned(losses(count), 64)).toEqual(losses(count).map((loss, i) => stepRecord(i + 1, loss)));
});

test("of more, about as many are kept as are asked for, with the ends and every extreme, in order", () => {
  const values = losses(10_001);
  [values[1234], values[7777]] = [99, -99];
  const steps = thinned(values, 64);
  expect(steps.length).toBeLessThanOrEqual(66);
  expect(steps.length).toBeGreaterThan(16);
  expect([steps[0]!.step, steps.at(-1)!.step]).toEqual([1, 10_001]);
  expect(steps.map(({ loss }) => loss)).toEqual(expect.arrayContaining([99, -99]));
  expect(steps.map(({ step }) => step)).toEqual(steps.map(({ step }) => step).toSorted((a, b) => a - b));
});
