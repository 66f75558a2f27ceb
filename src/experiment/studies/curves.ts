import type { ArmResult } from "./comparison.ts";
import { lossMean, seedMean } from "./seedMean.ts";
import type { TrialResult } from "./trialResult.ts";

/** A mean over seeds with its 95 % interval, where so many examples were seen. */
export interface CurvePoint {
  readonly examples: number;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Updates of a moving average. */
const MOVING = 10;
/** Points of a curve. */
const POINTS = 40;

/** The training loss over examples: the mean of the updates that end in each fortieth of the longest arm. */
export function trainingCurve(arm: ArmResult, most: number): CurvePoint[] {
  return binned(arm, most, ({ steps }) => steps.map(({ examples, loss }) => [examples, loss]));
}

/** The same of the moving average over ten updates; nothing for trials of fewer. */
export function smoothedCurve(arm: ArmResult, most: number): CurvePoint[] {
  return binned(arm, most, ({ steps }) =>
    steps.slice(MOVING - 1).map(({ examples }, i) => {
      const some = steps.slice(i, i + MOVING);
      return [examples, some.reduce((sum, { loss }) => sum + loss, 0) / MOVING];
    }),
  );
}

export function gradientNormCurve(arm: ArmResult, most: number): CurvePoint[] {
  return binned(arm, most, ({ steps }) => steps.map(({ examples, gradientNorm }) => [examples, gradientNorm]));
}

/** The validation loss at the points of the grid, between the two evaluations around each, and where training ended. */
export function validationCurve({ arm, trials }: ArmResult, grid: number): CurvePoint[] {
  const whole = trials.filter((trial) => trial.whole);
  if (whole.length === 0) return [];
  const most = Math.min(...whole.map(({ evaluations }) => evaluations.at(-1)?.examples ?? 0));
  const inside = Array.from({ length: Math.max(0, Math.ceil(most / grid) - 1) }, (_, i) => (i + 1) * grid);
  const places = most > 0 ? [...inside, most] : [];
  return places.flatMap((examples) => {
    const mean = lossMean(
      whole.map((trial) => lossAt(trial, examples)),
      arm.configuration.loss,
    );
    return Number.isNaN(mean.value) ? [] : [{ examples, ...mean }];
  });
}

/** The validation loss after so many examples, on the line between the evaluations around; NaN where none is before. */
export function lossAt({ evaluations }: Pick<TrialResult, "evaluations">, examples: number): number {
  const after = evaluations.findIndex((one) => one.examples >= examples);
  const [a, b] = [evaluations[after - 1], evaluations[after]];
  if (b === undefined) return Number.NaN;
  if (b.examples === examples || a === undefined) return b.examples === examples ? b.validationLoss : Number.NaN;
  const share = (examples - a.examples) / (b.examples - a.examples);
  return a.validationLoss + share * (b.validationLoss - a.validationLoss);
}

/** Where the validation loss first reaches a value, on the lines between evaluations; null where it does not. */
export function reached(
  { evaluations }: Pick<TrialResult, "evaluations">,
  loss: number,
): { readonly examples: number; readonly seconds: number } | null {
  const at = evaluations.findIndex(({ validationLoss }) => validationLoss <= loss);
  const [a, b] = [evaluations[at - 1], evaluations[at]];
  if (b === undefined) return null;
  if (a === undefined) return { examples: b.examples, seconds: b.seconds };
  const share = (a.validationLoss - loss) / (a.validationLoss - b.validationLoss);
  const between = (from: number, to: number) => from + share * (to - from);
  return { examples: between(a.examples, b.examples), seconds: between(a.seconds, b.seconds) };
}

/** Numbers that belong together, by a number. */
export type Lists = Map<number, number[]>;

/** The list of a key, which is made where there is none. */
export function listIn(lists: Lists, key: number): number[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function binned(
  { trials }: ArmResult,
  most: number,
  of: (trial: TrialResult) => (readonly [examples: number, value: number])[],
): CurvePoint[] {
  const width = most / POINTS;
  const means = trials.map((trial) => {
    const bins: Lists = new Map();
    for (const [examples, value] of of(trial)) {
      const bin = Math.min(POINTS, Math.max(1, Math.ceil(examples / width)));
      listIn(bins, bin).push(value);
    }
    return new Map([...bins].map(([bin, values]) => [bin, values.reduce((sum, one) => sum + one, 0) / values.length]));
  });
  return Array.from({ length: POINTS }, (_, i) => i + 1).flatMap((bin) => {
    const mean = seedMean(means.map((one) => one.get(bin) ?? null));
    return Number.isNaN(mean.value) ? [] : [{ examples: Math.round(bin * width), ...mean }];
  });
}
