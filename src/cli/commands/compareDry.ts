import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examplesOf } from "../../experiment/studies/budget.ts";
import type { ComparisonPlan } from "../../experiment/studies/plan.ts";
import { type Probed, probeArm } from "../../experiment/studies/probe.ts";
import { trialsLeft } from "../../experiment/studies/tuning.ts";
import { studyPath } from "../../store/studies/study.ts";
import { readTrials } from "../../store/studies/trials.ts";
import { significant, whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { formatDuration } from "../terminal/progress.ts";
import { tableLines } from "../terminal/tableLines.ts";

/** Says what a comparison would train and how long that takes, by a few updates of every arm; keeps nothing. */
export async function dryCompare(
  plan: ComparisonPlan,
  { directory, jobs, json }: { readonly directory: string; readonly jobs: number; readonly json: boolean },
): Promise<void> {
  const { id, specification, seeds } = plan;
  const places = readTrials({ path: studyPath(directory, id) }, false);
  const { trials: all, tuning, left } = trialsLeft(directory, specification, seeds, places);
  const folder = mkdtempSync(join(tmpdir(), "batchscope-probe-"));
  try {
    const arms: (Probed & { readonly name: string; readonly effectiveBatchSize: number; readonly examples: number })[] =
      [];
    for (const arm of plan.arms) {
      const examples = examplesOf(arm, specification.budget);
      const probe = await probeArm(specification, arm, folder);
      arms.push({ name: arm.name, effectiveBatchSize: arm.accumulation.effectiveBatchSize, examples, ...probe });
    }
    const of = (name: string) => arms.find((arm) => arm.name === name)!;
    const seconds = left.reduce((sum, arm) => sum + of(arm).seconds, 0) / jobs;
    const examples = left.reduce((sum, arm) => sum + of(arm).examples, 0);
    const trials = { trials: all, tuning, ended: all - left.length };
    if (json) return printJson({ study: id, ...trials, examples, seconds, arms, budget: specification.budget });
    const { comparison: words } = textIn(languageOf(process.env));
    const { columns } = words;
    print(
      words.plan({ ...trials, examples }),
      words.estimate(formatDuration(seconds)),
      "",
      ...tableLines([
        [columns.arm, columns.effectiveBatchSize, columns.seconds, columns.examplesPerSecond],
        ...arms.map((arm) => [
          arm.name,
          whole(arm.effectiveBatchSize),
          words.seconds(significant(arm.seconds)),
          significant(arm.examplesPerSecond),
        ]),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
