import { sweepDocument } from "../../api/sweepDocument.ts";
import { sweepFacts } from "../../api/sweepFacts.ts";
import { recordedState } from "../../experiment/sweeps/recordedState.ts";
import { isComplete } from "../../experiment/sweeps/sweepState.ts";
import { separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { readBatchAnswer } from "../../store/studies/answer.ts";
import { isStudyHeld } from "../../store/studies/study.ts";
import { openSweep } from "../../store/studies/sweep.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { sweepLines } from "../terminal/showSweep.ts";
import type { SweepStoreFlags } from "./listSweeps.ts";

/** The command `sweep show`: what a sweep has found so far, by its log, also while it runs. Writes nothing. */
export function showSweepCommand(name: string, { dir, json }: SweepStoreFlags): void {
  const sweep = openSweep(storeDirectory(dir), name);
  const running = isStudyHeld(sweep);
  const state = recordedState(sweep, running);
  const facts = sweepFacts({ file: sweep.file, state });
  const criticalBatch = readBatchAnswer(sweep)?.answer ?? [];
  if (json) {
    const document = sweepDocument({ ...sweep, complete: isComplete(state) }, facts, []);
    printJson({ ...document, running, criticalBatch });
    return;
  }
  const text = textIn(languageOf(process.env));
  print(...separated([sweepLines(sweep, facts, text), answerLines(criticalBatch, text)]));
}
