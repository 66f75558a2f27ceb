import { expect, test } from "vitest";
import type { SweepSpecification } from "../../store/studies/sweep.ts";
import type { TrialRecord } from "../../store/studies/trials.ts";
import type { SweepSetting } from "./planSweep.ts";
import { sweepResult } from "./sweepResult.ts";
import { newState, take } from "./sweepState.ts";

type Seeds = readonly (number | null)[];

/** A sweep whose settings came to these losses, seed by seed; null of one that diverged. */
function resultOf(losses: readonly Seeds[], halving: SweepSpecification["halving"] = null, metric = "validation-loss") {
  const settings = losses.map((seeds, number): SweepSetting => {
    const trialOf = (_: unknown, seed: number) =>
      ({
        key: `${number} ${seed}`,
        arm: `s${number}`,
        seed,
        stage: "sweep",
        configuration: {},
        fingerprints: {},
      }) as const;
    return { number, name: `s${number}`, values: { learningRate: number }, trials: seeds.map(trialOf) };
  });
  const specification = { metric, halving, medianStopping: false, given: {} } as unknown as SweepSpecification;
  const state = newState(settings, specification);
  const write = (number: number, seed: number, rest: Partial<TrialRecord>) =>
    take(state, {
      ...({
        trial: `${number} ${seed}`,
        arm: `s${number}`,
        seed,
        stage: "sweep",
        attempt: 1,
        run: "r",
        reason: null,
      } as const),
      ...({ state: "done", ...rest } as Pick<TrialRecord, "state">),
    });
  return { specification, state, write };
}

const outcome = (value: number, examples = 100) => ({ loss: value, accuracy: value, examples, seconds: 1 });

function whole(losses: readonly Seeds[], metric = "validation-loss") {
  const { specification, state, write } = resultOf(losses, null, metric);
  for (const [number, seeds] of losses.entries())
    for (const [seed, loss] of seeds.entries())
      write(number, seed, loss === null ? { state: "diverged" } : { result: outcome(loss) });
  return sweepResult({ specification }, state);
}

test("the best comes first, and settings with a seed that diverged last and never best", () => {
  const { settings, best } = whole([
    [3, 3.1, 2.9],
    [0.1, null, 0.1],
    [1, 1.1, 0.9],
  ]);
  expect(settings.map(({ name, state }) => [name, state])).toEqual([
    ["s2", "done"],
    ["s0", "done"],
    ["s1", "diverged"],
  ]);
  expect(best).toMatchObject({ setting: { name: "s2" }, mean: expect.closeTo(1, 10), settings: 2, alike: 0 });
});

test("of accuracies the highest is best, and an interval ends at 1", () => {
  const { best } = whole(
    [
      [0.5, 0.6, 0.4],
      [0.99, 0.9, 1],
    ],
    "validation-accuracy",
  );
  expect(best).toMatchObject({ setting: { name: "s1" }, upper: 1 });
});

test.each([
  ["cross_entropy", 0],
  ["none", 0.06 - 12.706 * 0.05],
])("an interval of the loss %s ends where that loss does", (loss, lower) => {
  const { specification, state, write } = resultOf([[0, 0]]);
  for (const [seed, value] of [0.01, 0.11].entries()) write(0, seed, { result: outcome(value) });
  const { best, settings } = sweepResult({ specification: { ...specification, given: { loss } } }, state);
  expect([best!.lower, settings[0]!.value.lower]).toEqual([expect.closeTo(lower, 3), expect.closeTo(lower, 3)]);
});

test("one seed gives a best setting without an interval, and says nothing of the others", () => {
  const { best, settings } = whole([[3], [1]]);
  expect(best).toMatchObject({ mean: 1, value: 1, lower: null, upper: null, alike: null, selectionBias: null });
  expect(settings.every(({ mayBeBest }) => mayBeBest === null)).toBe(true);
});

test("what is stopped early has no value, what it measured, and comes after those trained to the end", () => {
  const halving = { reduction: 2, rungs: [10] };
  const { specification, state, write } = resultOf([[0], [0], [0]], halving);
  for (const [number, loss] of [2, 0.5, 3].entries())
    write(number, 0, { state: "stopped", early: "rung", rung: 0, result: outcome(loss, 10) });
  write(0, 0, { rung: 1, result: outcome(1) });
  const { settings, best, curve, curveExamples } = sweepResult({ specification }, state);
  expect(settings.map(({ name, state: is, stoppedAt }) => [name, is, stoppedAt?.value.value ?? null])).toEqual([
    ["s0", "done", null],
    ["s1", "stopped", 0.5],
    ["s2", "stopped", 3],
  ]);
  expect(settings[1]!.value.value).toBeNaN();
  expect(best).toMatchObject({ setting: { name: "s0" }, value: 1, settings: 1 });
  // The curve is of the rung that all have reached.
  expect([curve.at(-1)!.expectedBest, curveExamples]).toEqual([0.5, 10]);
});
