import { sweepDocument } from "../../api/sweepDocument.ts";
import { sweepFacts } from "../../api/sweepFacts.ts";
import { recordedState } from "../../experiment/sweeps/recordedState.ts";
import { isComplete } from "../../experiment/sweeps/sweepState.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
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
  if (json) printJson({ ...sweepDocument({ ...sweep, complete: isComplete(state) }, facts, []), running });
  else print(...sweepLines(sweep, facts, textIn(languageOf(process.env))));
}
