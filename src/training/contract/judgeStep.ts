import type { Probe, ProbePart, Sample } from "./probe.ts";

/** How the parameters moved, by the names of those that did not move as they should. */
export interface StepJudgement {
  /** Should have moved and did not, in no coordinate. */
  readonly still: readonly string[];
  /** Should have stayed and moved. */
  readonly moved: readonly string[];
  /** Moved, but not as the optimizer's step says, or the optimizer's arrays did. */
  readonly otherwise: readonly string[];
}

/** Of the step's own length and of the number that it is added to; kernels of other lengths round otherwise. */
const [SHARE, ROUNDING] = [1e-3, 4 * 2 ** -23];

/**
 * Compares the probe after an update with what `expected`, the same step taken again, says. An optimizer that takes
 * norms is followed on some parameters alone: of the others only those that a gradient did not move, or that moved
 * although they are frozen, are told.
 */
export function judgeStep(probe: Probe, before: Sample, after: Sample, expected: Sample): StepJudgement {
  const found = { still: [] as string[], moved: [] as string[], otherwise: [] as string[] };
  for (const part of probe.parts) {
    const judged = judgePart(part, before, after, expected);
    if (judged !== "right") found[judged].push(part.name);
  }
  return found;
}

function judgePart(part: ProbePart, before: Sample, after: Sample, expected: Sample) {
  const from = before.parameters;
  const didMove = some(part, (i) => after.parameters[i] !== from[i] && !bothNaN(after.parameters[i]!, from[i]!));
  if (part.frozen) return didMove ? "moved" : "right";
  // A norm, weight decay and momentum decide how far; that it moves at all is known, but not that it must.
  if (!part.stepped) return "right";
  const arrays = [
    [from, after.parameters, expected.parameters] as const,
    ...Object.keys(before.moments).map(
      (name) => [before.moments[name]!, after.moments[name]!, expected.moments[name]!] as const,
    ),
  ];
  if (arrays.every(([a, b, c]) => !some(part, (i) => isOff(a[i]!, b[i]!, c[i]!)))) return "right";
  const shouldMove = some(part, (i) => isOff(from[i]!, from[i]!, expected.parameters[i]!));
  if (shouldMove && !didMove) return "still";
  return didMove && !shouldMove ? "moved" : "otherwise";
}

/** Whether a number that was `from` and should be `expected` is not. */
function isOff(from: number, after: number, expected: number): boolean {
  if (bothNaN(after, expected)) return false;
  const allowed = SHARE * Math.abs(expected - from) + ROUNDING * Math.max(Math.abs(from), Math.abs(expected));
  // Also where one of them is no number.
  return after !== expected && !(Math.abs(after - expected) <= allowed);
}

const bothNaN = (a: number, b: number) => Number.isNaN(a) && Number.isNaN(b);

function some({ start, end }: ProbePart, holds: (i: number) => boolean): boolean {
  for (let i = start; i < end; i++) if (holds(i)) return true;
  return false;
}

/** Whether every part moved as the step says. */
export function isRight({ still, moved, otherwise }: StepJudgement): boolean {
  return still.length + moved.length + otherwise.length === 0;
}
