import { type Judgement, newJudgement, type SeedPair, takeLook } from "../../statistics/comparison/judge.ts";
import { FEWEST_SEEDS } from "../../statistics/comparison/seedsNeeded.ts";
import {
  appendLook,
  type ConfirmationRecord,
  type LookRecord,
  mendLooks,
  readConfirmation,
  readLooks,
} from "../../store/studies/looks.ts";
import {
  type OpenStudy,
  type Study,
  type StudyFile,
  type StudySpecification,
  takeStudy,
} from "../../store/studies/study.ts";
import { mendTrials, readTrials, type TrialPlace } from "../../store/studies/trials.ts";
import { removeLocks } from "../queue/sharedTrial.ts";
import { identityOf } from "../studies/identity.ts";
import { makeTrials, type TrialMeans } from "../studies/makeTrials.ts";
import type { StudyEvent, Trial } from "../studies/schedule.ts";
import { readTrial } from "../studies/trialResult.ts";
import { confirmJudgement } from "./confirm.ts";
import { measuredBy, smallerIsBetter } from "./metric.ts";
import { type JudgementPlan, judgementTrials, OTHER_SEEDS } from "./plan.ts";

/** What a judgement has come to, as its study says it. */
export interface JudgementState {
  readonly path: string;
  readonly file: StudyFile;
  readonly judgement: Judgement;
  readonly looks: readonly LookRecord[];
  readonly confirmation: ConfirmationRecord | null;
  /** Seeds of which both trials have ended, from the first on without a gap. */
  readonly pairs: number;
  /** Trials by what became of them. */
  readonly counts: Readonly<Partial<Record<TrialPlace["state"], number>>>;
  readonly failed: readonly { readonly arm: string; readonly seed: number; readonly reason: string }[];
}

/** The state of a judgement from what its study's folder and its runs say; trains and writes nothing. */
export function readJudgement(directory: string, { path, file }: Study, held: boolean): JudgementState {
  const places = readTrials({ path }, held);
  const looks = readLooks({ path });
  const trials = judgementTrials(file.specification, file.seeds);
  const own = trials.flatMap(({ key }) => places.get(key) ?? []);
  const counts: Partial<Record<TrialPlace["state"], number>> = {};
  for (const { state } of own) counts[state] = (counts[state] ?? 0) + 1;
  const failed = own.flatMap(({ state, arm, seed, reason }) =>
    state === "failed" ? [{ arm, seed, reason: reason ?? "" }] : [],
  );
  const reader = pairReader(directory, file, trials);
  return {
    ...{ path, file, looks, counts, failed },
    judgement: judgementOf(file.specification, looks),
    confirmation: readConfirmation({ path }),
    pairs: reader.ended(places),
  };
}

/** As its looks left it. */
function judgementOf({ judging }: StudySpecification, looks: readonly LookRecord[]): Judgement {
  const { metric, minimumEffect, mostSeeds, alpha, spending } = judging!;
  const begun = newJudgement({ minimumEffect, mostSeeds, alpha, spending, smallerIsBetter: smallerIsBetter(metric) });
  return { ...begun, looks, pairs: looks.flatMap(({ pairs }) => pairs) };
}

const isOpen = ({ looks }: Judgement) => (looks.at(-1)?.verdict ?? "more seeds") === "more seeds";

/** How many pairs the next look is at; null where there is a verdict. */
export const nextLook = (judgement: Judgement): number | null =>
  isOpen(judgement) ? Math.max(FEWEST_SEEDS, judgement.pairs.length + 1) : null;

/**
 * Trains seed after seed until a look gives a verdict, or the most seeds are used up; then measures once what was set
 * aside. What was done before is not done again. Every look is on disk before anything is said of it. Where the signal
 * aborts, it gives what there is. Throws what `takeStudy`, `makeTrials` and the readers of runs throw.
 */
