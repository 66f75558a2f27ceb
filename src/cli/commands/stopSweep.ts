import { storeDirectory } from "../../store/storeDirectory.ts";
import { isStudyHeld } from "../../store/studies/study.ts";
import { askToStop, openSweep } from "../../store/studies/sweep.ts";
import { UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import type { SweepStoreFlags } from "./listSweeps.ts";

/** The command `sweep stop`: tells who runs a sweep to end in order. Throws `UsageError` where nobody does. */
export function stopSweepCommand(name: string, { dir, json }: SweepStoreFlags): void {
  const sweep = openSweep(storeDirectory(dir), name);
  if (!isStudyHeld(sweep))
    throw new UsageError(
      `sweep: expected a sweep that runs, got ${name}, which does not; go on with it by batchscope sweep resume ${name}`,
    );
  askToStop(sweep);
  if (json) printJson({ sweep: name, asked: true });
  else print(textIn(languageOf(process.env)).sweep.asked(name));
}
