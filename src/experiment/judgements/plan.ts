import { fingerprintsOf } from "../../session/create.ts";
import { prepareTraining } from "../../session/prepare.ts";
import type { Prepared } from "../../session/prepared.ts";
import { digestOf } from "../../store/studies/canonicalJson.ts";
import type {
  JudgeMetric,
  StudyArm,
  StudyBudget,
  StudyJudging,
  StudySpecification,
} from "../../store/studies/study.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { lengthOf, type SizedArm } from "../studies/budget.ts";
import { configurationOfArm, countedOptions, identityOf } from "../studies/identity.ts";
import { printOf, trialsOf, unpairedBy, word } from "../studies/plan.ts";
import type { Trial } from "../studies/schedule.ts";
import { isOfValidation, requireMeasured } from "./metric.ts";
import type { Side } from "./sides.ts";

/** What is asked of a judgement. */
export interface JudgementRequest {
  /** The arm; and its baseline, null where that is the arm itself with other seeds. */
  readonly sides: readonly [arm: Side, baseline: Side | null];
  readonly metric: JudgeMetric;
  /** In the unit of the metric. */
  readonly minimumEffect: number;
  readonly mostSeeds: number;
  /** Of the validation examples, to set aside for the confirmation; 0 for none. */
  readonly confirmationShare: number;
  /** Default: each side trains as long as its own options say. */
  readonly budget?: StudyBudget | undefined;
  /** Default: derived from what is trained and measured. */
  readonly study?: string | undefined;
}

/** A judgement whose sides were checked. */
export interface JudgementPlan {
  readonly id: string;
  readonly specification: StudySpecification & { readonly judging: StudyJudging };
  readonly arms: readonly SizedArm[];
  /** Why a seed does not pair the sides; "seed" where their seeds differ on purpose. */
  readonly unpairedBy: "model" | "data" | "seed" | null;
}

/** Validation examples on each side of the split at least: fewer say next to nothing. */
const FEWEST_ASIDE = 10;

/** Added to a seed of the baseline where that is the arm itself. */
export const OTHER_SEEDS = 2 ** 20;

/**
 * Checks both sides as `train` would. Throws `UsageError` for sides that are alike, a metric that their data do not
 * have, too few validation examples to set some aside, and what `prepareTraining` and `lengthOf` throw.
 */
export async function planJudgement(request: JudgementRequest): Promise<JudgementPlan> {
  const { metric, minimumEffect, mostSeeds, budget, sides } = request;
  const [one, other] = sides;
  const named = [one, other ?? { ...one, name: `${one.name} (other seeds)` }];
  if (one.name === other?.name) named[1] = { ...other, name: `${other.name} (2)` };
  const sized: (SizedArm & Pick<StudyArm, "fingerprints"> & { readonly aside: number })[] = [];
  for (const { name, configuration } of named) {
    const plain = { ...configuration, setAside: undefined };
    const before = await prepareTraining(plain);
    requireMeasured(metric, before.options.train);
    const aside = isOfValidation(metric) ? asideOf(request, before) : 0;
    const prepared = aside === 0 ? before : await prepareTraining({ ...plain, setAside: aside });
    const { accumulation, options } = prepared;
    const shared = { name, accumulation, examples: options.train.size };
    const fingerprints = await fingerprintsOf(prepared);
    sized.push({ ...shared, configuration: prepared.configuration, fingerprints, aside });
  }
  const arms = sized.map(({ fingerprints, ...arm }): StudyArm => {
    const length = budget === undefined ? {} : { ...lengthOf(arm, budget, 1), evaluateExamples: undefined };
    const configuration = configurationOfArm({ ...arm.configuration, ...length });
    return { name: arm.name, configuration, fingerprints, effectiveBatchSize: arm.accumulation.effectiveBatchSize };
  });
  if (other !== null) requireDifferent(arms);
  const judging: StudyJudging = {
    ...{ metric, minimumEffect, mostSeeds, setAside: sized[0]!.aside, againstItself: other === null },
    ...({ alpha: 0.05, spending: "quadratic" } as const),
  };
  const specification = {
    ...({ kind: "judgement", arms, evaluateExamples: null, tuning: null, judging } as const),
    budget: budget ?? ({ kind: "own", value: 0 } as const),
  };
  const id = request.study ?? nameOf(specification);
  return { id, specification, arms: sized, unpairedBy: other === null ? "seed" : unpairedBy(arms[0]!, arms[1]!) };
}

function asideOf({ confirmationShare }: JudgementRequest, { options }: Prepared): number {
  if (confirmationShare === 0) return 0;
  const { size } = options.validation;
  const aside = Math.round(confirmationShare * size);
  if (Math.min(aside, size - aside) >= FEWEST_ASIDE) return aside;
  throw new UsageError(
    `${option("confirmationShare")}: expected at least ${FEWEST_ASIDE} validation examples to look at and as many to confirm on, got ${size - aside} and ${aside}; validate on more with ${option("validationSplit")}, or do without a confirmation with 0`,
  );
}

function requireDifferent([one, other]: readonly StudyArm[]): void {
  if (printOf(one!) !== printOf(other!)) return;
  throw new UsageError(
    `judge: expected two sides that differ, got ${JSON.stringify(one!.name)} and ${JSON.stringify(other!.name)}, which train alike; change one, or give one alone with ${option("againstItself")}`,
  );
}

/** What is trained and measured: with another minimum effect or more seeds, a judgement is not made anew. */
function nameOf(specification: StudySpecification & { readonly judging: StudyJudging }): string {
  const { arms, budget, judging } = specification;
  const trained = identityOf(specification).arms.map(({ configuration, fingerprints: { train, model, initFrom } }) => {
    const { setAside: _, ...rest } = configuration;
    return { configuration: rest, train, model, initFrom };
  });
  const digest = digestOf({ trained, budget, metric: judging.metric, againstItself: judging.againstItself }, 8);
  const { model, data } = arms[0]!.configuration;
  return `judge-${word(model)}-${word(data)}-${digest}`;
}

/**
 * The trials of all seeds, seed after seed; both of a seed stand together, in an order that turns. A baseline that is
 * the arm itself gets seeds of its own.
 */
export function judgementTrials(specification: StudySpecification, seeds: readonly number[]): Trial[] {
  const { arms, judging } = specification;
  const told = { stage: "comparison", counted: countedOptions(specification) } as const;
  const trials = trialsOf(arms, seeds, told);
  if (!judging?.againstItself) return trials;
  const [one, other] = arms as [StudyArm, StudyArm];
  return trials.map((trial) =>
    trial.arm === one.name ? trial : trialsOf([other], [trial.seed + OTHER_SEEDS], told)[0]!,
  );
}
