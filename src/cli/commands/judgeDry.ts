import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JudgementPlan, judgementTrials } from "../../experiment/judgements/plan.ts";
import { type Probed, probeArm } from "../../experiment/studies/probe.ts";
import { hasEnded } from "../../experiment/studies/schedule.ts";
import { FEWEST_SEEDS } from "../../statistics/comparison/seedsNeeded.ts";
import { studyPath } from "../../store/studies/study.ts";
import { readTrials } from "../../store/studies/trials.ts";
import { significant, whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { formatDuration } from "../terminal/progress.ts";
import { tableLines } from "../terminal/tableLines.ts";

/** Says what a judgement would train at most and how long that takes, by a few updates of both sides; keeps nothing. */
export async function dryJudge(
  { id, specification, arms }: JudgementPlan,
  { directory, jobs, json }: { readonly directory: string; readonly jobs: number; readonly json: boolean },
): Promise<void> {
  const { mostSeeds } = specification.judging;
  const seeds = Array.from({ length: mostSeeds }, (_, i) => i);
  const trials = judgementTrials(specification, seeds);
  const places = readTrials({ path: studyPath(directory, id) }, false);
  const left = trials.filter(({ key }) => !hasEnded(places.get(key)?.state));
  const folder = mkdtempSync(join(tmpdir(), "batchscope-probe-"));
  try {
    const probes: (Probed & { readonly name: string; readonly effectiveBatchSize: number })[] = [];
    for (const arm of arms) {
      const { effectiveBatchSize } = arm.accumulation;
      probes.push({ name: arm.name, effectiveBatchSize, ...(await probeArm(specification, arm, folder)) });
    }
    const of = (name: string) => probes.find((probe) => probe.name === name)!.seconds;
    const seconds = left.reduce((sum, { arm }) => sum + of(arm), 0) / jobs;
    const counts = { trials: trials.length, ended: trials.length - left.length, looks: mostSeeds - FEWEST_SEEDS + 1 };
    if (json) return printJson({ study: id, ...counts, seconds, arms: probes, ...specification.judging });
    const { comparison, judge } = textIn(languageOf(process.env));
    const { columns } = comparison;
    print(
      judge.plan(counts),
      comparison.estimate(formatDuration(seconds)),
      "",
      ...tableLines([
        [columns.arm, columns.effectiveBatchSize, columns.seconds, columns.examplesPerSecond],
        ...probes.map(({ name, effectiveBatchSize, seconds: time, examplesPerSecond }) => [
          ...[name, whole(effectiveBatchSize), comparison.seconds(significant(time)), significant(examplesPerSecond)],
        ]),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
