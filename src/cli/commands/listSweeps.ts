import { recordedState } from "../../experiment/sweeps/recordedState.ts";
import { type SweepResult, sweepResult } from "../../experiment/sweeps/sweepResult.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { isStudyHeld } from "../../store/studies/study.ts";
import { listSweeps, type Sweep } from "../../store/studies/sweep.ts";
import { trialStates } from "../../store/studies/trials.ts";
import type { SweepText } from "../../text/en/sweep.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { formatOf } from "../terminal/showSweep.ts";
import { tableLines } from "../terminal/tableLines.ts";

export interface SweepStoreFlags {
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `sweep list`: how far every sweep is, and the best setting of each, newest first. */
export async function listSweepsCommand({ dir, json }: SweepStoreFlags): Promise<void> {
  const { sweeps, damaged } = listSweeps(storeDirectory(dir));
  const rows = sweeps.map(rowOf);
  const { sweep: words, comparison, commands } = textIn(languageOf(process.env));
  for (const { message } of damaged) say(commands.runs.passedOver(message));
  if (json) printJson({ sweeps: rows });
  else if (rows.length === 0) print((await import("../printedCommands.ts")).withCommands(words.none));
  else print(...tableLines(tableOf(rows, { words, progress: comparison.progress }), (column) => column !== 2));
}

/** Its head first. */
function tableOf(
  rows: readonly ReturnType<typeof rowOf>[],
  { words, progress }: { readonly words: SweepText; readonly progress: string },
): string[][] {
  const { columns, live } = words;
  return [
    [columns.sweep, columns.state, progress, columns.best, columns.value],
    ...rows.map(({ sweep, running, states, trials, best, metric }) => [
      sweep,
      running ? live.running : live.idle,
      `${states.done + states.diverged}/${trials}`,
      best?.name ?? "–",
      best ? formatOf(metric)(best.value) : "–",
    ]),
  ];
}

function rowOf(sweep: Sweep) {
  const { id, createdAt, specification, seeds, trials } = sweep.file;
  const running = isStudyHeld(sweep);
  const result = sweepResult(sweep.file, recordedState(sweep, running), { withCurve: false });
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
