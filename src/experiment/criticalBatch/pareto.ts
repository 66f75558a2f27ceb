import { type BatchCost, type ParetoFit, paretoFit } from "../../statistics/paretoFit.ts";
import { isStudyHeld, isSweep, openStudyNamed, type Study, studyPath } from "../../store/studies/study.ts";
import { openSweep, type Sweep } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { reached } from "../studies/curves.ts";
import { readComparison } from "../studies/runComparison.ts";
import { readTrial, type TrialResult } from "../studies/trialResult.ts";
import { firstSetting } from "../sweeps/planSweep.ts";
import { recordedState } from "../sweeps/recordedState.ts";

/** Trainings of one batch size, with one of the rates that were tried for it. */
export interface TriedSetting {
  readonly batchSize: number;
  readonly learningRate: number;
  /** Whether the rate was chosen on other seeds, as the first or the last of those tried there. */
  readonly atEdge: boolean;
  /** Whole or diverged, of the seeds that have ended. */
  readonly trials: readonly Pick<TrialResult, "seed" | "whole" | "evaluations">[];
}

/** What a batch size took to the target. */
export interface ParetoPoint {
  readonly batchSize: number;
  /** The rates that its seeds were given. */
  readonly learningRates: readonly number[];
  /** Whether one of these is the smallest or the largest of several tried. */
  readonly atEdge: boolean;
  /** By seed; null where the target was not reached. */
  readonly examples: readonly (number | null)[];
  /** Seeds that had reached it by the first evaluation, so that it was reached earlier. */
  readonly early: number;
}

export interface Pareto {
  /** The model and data of the study. */
  readonly subject: { readonly model: string; readonly data: string };
  /** Of the validation loss. */
  readonly target: number;
  readonly seeds: readonly number[];
  readonly points: readonly ParetoPoint[];
  readonly fit: ParetoFit;
  /** The learning-rate schedule of the trainings. */
  readonly schedule: string;
}

/** A study as its settings, by what is on disk. */
interface ReadStudy extends Pick<Pareto, "subject" | "schedule"> {
  readonly path: string;
  readonly settings: readonly TriedSetting[];
  readonly target: number | undefined;
}

/**
 * What a study's batch sizes took to a validation loss, each with its best rate, and the hyperbola through them; trains
 * and writes nothing. Where several settings share a batch, a seed is counted with the one that is best on the other
 * seeds, so that none is chosen by its own luck. Throws `UsageError` for fewer than two batch sizes or seeds, and for a
 * target that no batch size reaches, `NotFoundError` for no such study and `DataError` for a damaged run.
 */
export async function readPareto(directory: string, id: string, asked?: number): Promise<Pareto & { path: string }> {
  const {
    path,
    settings,
    target: own,
    subject,
    schedule,
  } = isSweep(studyPath(directory, id))
    ? await settingsOfSweep(directory, openSweep(directory, id))
    : settingsOfStudy(directory, openStudyNamed(directory, id));
  const batches = [...new Set(settings.map(({ batchSize }) => batchSize))].toSorted((a, b) => a - b);
  if (batches.length < 2)
    throw new UsageError(
      `${option("study")}: expected a study of two batch sizes or more, got ${batches.join(", ") || "none"} in ${id}; compare several with ${option("tune")} learning-rate=…`,
    );
  const seeds = commonSeeds(settings);
  if (seeds.length < 2)
    throw new UsageError(
      `${option("study")}: expected two seeds or more that have ended in every arm, got ${seeds.length} in ${id}; the study's own command goes on`,
    );
  // Ascending, so that the order in which they were trained, a sweep's by chance, breaks no tie.
  const byRate = settings.toSorted((a, b) => a.learningRate - b.learningRate);
  const groups = batches.map((batchSize) => byRate.filter((one) => one.batchSize === batchSize));
  const target = asked ?? own ?? usualTarget(groups, seeds);
  const points = groups.map((group) => pointOf(group, seeds, target));
  if (points.every(({ examples }) => examples.includes(null)))
    throw new UsageError(
      `${option("targetLoss")}: expected a loss that every seed of some batch size reaches, got ${target}; the lowest such is ${Number(lowest(groups, seeds).toPrecision(4))}`,
    );
  const fit = paretoFit(points.map(({ batchSize, examples }): BatchCost => ({ batchSize, examples })));
  return { path, subject, schedule, target, seeds, points, fit };
}

function settingsOfStudy(directory: string, study: Study): ReadStudy {
  const { arms, file, tuned } = readComparison(directory, study);
  const { configuration } = file.specification.arms[0]!;
  const { budget } = file.specification;
  return {
    path: study.path,
    subject: { model: String(configuration.model), data: String(configuration.data) },
    schedule: String(configuration.schedule ?? "constant"),
    target: budget.kind === "target-loss" ? budget.value : undefined,
    settings: arms
      .filter(({ trials }) => trials.length > 0)
      .map(({ arm, trials }) => ({
        batchSize: arm.effectiveBatchSize,
        learningRate: Number(arm.configuration.learningRate ?? Number.NaN),
        atEdge: (tuned?.find(({ name }) => name === arm.name)?.edge ?? null) !== null,
        trials,
      })),
  };
}

