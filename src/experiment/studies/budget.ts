import type { Accumulation } from "../../session/options/accumulation.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import type { StudyBudget } from "../../store/studies/study.ts";
import { option, UsageError } from "../../tensor/errors.ts";

/** An arm that was checked, with what its length depends on. */
export interface SizedArm {
  readonly name: string;
  readonly configuration: TrainConfiguration;
  readonly accumulation: Accumulation;
  /** Training examples. */
  readonly examples: number;
}

const kinds = ["updates", "examples", "seconds", "target-loss"] as const;

/** What `updates=100` says. Throws `UsageError` for what is no budget. */
export function parseBudget(text: string): StudyBudget {
  const [, name, digits] = /^([a-z-]+)=(.+)$/.exec(text.trim()) ?? [];
  const kind = kinds.find((one) => one === name);
  const value = Number(digits);
  const isCount = kind === "updates" || kind === "examples";
  if (kind && Number.isFinite(value) && (kind === "target-loss" || value > 0) && (!isCount || Number.isInteger(value)))
    return sensible({ kind, value }, text);
  throw new UsageError(
    `${option("budget")}: expected updates=N, examples=N, seconds=S or target-loss=X, got ${JSON.stringify(text)}; write for example examples=10000`,
  );
}

/** As many examples as `train` would show to the arm that is told to see fewest. */
export function usualBudget(arms: readonly SizedArm[]): StudyBudget {
  return {
    kind: "examples",
    value: Math.min(...arms.map(({ configuration, examples }) => configuration.epochs * examples)),
  };
}

/** A year of seconds, and what no training of one machine comes to in it. */
const MOST = { updates: 2 ** 31 - 1, examples: 1e12, seconds: 366 * 86_400, "target-loss": Number.POSITIVE_INFINITY };

function sensible(budget: StudyBudget, text: string): StudyBudget {
  const most = MOST[budget.kind as keyof typeof MOST];
  if (budget.value <= most) return budget;
  throw new UsageError(
    `${option("budget")}: expected at most ${most} ${budget.kind}, got ${JSON.stringify(text)}; ask for less`,
  );
}

/** The updates in which an arm has seen so many examples, or just more: windows are cut where an epoch ends. */
export function updatesFor(
  examples: number,
  { examples: size, accumulation }: Pick<SizedArm, "examples" | "accumulation">,
) {
  const { effectiveBatchSize } = accumulation;
  const perEpoch = Math.ceil(size / effectiveBatchSize);
  const left = examples % size;
  return Math.floor(examples / size) * perEpoch + Math.ceil(left / effectiveBatchSize);
}

/** The examples that an arm has seen after so many updates. */
export function examplesAfter(
  updates: number,
  { examples: size, accumulation }: Pick<SizedArm, "examples" | "accumulation">,
) {
  const { effectiveBatchSize } = accumulation;
  const perEpoch = Math.ceil(size / effectiveBatchSize);
  return Math.floor(updates / perEpoch) * size + (updates % perEpoch) * effectiveBatchSize;
}

/** Schedules that need to know the length of a run beforehand. */
const needLength = ["linear", "cosine", "polynomial", "one-cycle"];

/**
 * How an arm is told to keep to the budget, and when it is evaluated. Throws `UsageError` where it cannot keep to it.
 */
export function lengthOf(arm: SizedArm, budget: StudyBudget, evaluateExamples: number): Partial<TrainConfiguration> {
  const { schedule, accumulationSchedule } = arm.configuration;
  const early = {
    patience: undefined,
    stopAccuracy: undefined,
    stopLoss: undefined,
    stopSeconds: undefined,
    steps: undefined,
  };
  const evaluation = { ...early, evaluateExamples, evaluateSteps: undefined, evaluateEvery: 1 };
  if (accumulationSchedule !== undefined && budget.kind === "examples")
    throw new UsageError(
      `${option("accumulationSchedule")}: expected arms whose updates stay as large with the budget ${budget.kind}, got ${accumulationSchedule}; choose ${option("budget")} updates=N or target-loss=X`,
    );
  if (budget.kind === "updates") return { ...evaluation, steps: budget.value };
  if (budget.kind === "examples") return { ...evaluation, steps: updatesFor(budget.value, arm) };
  if (budget.kind === "target-loss") return { ...evaluation, stopLoss: budget.value };
  if (needLength.includes(schedule))
    throw new UsageError(
      `${option("budget")}: expected a schedule that needs no length with seconds, got ${schedule} of the arm ${JSON.stringify(arm.name)}; choose another schedule or budget`,
    );
  return { ...evaluation, stopSeconds: budget.value, epochs: 2 ** 31 - 1 };
}

/** Evaluations of the arm that sees most examples. */
const EVALUATIONS = 20;
/** Of the largest batch, between two evaluations where the budget allows it: of the others the time is known. */
const UPDATES_BETWEEN = 4;

/**
 * Examples between two evaluations of every arm: a twentieth of what the longest arm sees, as far as that can be known
 * beforehand, in whole updates of all arms where they fit in.
 */
export function evaluationGrid(arms: readonly SizedArm[], budget: StudyBudget): number {
  const most = Math.max(...arms.map((arm) => examplesOf(arm, budget)));
  const wanted = Math.max(1, Math.round(most / EVALUATIONS));
  const largest = Math.max(...arms.map(({ accumulation }) => accumulation.effectiveBatchSize));
  const common = arms.reduce((all, { accumulation }) => leastCommonMultiple(all, accumulation.effectiveBatchSize), 1);
  if (common <= most / 4) {
    const apart = Math.max(1, Math.round(wanted / common), Math.ceil((UPDATES_BETWEEN * largest) / common));
    return common * Math.min(apart, Math.max(1, Math.floor(most / (2 * common))));
  }
  return Math.max(wanted, largest);
}

/** Examples that an arm sees at most, as far as that can be known beforehand. */
export function examplesOf(arm: SizedArm, { kind, value }: StudyBudget): number {
  if (kind === "updates") return examplesAfter(value, arm);
  if (kind === "examples") return value;
  if (kind === "own" && arm.configuration.steps !== undefined) return examplesAfter(arm.configuration.steps, arm);
  return arm.examples * (kind === "seconds" ? 1 : arm.configuration.epochs);
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