export async function runJudgement(
  plan: JudgementPlan,
  means: TrialMeans & { readonly looked?: ((look: LookRecord) => void) | undefined },
): Promise<JudgementState> {
  const { id, specification } = plan;
  const { directory } = means;
  const seeds = Array.from({ length: specification.judging.mostSeeds }, (_, i) => i);
  const study = takeStudy(directory, id, { specification, seeds, identityOf });
  try {
    mendTrials(study);
    mendLooks(study);
    const trials = judgementTrials(specification, seeds);
    if (isOpen(judgementOf(specification, readLooks(study)))) await trainUntilVerdict(study, trials, { ...means, id });
    const state = readJudgement(directory, { path: study.path, file: study.file }, false);
    if (isOpen(state.judgement) || means.signal?.aborted) return state;
    removeLocks({ directory, id });
    const confirmation = await confirmJudgement(directory, study, trials, state);
    return { ...state, confirmation };
  } finally {
    study.lock.release();
  }
}

type LookingMeans = TrialMeans & {
  readonly id: string;
  readonly looked?: ((look: LookRecord) => void) | undefined;
};

/** A verdict ends the trainings under way; so does a trial that failed for good, as no look can go past its seed. */
async function trainUntilVerdict(study: OpenStudy, trials: readonly Trial[], means: LookingMeans): Promise<void> {
  const stop = new AbortController();
  const look = looker(study, trials, means);
  const listen = (event: StudyEvent) => {
    means.listen?.(event);
    if (event.kind === "begin" || event.kind === "ended") {
      const failed = event.kind === "ended" && event.end.state === "failed" && !event.again;
      if (look() || failed) stop.abort();
    }
  };
  const signal = means.signal ? AbortSignal.any([means.signal, stop.signal]) : stop.signal;
  await makeTrials(study, trials, { ...means, listen, signal, retryFirst: true });
}

/** Looks at every seed that is complete and was not looked at, one after the other. Whether there is a verdict. */
function looker(study: OpenStudy, trials: readonly Trial[], means: LookingMeans): () => boolean {
  const reader = pairReader(means.directory, study.file, trials);
  let judgement = judgementOf(study.file.specification, readLooks(study));
  return () => {
    const places = readTrials(study, true);
    for (let next = nextLook(judgement); next !== null; next = nextLook(judgement)) {
      if (next > judgement.plan.mostSeeds || reader.ended(places) < next) return false;
      const before = judgement.pairs.length;
      judgement = takeLook(judgement, reader.pairs(places, next));
      const made = { ...judgement.looks.at(-1)!, pairs: judgement.pairs.slice(before) };
      appendLook(study, made);
      means.looked?.({ ...made, at: "" });
    }
    return true;
  };
}

/** Reads the values of pairs, each once. */
function pairReader(directory: string, { specification, seeds }: StudyFile, trials: readonly Trial[]) {
  const { arms, judging } = specification;
  const [one, other] = arms.map(({ name }) => name);
  const shift = judging!.againstItself ? OTHER_SEEDS : 0;
  const byPlace = new Map(trials.map((trial) => [`${trial.arm} ${trial.seed}`, trial]));
  const trialOf = (arm: string, seed: number) => byPlace.get(`${arm} ${seed}`)!;
  const hasEnded = (places: ReadonlyMap<string, TrialPlace>, { key }: Trial) => {
    const place = places.get(key);
    return (place?.state === "done" || place?.state === "diverged") && place.run !== null;
  };
  const known = new Map<string, SeedPair["arm"]>();
  const value = (places: ReadonlyMap<string, TrialPlace>, { key, seed }: Trial) => {
    if (!known.has(key)) {
      const { run, state } = places.get(key)!;
      known.set(key, measuredBy(judging!.metric, readTrial(directory, run!, seed, state === "done")));
    }
    return known.get(key)!;
  };
  return {
    /** Seeds of which both trials have ended, from the first on without a gap. */
    ended(places: ReadonlyMap<string, TrialPlace>): number {
      const gap = seeds.findIndex(
        (seed) => !hasEnded(places, trialOf(one!, seed)) || !hasEnded(places, trialOf(other!, seed + shift)),
      );
      return gap < 0 ? seeds.length : gap;
    },
    pairs: (places: ReadonlyMap<string, TrialPlace>, count: number): SeedPair[] =>
      seeds.slice(0, count).map((seed) => ({
        seed,
        arm: value(places, trialOf(one!, seed)),
        baseline: value(places, trialOf(other!, seed + shift)),
      })),
  };
}
