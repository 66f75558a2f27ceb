import { join, resolve } from "node:path";
import { writeAtomically } from "../store/document.ts";
import { openRun } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { UsageError } from "../tensor/errors.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { shown } from "../tensor/shown.ts";
import { type Language, languages } from "../text/languages.ts";
import { textIn } from "../text/text.ts";
import { analysisOf, readReported } from "./reported.ts";
import { reportInput } from "./reportInput.ts";

/** What a report may be told; everything has a default. */
export interface ReportOptions {
  /** Where runs are kept. Default `batchscope`. */
  readonly dir?: string | undefined;
  /** Default `report.html` in the run. What is there is replaced. */
  readonly out?: string | undefined;
  /** Default "en". */
  readonly language?: Language | undefined;
  /** Without scripts, as for mail. Default false. */
  readonly static?: boolean | undefined;
}

const known: KeysOf<ReportOptions> = { dir: true, out: true, language: true, static: true };

/**
 * Writes what a run has, an id, the beginning of one, a path or "latest", as one HTML file, and gives its path. Throws
 * `UsageError` for unknown options, `NotFoundError` for a run that is not there, and as the readers of its records do.
 */
export async function writeReport(reference: string, options: ReportOptions = {}): Promise<string> {
  requireKnown("writeReport", options, known);
  const { dir, out, language = "en" } = options;
  if (!(languages as readonly string[]).includes(language))
    throw new UsageError(
      `writeReport: expected one of ${languages.join(", ")} as language, got ${shown(language)}; choose one`,
    );
  const run = openRun(storeDirectory(dir), reference);
  const input = reportInput(readReported(run), analysisOf(run), textIn(language));
  // Drawing is loaded only where something is drawn.
  const { htmlReport, staticReport } = await import("../report/page/html.ts");
  const path = out === undefined ? join(run.path, "report.html") : resolve(out);
  writeAtomically(path, options.static ? staticReport(input) : htmlReport(input));
  return path;
}
