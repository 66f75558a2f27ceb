import { sweepState } from "../../experiment/sweeps/runSweep.ts";
import type { SweepResult } from "../../experiment/sweeps/sweepResult.ts";
import { alignedLines } from "../../report/terminal/aligned.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { isStudyHeld } from "../../store/studies/study.ts";
import { listSweeps, type Sweep } from "../../store/studies/sweep.ts";
import { trialStates } from "../../store/studies/trials.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { formatOf } from "../terminal/showSweep.ts";
import { sweepFacts } from "./sweepFacts.ts";

export interface SweepStoreFlags {
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `sweep list`: how far every sweep is, and the best setting of each, newest first. */
export async function listSweepsCommand({ dir, json }: SweepStoreFlags): Promise<void> {
  const { sweeps, damaged } = listSweeps(storeDirectory(dir));
  const rows = [];
  for (const sweep of sweeps) rows.push(await rowOf(sweep));
  const { sweep: words, comparison, commands } = textIn(languageOf(process.env));
  for (const { message } of damaged) say(commands.runs.passedOver(message));
  if (json) return printJson({ sweeps: rows });
  if (rows.length === 0) return print(words.none);
  print(
    ...alignedLines(
      [
        [words.columns.sweep, words.columns.state, comparison.progress, words.columns.best, words.columns.value],
        ...rows.map(({ sweep, running, states, trials, best, metric }) => [
          sweep,
          running ? words.live.running : words.live.idle,
          `${states.done + states.diverged}/${trials}`,
          best?.name ?? "–",
          best ? formatOf(metric)(best.value) : "–",
        ]),
      ],
      (column) => column !== 2,
    ),
  );
}

async function rowOf(sweep: Sweep) {
  const { id, createdAt, specification, seeds, trials } = sweep.file;
  const running = isStudyHeld(sweep);
  const { result } = sweepFacts({ file: sweep.file, state: await sweepState(sweep, running) });
  return {
    sweep: id,
    createdAt,
    running,
    metric: specification.metric,
    settings: trials,
    trials: trials * seeds.length,
    states: countsOf(result),
    best: result.best && { name: result.best.setting.name, value: result.best.value },
  };
}

/** Trials of each state. */
function countsOf({ settings }: SweepResult) {
  const all = settings.flatMap(({ trials }) => trials.map(({ state }) => state));
  const counts = trialStates.map((state) => [state, all.filter((one) => one === state).length]);
  return Object.fromEntries(counts) as Record<(typeof trialStates)[number], number>;
}
