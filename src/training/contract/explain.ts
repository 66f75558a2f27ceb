import type { Evidence, TrainingFindingKind } from "../../store/trainingFindings.ts";
import { isRight, judgeStep, type StepJudgement } from "./judgeStep.ts";
import type { Probe, Sample } from "./probe.ts";
import type { StepAgain, StepNumbers } from "./stepAgain.ts";

/** An update that is not the one that the optimizer should have made. */
export interface WrongStep {
  readonly probe: Probe;
  readonly before: Sample;
  readonly after: Sample;
  readonly expected: Sample;
  readonly judged: StepJudgement;
  readonly numbers: StepNumbers;
  readonly again: StepAgain;
  readonly microBatches: number;
}

interface Explanation {
  readonly kind: TrainingFindingKind;
  readonly evidence: readonly Evidence[];
  readonly parameters?: readonly string[];
}

/** What went wrong, as far as a step that is taken again in another way shows it. */
export async function explain(wrong: WrongStep): Promise<Explanation[]> {
  const { still, moved, otherwise } = wrong.judged;
  const count = (names: readonly string[]): Evidence => ({
    name: "parametersWrong",
    value: names.length,
    unit: "parameters",
    threshold: 0,
  });
  return [
    ...(still.length > 0 ? [{ kind: "frozen-parameters", evidence: [count(still)], parameters: still } as const] : []),
    ...(moved.length > 0
      ? [{ kind: "moved-without-gradient", evidence: [count(moved)], parameters: moved } as const]
      : []),
    ...(otherwise.length > 0
      ? [
          (await supposed(wrong)) ??
            ({ kind: "update-mismatch", evidence: [count(otherwise), stride(wrong)], parameters: otherwise } as const),
        ]
      : []),
  ];
}

/** The first supposition under which the step is right. */
async function supposed(wrong: WrongStep): Promise<Explanation | undefined> {
  for (const { kind, evidence, numbers, from, twice } of suppositions(wrong)) {
    const once = await wrong.again(from ?? wrong.before, numbers);
    const expected = twice ? await wrong.again({ ...once, sums: wrong.before.sums }, twice) : once;
    if (isRight(judgeStep(wrong.probe, wrong.before, wrong.after, expected))) return { kind, evidence };
  }
  return undefined;
}

interface Supposition {
  readonly kind: TrainingFindingKind;
  readonly evidence: readonly Evidence[];
  readonly numbers: StepNumbers;
  /** Other arrays before the step. */
  readonly from?: Sample;
  /** The numbers of a second step after it. */
  readonly twice?: StepNumbers;
}

function suppositions({ before, after, expected, numbers, microBatches: k }: WrongStep): Supposition[] {
  const { weight, step, learningRate } = numbers;
  const dividing = [weight * k, weight * weight, weight / k, 1, k].filter((one) => one !== weight && one > 0);
  const counting = [step - 1, step + 1, step * k, 1].filter((one) => one !== step && one > 0);
  const empty = Object.fromEntries(
    Object.entries(before.moments).map(([name, { length }]) => [name, new Float32Array(length)]),
  );
  const rate = learningRate * ratio(before, after, expected);
  const stepped = (value: number): Evidence => ({ name: "optimizerSteps", value, unit: "updates", threshold: step });
  return [
    ...dividing.map((other) => ({
      kind: "accumulation-divided-twice" as const,
      evidence: [{ name: "dividedBy", value: other, unit: "" as const, threshold: weight }],
      numbers: { ...numbers, weight: other },
    })),
    { kind: "optimizer-state", evidence: [stepped(step + 1)], numbers, twice: { ...numbers, step: step + 1 } },
    { kind: "optimizer-state", evidence: [stepped(step + 1)], numbers, twice: numbers },
    ...counting.map((other) => ({
      kind: "optimizer-state" as const,
      evidence: [stepped(other)],
      numbers: { ...numbers, step: other },
    })),
    {
      kind: "optimizer-state",
      evidence: [{ name: "momentsForgotten", value: 0, unit: "" }],
      numbers,
      from: { ...before, moments: empty },
    },
    {
      kind: "schedule-step",
      evidence: [{ name: "learningRate", value: rate, unit: "", threshold: learningRate }],
      numbers: { ...numbers, learningRate: rate },
    },
  ];
}

/** Of the step that was made to the one that should have been, by least squares. */
function ratio(before: Sample, after: Sample, expected: Sample): number {
  let [product, square] = [0, 0];
  for (const [i, from] of before.parameters.entries()) {
    const own = expected.parameters[i]! - from;
    product += own * (after.parameters[i]! - from);
    square += own * own;
  }
  return square > 0 ? product / square : 1;
}

function stride({ before, after, expected }: WrongStep): Evidence {
  return { name: "strideRatio", value: ratio(before, after, expected), unit: "", threshold: 1 };
}
