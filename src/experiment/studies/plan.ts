import { fingerprintsOf } from "../../session/create.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { digestOf } from "../../store/studies/canonicalJson.ts";
import type { StudyArm, StudyBudget, StudyKind, StudySpecification, StudyTuning } from "../../store/studies/study.ts";
import type { TrialStage } from "../../store/studies/trials.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { kebab } from "../../tensor/kebab.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import type { Arm } from "./arms.ts";
import { evaluationGrid, lengthOf, type SizedArm, usualBudget } from "./budget.ts";
import { configurationOfArm, decisive, identityOf, withoutPlaces } from "./identity.ts";
import type { Trial } from "./schedule.ts";

/** What is asked of a comparison. */
export interface ComparisonRequest {
  readonly kind: StudyKind;
  readonly arms: readonly Arm[];
  /** Default: what `train` would take, as equal examples. */
  readonly budget?: StudyBudget | undefined;
  readonly evaluateExamples?: number | undefined;
  readonly tuning?: StudyTuning | undefined;
  readonly seeds: readonly number[];
  /** Default: the first arm. */
  readonly baseline?: string | undefined;
  /** Default: derived from all else but the seeds. */
  readonly study?: string | undefined;
}

type ComparedArm = SizedArm & { readonly validationExamples: number };

/** A comparison whose arms were checked. */
export interface ComparisonPlan {
  readonly id: string;
  readonly specification: StudySpecification;
  readonly arms: readonly ComparedArm[];
  readonly baseline: string;
  readonly seeds: readonly number[];
}

/** Of how trials are made from a specification: raised where equal specifications give other numbers from then on. */
const TRIAL_FORMAT = 1;

/**
 * Checks every arm as `train` would. Throws `UsageError` for a baseline that is no arm, and what `prepareTraining` and
 * `lengthOf` throw.
 */
export async function planComparison(request: ComparisonRequest): Promise<ComparisonPlan> {
  const { kind, seeds, tuning = null } = request;
  const baseline = baselineOf(request);
  const sized: (ComparedArm & Pick<StudyArm, "fingerprints">)[] = [];
  for (const { name, configuration } of request.arms) {
    const prepared = await prepareTraining(configuration);
    const { accumulation, options } = prepared;
    sized.push({
      name,
      configuration: prepared.configuration,
      accumulation,
      examples: options.train.size,
      validationExamples: options.validation.size,
      fingerprints: await fingerprintsOf(prepared),
    });
  }
  const budget = request.budget ?? usualBudget(sized);
  const grid = request.evaluateExamples ?? evaluationGrid(sized, budget);
  const arms = sized.map(({ fingerprints, ...arm }): StudyArm => {
    const tuned = tuning === null ? {} : { [tuning.option]: undefined };
    const configuration = configurationOfArm({ ...arm.configuration, ...lengthOf(arm, budget, grid), ...tuned });
    return { name: arm.name, configuration, fingerprints, effectiveBatchSize: arm.accumulation.effectiveBatchSize };
  });
  if (tuning !== null) requireTunable(arms, tuning, seeds);
  const specification = { kind, arms, budget, evaluateExamples: grid, tuning };
  return {
    id: request.study ?? nameOf(withoutTried(specification)),
    specification,
    arms: sized,
    baseline,
    seeds,
  };
}

/** Rates are chosen on seeds that none is compared on, for arms that differ in something else. */
function requireTunable(arms: readonly StudyArm[], tuning: StudyTuning, seeds: readonly number[]): void {
  const both = seeds.filter((seed) => tuning.seeds.includes(seed));
  if (both.length > 0)
    throw new UsageError(
      `${option("seeds")}: expected other seeds than ${tuning.seeds.join(", ")}, which tune, got ${both.join(", ")}; choose others`,
    );
  const prints = arms.map(printOf);
  const twice = prints.findIndex((print, i) => prints.indexOf(print) < i);
  if (twice < 0) return;
  const [one, other] = [arms[prints.indexOf(prints[twice]!)]!.name, arms[twice]!.name].map((name) =>
    JSON.stringify(name),
  );
  throw new UsageError(
    `${option("tune")}: expected arms that differ in more than ${kebab(tuning.option)}, got ${one} and ${other}; leave one of them out, or ${option("tune")}`,
  );
}

/** The digest of what an arm trains, whatever it is called. */
export function printOf(arm: StudyArm): string {
  return digestOf({ configuration: withoutPlaces(arm.configuration), fingerprints: arm.fingerprints });
}

/** More values and seeds can be tried for the same study. */
function withoutTried(specification: StudySpecification): StudySpecification {
  const { tuning } = specification;
  return tuning === null ? specification : { ...specification, tuning: { ...tuning, values: [], seeds: [] } };
}

function baselineOf({ baseline, arms }: ComparisonRequest): string {
  const names = arms.map(({ name }) => name);
  if (baseline === undefined || names.includes(baseline)) return baseline ?? names[0]!;
  throw new UsageError(
    `${option("baseline")}: expected one of the arms ${names.join(", ")}, got ${JSON.stringify(baseline)}${didYouMean(baseline, names) || "; choose one of them"}`,
  );
}

function nameOf(specification: StudySpecification): string {
  const { model, data } = specification.arms[0]!.configuration;
  const words = `${specification.kind === "comparison" ? "compare" : specification.kind}-${word(model)}-${word(data)}`;
  return `${words}-${digestOf(identityOf(specification), 8)}`;
}

/** A name or the last part of a path, as far as every file system takes it. */
export function word(value: unknown): string {
  const last = String(value).split(/[/\\]/).findLast(Boolean) ?? "";
  const name = last.replace(/\.[a-z]+$/i, "").toLowerCase();
  return (
    name
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "")
      .slice(0, 20) || "x"
  );
}

/**
 * The trials of all arms and seeds. All arms of a seed stand together, so that what disturbs the machine meets all of
 * them; their order turns from seed to seed, so that none is always the first. `counted`: see `countedOptions`.
 */
export function trialsOf(
  arms: readonly StudyArm[],
  seeds: readonly number[],
  { stage, counted }: { readonly stage: TrialStage; readonly counted: ReadonlySet<string> },
): Trial[] {
  return seeds.flatMap((seed, i) => {
    const turn = i % arms.length;
    const turned = [...arms.slice(turn), ...arms.slice(0, turn)];
    return turned.map(({ name, configuration, fingerprints }): Trial => {
      const whole = { ...configuration, seed };
      const key = digestOf({ format: TRIAL_FORMAT, configuration: decisive(whole, counted), fingerprints });
      const named = { ...whole, name: `${fileWord(name)}_seed${seed}` };
      return { key, arm: name, seed, stage, configuration: named, fingerprints };
    });
  });
}

const fileWord = (name: string) => name.replace(/[^\p{L}\p{N}._=-]+/gu, "_");

/** Why an arm and the baseline cannot be paired; null where a seed gives both the same weights and examples. */
export function unpairedBy(arm: StudyArm, baseline: StudyArm): "model" | "data" | null {
  const started = ({ configuration, fingerprints }: StudyArm) =>
    digestOf([configuration.output, fingerprints.model ?? configuration.model, fingerprints.initFrom]);
  if (started(arm) !== started(baseline)) return "model";
  const prints = [arm.fingerprints, baseline.fingerprints].map(({ train, validation }) => `${train} ${validation}`);
  return prints[0] === prints[1] ? null : "data";
}