async function settingsOfSweep(directory: string, { path, file }: Sweep): Promise<ReadStudy> {
  const state = recordedState({ path, file }, isStudyHeld({ path }));
  const first = (await firstSetting(file.specification)).configuration;
  const settings = state.ofSetting.map((trials, i): TriedSetting => {
    const values = { ...first, ...state.settings[i]!.values };
    const { gradientAccumulationSteps: steps, targetBatchSize, batchSize, learningRate } = values;
    return {
      batchSize: Number(targetBatchSize ?? Number(batchSize) * Number(steps ?? 1)),
      learningRate: Number(learningRate),
      atEdge: false,
      trials: trials.flatMap(({ trial: { seed }, run, state: said }) =>
        run !== null && (said === "done" || said === "diverged")
          ? [readTrial(directory, run, seed, said === "done")]
          : [],
      ),
    };
  });
  const { model, data, schedule } = first;
  return {
    ...{ path, subject: { model, data }, schedule, target: undefined },
    settings: settings.filter(({ trials }) => trials.length > 0),
  };
}

/** Seeds that have ended in every setting, as only these can be compared. */
function commonSeeds(settings: readonly TriedSetting[]): number[] {
  const [first, ...others] = settings.map(({ trials }) => new Set(trials.map(({ seed }) => seed)));
  return [...(first ?? [])].filter((seed) => others.every((one) => one.has(seed))).toSorted((a, b) => a - b);
}

/** The share of batch sizes of which every seed reaches the target that is taken where none is asked for. */
const MOST = 0.75;

/** The lowest loss that most batch sizes reach with every seed, each in its best setting. */
function usualTarget(groups: readonly (readonly TriedSetting[])[], seeds: readonly number[]): number {
  const losses = groups.map((group) => attained(group, seeds)).toSorted((a, b) => a - b);
  const loss = losses[Math.ceil(MOST * losses.length) - 1]!;
  // Of three digits, so that it can be given again, and no lower than was reached.
  const rounded = Number(loss.toPrecision(3));
  return rounded >= loss ? rounded : Number((loss + 10 ** (Math.floor(Math.log10(Math.abs(loss))) - 2)).toPrecision(3));
}

const lowest = (groups: readonly (readonly TriedSetting[])[], seeds: readonly number[]) =>
  Math.min(...groups.map((group) => attained(group, seeds)));

/** The lowest loss that every seed of the best setting reached. */
function attained(group: readonly TriedSetting[], seeds: readonly number[]): number {
  const best = ({ whole, evaluations }: TriedSetting["trials"][number]) =>
    whole ? Math.min(...evaluations.map(({ validationLoss }) => validationLoss)) : Number.POSITIVE_INFINITY;
  const own = group.map(({ trials }) => Math.max(...trials.filter(({ seed }) => seeds.includes(seed)).map(best)));
  return Math.min(...own);
}

function pointOf(group: readonly TriedSetting[], seeds: readonly number[], target: number): ParetoPoint {
  const costs = group.map(({ trials }) =>
    seeds.map((seed) => {
      const trial = trials.find((one) => one.seed === seed)!;
      return trial.whole ? (reached(trial, target)?.examples ?? null) : null;
    }),
  );
  const chosen = seeds.map((_, i) => bestWithout(costs, i));
  const rates = group.map(({ learningRate }) => learningRate);
  const learningRates = [...new Set(chosen.map((setting) => rates[setting]!))].toSorted((a, b) => a - b);
  const [least, most] = [Math.min(...rates), Math.max(...rates)];
  const first = group.map(({ trials }) => new Map(trials.map((one) => [one.seed, one.evaluations[0]?.examples])));
  const examples = chosen.map((setting, i) => costs[setting]![i]!);
  return {
    batchSize: group[0]!.batchSize,
    learningRates,
    atEdge:
      chosen.some((setting) => group[setting]!.atEdge) ||
      (group.length > 2 && (learningRates.includes(least) || learningRates.includes(most))),
    examples,
    early: examples.filter((one, i) => one !== null && one === first[chosen[i]!]!.get(seeds[i]!)).length,
  };
}

/** The setting of which most of the other seeds reach the target, and among these with fewest examples. */
function bestWithout(costs: readonly (readonly (number | null)[])[], left: number): number {
  const scores = costs.map((one) => {
    const others = one.filter((_, i) => i !== left);
    const known = others.filter((cost) => cost !== null);
    return { lost: others.length - known.length, sum: known.reduce((sum, cost) => sum + cost, 0) };
  });
  const isBetter = (a: number, b: number) =>
    scores[a]!.lost < scores[b]!.lost || (scores[a]!.lost === scores[b]!.lost && scores[a]!.sum < scores[b]!.sum);
  return scores.reduce((best, _, i) => (isBetter(i, best) ? i : best), 0);
}
