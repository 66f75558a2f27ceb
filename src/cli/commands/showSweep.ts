import { isComplete, sweepState } from "../../experiment/sweeps/runSweep.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { isStudyHeld } from "../../store/studies/study.ts";
import { openSweep } from "../../store/studies/sweep.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { sweepLines } from "../terminal/showSweep.ts";
import type { SweepStoreFlags } from "./listSweeps.ts";
import { sweepDocument } from "./sweepDocument.ts";
import { sweepFacts } from "./sweepFacts.ts";

/** The command `sweep show`: what a sweep has found so far, by its log, also while it runs. Writes nothing. */
export async function showSweepCommand(name: string, { dir, json }: SweepStoreFlags): Promise<void> {
  const sweep = openSweep(storeDirectory(dir), name);
  const running = isStudyHeld(sweep);
  const state = await sweepState(sweep, running);
  const facts = sweepFacts({ file: sweep.file, state });
  if (json) return printJson({ ...sweepDocument({ ...sweep, complete: isComplete(state) }, facts, []), running });
  print(...sweepLines(sweep, facts, textIn(languageOf(process.env))));
}
