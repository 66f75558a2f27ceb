import { answerOf, readReported } from "../api/reported.ts";
import { averageCopies } from "../experiment/swapCopies.ts";
import { InterruptedError } from "../session/ends.ts";
import { openChosenEngine } from "../session/engine.ts";
import { englishLog } from "../session/englishLog.ts";
import { tellParent } from "../session/parent.ts";
import type { OpenRun, Prepared } from "../session/prepared.ts";
import type { RunResult } from "../session/result.ts";
import { trainRun } from "../session/run.ts";
import { openRun } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import type { RunVerdict } from "../store/verdicts.ts";
import { textIn } from "../text/text.ts";
import { onCrash } from "./crash.ts";
import { inFlags } from "./inFlags.ts";
import { languageOf } from "./language.ts";
import { onSignals } from "./signals.ts";
import { print } from "./terminal/print.ts";
import { showRun } from "./terminal/showRun.ts";

/** What `train --json` prints of a run. */
export interface AnsweredResult extends RunResult {
  readonly answer: readonly RunVerdict[];
}

/**
 * Trains the run that `open` gives as a command does: shown on stderr, with its result on stdout unless JSON is asked
 * for, and ended in order by signals, for which it throws `InterruptedError`. Throws what `trainRun` throws.
 */
export async function trainShown(prepared: Prepared, open: () => OpenRun | Promise<OpenRun>): Promise<AnsweredResult> {
  const { configuration, options } = prepared;
  const engine = await openChosenEngine(process.env, configuration.device);
  // From its first moment on a run ends in order.
  const text = textIn(languageOf(process.env));
  const signals = onSignals(text.commands.stopping.update);
  tellParent(storeDirectory(configuration.dir));
  const shown = showRun(process.stderr, { epochs: options.epochs, progress: configuration.progress, text });
  let forget = () => {};
  const means = {
    engine,
    signal: signals.aborted,
    lines: (event: Parameters<typeof shown.listen>[0]) => englishLog(event).map(inFlags),
    listen(event: Parameters<typeof shown.listen>[0]) {
      if (event.kind === "opened") forget = onCrash(event.fail);
      shown.listen(event);
    },
    averageCopies,
  };
  try {
    const result = await trainRun(prepared, open, means);
    shown.finish();
    const reported = readReported(openRun(storeDirectory(configuration.dir), result.path));
    // The next line says how to examine the data.
    const answer = answerOf(reported, null).filter(({ kind }) => kind !== "dataUnexamined");
    if (!configuration.json) {
      const told = {
        answer: beforeTables(answer),
        records: reported.records,
        configuration,
        analyzable: reported.analyzable,
      };
      print(...shown.lines(result, told));
    }
    const interruption = signals.received();
    if (interruption) throw new InterruptedError(interruption);
    return { ...result, answer };
  } finally {
    forget();
    shown.finish();
    signals.stopListening();
  }
}

/** The table of classes says itself that they are unequal. */
function beforeTables(answer: readonly RunVerdict[]): RunVerdict[] {
  return answer.filter(({ kind }) => kind !== "unequalClasses");
}
