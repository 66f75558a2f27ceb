import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examplesOf } from "../../experiment/studies/budget.ts";
import { probeArm } from "../../experiment/studies/probe.ts";
import { firstSetting, type SweepPlan } from "../../experiment/sweeps/planSweep.ts";
import { sweepState } from "../../experiment/sweeps/runSweep.ts";
import { shareOfBudget } from "../../experiment/sweeps/sweepState.ts";
import { studyPath } from "../../store/studies/study.ts";
import { grown, readSweep } from "../../store/studies/sweep.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { formatDuration } from "../terminal/progress.ts";

/** Says what a sweep would train and how long that takes, by a few updates of its first setting; keeps nothing. */
export async function drySweep(
  plan: SweepPlan,
  { directory, jobs, json }: { readonly directory: string; readonly jobs: number; readonly json: boolean },
): Promise<void> {
  const { id, specification } = plan;
  const path = studyPath(directory, id);
  const all = grown(readSweep(path)?.file, plan);
  const state = await sweepState({ path, file: { specification, ...all } });
  const first = await firstSetting(specification);
  const folder = mkdtempSync(join(tmpdir(), "batchscope-probe-"));
  try {
    const { seconds: each, examplesPerSecond } = await probeArm(specification, first, folder);
    const trials = all.trials * all.seeds.length;
    const share = shareOfBudget(state, examplesOf(first, specification.budget));
    const seconds = (share.left * each) / jobs;
    const { ended } = share;
    if (json)
      return printJson({
        sweep: id,
        settings: all.trials,
        seeds: all.seeds.length,
        trials,
        ended,
        seconds,
        examplesPerSecond,
      });
    const { sweep: words } = textIn(languageOf(process.env));
    print(
      words.plan({ settings: all.trials, seeds: all.seeds.length, trials, ended }),
      words.estimate(formatDuration(seconds)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
