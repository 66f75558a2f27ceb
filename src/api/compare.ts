import { requireDifferent } from "../experiment/studies/arms.ts";
import { planComparison } from "../experiment/studies/plan.ts";
import { runComparison } from "../experiment/studies/runComparison.ts";
import { parseSeeds } from "../experiment/studies/seeds.ts";
import { parseTuning } from "../experiment/studies/tuning.ts";
import { fewestSeeds } from "../statistics/comparison/seedsNeeded.ts";
import { writeAnswer } from "../store/studies/answer.ts";
import { nameInStore } from "../store/studies/nameInStore.ts";
import { isObject } from "../tensor/arguments.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { kebab } from "../tensor/kebab.ts";
import { shown } from "../tensor/shown.ts";
import type { ComparedArms } from "./comparedArms.ts";
import { comparisonDocument } from "./comparisonDocument.ts";
import { judged } from "./comparisonJudged.ts";
import {
  budgetOf,
  configurationOf,
  type SomeOptions,
  type StudyLength,
  type StudyMeans,
  studyScene,
} from "./studyOptions.ts";
import { type RunOptions, requireKnownOptions, requireRunOptions } from "./trainToRun.ts";

/** Options of a training that all arms share, and what is compared. */
export type CompareOptions = RunOptions & {
  /** By name, what each arm has otherwise. */
  readonly arms: Readonly<Record<string, SomeOptions>>;
  /** Default: the first arm. */
  readonly baseline?: string | undefined;
  /** Default: equal examples, of `epochs`. */
  readonly budget?: StudyLength | { readonly kind: "target-loss"; readonly value: number } | undefined;
  /** How many, or which. Default: the fewest that can show a difference. */
  readonly seeds?: number | readonly number[] | undefined;
  /** A numeric option of which each arm is given the best value, on seeds that are not compared. */
  readonly tune?: { readonly option: string; readonly values: readonly number[]; readonly seeds?: number } | undefined;
  /** The study's name. Default: made from what is compared. */
  readonly study?: string | undefined;
};

const own = ["arms", "baseline", "budget", "seeds", "tune", "study"] as const;

/**
 * Compares arms as `batchscope compare` does: each is trained once a seed, a process each, on the same weights and
 * examples, and goes on with what an earlier call has done. Gives what `compare --json` prints; `path` is the study's
 * folder, into which the command writes tables, figures and the page. Throws `UsageError`, before anything is trained,
 * for what cannot be meant, and what reading damaged runs throws; a training that fails or diverges is counted.
 */
export async function compare(options: CompareOptions, means: StudyMeans = {}): Promise<ComparedArms> {
  requireRunOptions("compare", options, own);
  const { arms: given, baseline, budget, seeds, tune, study, evaluateExamples, ...shared } = options;
  if (!isObject(given) || Object.keys(given).length < 2)
    throw new UsageError(`compare: expected two arms or more, got ${shown(given)}; write { name: options, … }`);
  const { directory, ...scene } = studyScene(options.dir, means);
  const arms = [];
  for (const [name, options] of Object.entries(given)) {
    requireKnownOptions(`compare: arm ${JSON.stringify(name)}`, options);
    arms.push({ name, configuration: await configurationOf(shared, options, directory) });
  }
  requireDifferent(arms);
  const plan = await planComparison({
    ...{ kind: "comparison", arms, baseline, study, evaluateExamples, budget: budgetOf(budget) },
    tuning: tune && parseTuning(`${kebab(tune.option)}=${tune.values.join(",")}`, tune.seeds),
    seeds: seedsOf(seeds ?? fewestSeeds(arms.length - 1)),
  });
  const ran = await runComparison({ ...plan, id: nameInStore(directory, plan.id) }, { ...scene, directory });
  const facts = judged(ran, plan);
  writeAnswer(ran, facts.answer);
  return comparisonDocument(ran, facts, []);
}

/** Throws `UsageError` for what are no seeds. */
export function seedsOf(seeds: number | readonly number[]): number[] {
  if (typeof seeds === "number") return parseSeeds(String(seeds));
  const found = Array.isArray(seeds) ? (seeds as readonly number[]) : [];
  if (found.length === 1) return parseSeeds(`${found[0]}..${found[0]}`);
  if (found.length > 1) return parseSeeds(found.join(","));
  throw new UsageError(`${option("seeds")}: expected how many, or a list of them, got ${shown(seeds)}; write 6`);
}
