import { join } from "node:path";
import { confirmPairs } from "../../statistics/comparison/confirmation.ts";
import type { Judgement, SeedPair } from "../../statistics/comparison/judge.ts";
import { readRun } from "../../store/runs.ts";
import { appendConfirmation, type ConfirmationRecord, readConfirmation } from "../../store/studies/looks.ts";
import type { JudgeMetric, Study } from "../../store/studies/study.ts";
import { readTrials } from "../../store/studies/trials.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import { meanOfRun } from "../studies/meanOfRun.ts";
import type { Trial } from "../studies/schedule.ts";

/**
 * Measures the trials of a judgement that has a verdict on the examples that were set aside: once, as what was measured
 * is read from then on. Null without a verdict, and where nothing was set aside.
 */
export async function confirmJudgement(
  directory: string,
  { path, file }: Study,
  trials: readonly Trial[],
  { judgement }: { readonly judgement: Judgement },
): Promise<ConfirmationRecord | null> {
  const before = readConfirmation({ path });
  const { judging, arms } = file.specification;
  const verdict = judgement.looks.at(-1)?.verdict;
  const isSaid = verdict === "better" || verdict === "worse" || verdict === "no larger difference";
  if (before || judging!.setAside === 0 || !isSaid) return before;
  const places = readTrials({ path }, true);
  const [one, other] = arms.map(({ name }) => trials.filter(({ arm }) => arm === name));
  const pairs: SeedPair[] = [];
  for (const [i, { seed, arm, baseline }] of judgement.pairs.entries()) {
    // A trial that diverged diverged on all examples.
    const measured = async (value: number | null, trial: Trial) =>
      value === null ? null : onAside(directory, places.get(trial.key)?.run ?? "", judging!.metric);
    pairs.push({ seed, arm: await measured(arm, one![i]!), baseline: await measured(baseline, other![i]!) });
  }
  return appendConfirmation({ path }, { ...confirmPairs(judgement, pairs), examples: judging!.setAside, pairs });
}

/** What the metric of a run is, where its training ended, on the examples that it set aside. */
async function onAside(directory: string, id: string, metric: JudgeMetric): Promise<number> {
  const path = join(directory, "runs", id);
  const run = id === "" ? null : readRun(path);
  if (run === null)
    throw new NotFoundError(`${path}: expected the run of a trial, got none; give the same command again`);
  const { loss, accuracy } = await meanOfRun(run, { part: "aside", checkpoint: "last" });
  return metric === "validation-loss" ? loss : accuracy!;
}
