import { join } from "node:path";
import { resolveConfiguration } from "../../session/configuration.ts";
import { locateFiles, readRunConfiguration } from "../../session/runConfiguration.ts";
import { pairedGain } from "../../statistics/comparison/pairedGain.ts";
import type { Gain, OptionChanges, RemedyKind } from "../../store/diagnosis.ts";
import { type Run, readSummary } from "../../store/runs.ts";
import { nameInStore } from "../../store/studies/nameInStore.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import type { Arm } from "../studies/arms.ts";
import type { ArmResult } from "../studies/comparison.ts";
import { trialDefaults } from "../studies/identity.ts";
import type { TrialMeans } from "../studies/makeTrials.ts";
import { planComparison } from "../studies/plan.ts";
import { runComparison } from "../studies/runComparison.ts";
import type { TrialResult } from "../studies/trialResult.ts";

/** A remedy that is another training of the same length. */
export interface Candidate {
  readonly kind: RemedyKind;
  readonly changes: OptionChanges;
}

/** What was tried. */
export interface TriedRemedies {
  readonly gains: ReadonlyMap<RemedyKind, Gain>;
  /** The study's name. */
  readonly study: string;
  readonly seeds: number;
  /** Whether every training has ended. */
  readonly complete: boolean;
}

/** What trainings may take together, and seeds at most. */
export interface TryBudget {
  readonly seconds: number;
  readonly seeds: number;
}

/** Of a study: the run's own setting, and a remedy each. */
export interface TryPlan {
  readonly remedies: readonly Candidate[];
  readonly seeds: number;
}

const BASE = "as it was";
const MOST_REMEDIES = 3;
/** Below three pairs an interval says next to nothing. */
export const FEWEST_SEEDS = 3;
/** What a trial takes beside its training, in seconds. */
const START_SECONDS = 2;
/** A loss that falls by less than this share of itself has no gain worth a change. */
const LEAST_GAIN = 0.01;

/** Those that say how long to train or which seed to take are no other setting of a paired study. */
const untried: readonly RemedyKind[] = ["longer", "other-seed", "more-data", "check-input"];

/** Remedies that a paired study can try, the first of each kind, in their order. */
export function candidatesIn(
  remedies: readonly { readonly kind: RemedyKind; readonly changes: OptionChanges | null }[],
): Candidate[] {
  const byKind = new Map<RemedyKind, Candidate>();
  for (const { kind, changes } of remedies)
    if (changes !== null && !untried.includes(kind) && !byKind.has(kind)) byKind.set(kind, { kind, changes });
  return [...byKind.values()];
}

/**
 * As many remedies and seeds as fit into `seconds`, by what the run itself took: rather three seeds of one remedy than
 * one of three. Throws `UsageError` where not even that fits.
 */
export function planTrials(
  candidates: readonly Candidate[],
  secondsOfRun: number,
  { seconds, seeds: mostSeeds }: TryBudget,
): TryPlan {
  const each = secondsOfRun + START_SECONDS;
  const affordable = Math.floor(seconds / each);
  // Stopping early needs no training of its own.
  const isOwn = ({ kind }: Candidate) => kind !== "early-stopping";
  const most = Math.min(MOST_REMEDIES, candidates.length);
  for (let count = most; count > 0; count--) {
    const remedies = candidates.slice(0, count);
    const arms = 1 + remedies.filter(isOwn).length;
    const seeds = Math.min(mostSeeds, Math.floor(affordable / arms));
    if (seeds >= FEWEST_SEEDS) return { remedies, seeds };
  }
  const least = Math.ceil(2 * FEWEST_SEEDS * each);
  throw new UsageError(
    `${option("seconds")}: expected at least ${least} for three seeds of the run and one remedy, got ${seconds}; raise it`,
  );
}

/**
 * Trains the run's setting and each remedy over paired seeds, as far as that has not been done, and says by how much
 * each lowers the validation loss where training ends. Throws what `planTrials`, `planComparison` and `runComparison`
 * throw.
 */
export async function tryRemedies(
  run: Run,
  candidates: readonly Candidate[],
  { seconds, seeds: mostSeeds, ...means }: TrialMeans & TryBudget,
): Promise<TriedRemedies> {
  const { remedies, seeds } = planTrials(candidates, readSummary(run)?.seconds ?? 0, { seconds, seeds: mostSeeds });
  const asked = readRunConfiguration(run);
  const own = remedies.filter(({ kind }) => kind !== "early-stopping");
  const arms = [armOf(run, BASE, {}), ...own.map(({ kind, changes }) => armOf(run, kind, changes))];
  const plan = await planComparison({
    kind: "comparison",
    arms,
    baseline: BASE,
    seeds: Array.from({ length: seeds }, (_, i) => i),
    ...(asked.steps !== undefined && { budget: { kind: "updates", value: asked.steps } as const }),
  });
  const named = { ...plan, id: nameInStore(means.directory, plan.id) };
  const ran = await runComparison(named, means);
  const base = ran.arms.find(({ arm }) => arm.name === BASE)!;
  const gains = remedies.map(({ kind }): [RemedyKind, Gain] => [kind, gainOf(kind, base, ran.arms, remedies.length)]);
  return { gains: new Map(gains), study: named.id, seeds, complete: ran.complete };
}

function armOf(run: Run, name: string, changes: OptionChanges): Arm {
  const given = Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, String(value)]));
  const configuration = resolveConfiguration(
    { ...given, config: join(run.path, "config.yaml"), set: [...trialDefaults] },
    {},
  );
  return { name, configuration: locateFiles(run, configuration) };
}

function gainOf(kind: RemedyKind, base: ArmResult, arms: readonly ArmResult[], tried: number): Gain {
  const other = kind === "early-stopping" ? base : arms.find(({ arm }) => arm.name === kind)!;
  const loss = kind === "early-stopping" ? stopped : final;
  const both = base.trials.flatMap((one) => {
    const paired = other.trials.find(({ seed }) => seed === one.seed);
    return paired ? [[final(one), loss(paired)] as const] : [];
  });
  const before = both.map(([a]) => a);
  const found = pairedGain(
    before,
    both.map(([, b]) => b),
    tried,
  );
  const size = before.filter(Number.isFinite).reduce((sum, x) => sum + Math.abs(x), 0) / before.length;
  const isSure = both.length >= FEWEST_SEEDS;
  const isNothing = isSure && found.upper <= LEAST_GAIN * size;
  const verdict = isNothing ? "no-gain" : isSure && found.lower > 0 ? "proved" : "undecided";
  return { metric: "validationLoss", ...found, seeds: both.length, verdict };
}

const final = ({ finalLoss }: TrialResult) => finalLoss;

/** The loss at which two evaluations without a better one would have ended it: at the best before them. */
function stopped({ evaluations, finalLoss }: TrialResult): number {
  let [best, since] = [Number.POSITIVE_INFINITY, 0];
  for (const { validationLoss } of evaluations) {
    if (Number.isNaN(validationLoss)) continue;
    if (validationLoss < best) [best, since] = [validationLoss, 0];
    else if (++since >= PATIENCE) return best;
  }
  return Number.isFinite(best) ? best : finalLoss;
}

const PATIENCE = 2;
