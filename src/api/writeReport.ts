import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeAtomically } from "../store/document.ts";
import { namingLatest } from "../store/namingLatest.ts";
import { openRun } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { is, type RulesOf, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
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

const rules: RulesOf<ReportOptions> = {
  dir: is.optional(is.text),
  out: is.optional(is.text),
  language: is.optional(is.oneOf(...languages)),
  static: is.optional(is.yesOrNo),
};

/**
 * Writes what a run has, an id, the beginning of one, a path or "latest", as one HTML file, and gives its path. Throws
 * `UsageError` for unknown options, `NotFoundError` for a run that is not there, and as the readers of its records do.
 */
export async function writeReport(reference: string, options: ReportOptions = {}): Promise<string> {
  requireArguments("writeReport", { run: reference }, { run: is.text });
  requireOptions("writeReport", options, rules);
  const { dir, out, language = "en" } = options;
  if (out !== undefined && statSync(out, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`writeReport: expected a file as out, got the folder ${out}; name a file in it`);
  const run = openRun(storeDirectory(dir), reference);
  const read = async () => reportInput(readReported(run), analysisOf(run), textIn(language));
  const input = await namingLatest(reference, run, read);
  // Drawing is loaded only where something is drawn.
  const { htmlReport, staticReport } = await import("../report/page/html.ts");
  const path = out === undefined ? join(run.path, "report.html") : resolve(out);
  writeAtomically(path, options.static ? staticReport(input) : htmlReport(input));
  return path;
}
