import { expect, test } from "vitest";
import { initialLossScale, type LossScale, nextLossScale } from "./lossScale.ts";

/** What torch.amp.GradScaler's scale is after these steps: "!" overflowed, a number of clean ones. */
function after(steps: readonly ("!" | number)[], start: LossScale = initialLossScale): LossScale {
  let state = start;
  for (const step of steps) {
    if (step === "!") state = nextLossScale(state, false);
    else for (let i = 0; i < step; i++) state = nextLossScale(state, true);
  }
  return state;
}

test.each([
  ["starts at 65536", [], 65536, 0],
  ["waits for 2000 clean steps", [1999], 65536, 1999],
  ["then doubles and counts anew", [2000], 131072, 0],
  ["halves on overflow, twice in a row", ["!", "!"], 16384, 0],
  ["an overflow makes clean steps count from 0", [1999, "!", 1999], 32768, 1999],
  ["and 2000 later the scale is back", [1999, "!", 2000], 65536, 0],
  ["doubles again and again", [6000], 524288, 0],
] as const)("%s", (_, steps, scale, cleanSteps) => {
  expect(after(steps)).toEqual({ scale, cleanSteps });
});

test("never grows beyond float32, and starts counting again", () => {
  expect(after([2000], { scale: 2 ** 127, cleanSteps: 0 })).toEqual({ scale: 2 ** 127, cleanSteps: 0 });
});
