import { totalmem } from "node:os";
import { join } from "node:path";
import { decisiveCheckpoint } from "../advice/batchVerdict.ts";
import { findingsOf } from "../advice/findings.ts";
import { formatCommand } from "../session/command.ts";
import { openChosenEngine } from "../session/engine.ts";
import { type MeasureMeans, type MeasureOptions, measureRun } from "../session/measure.ts";
import { locateFiles, readRunConfiguration } from "../session/runConfiguration.ts";
import { writeAnalysis } from "../store/analysis.ts";
import { selectCheckpoints } from "../store/checkpoints.ts";
import { writeAtomically } from "../store/document.ts";
import { namingLatest } from "../store/namingLatest.ts";
import { openRun, type Run } from "../store/runs.ts";
import type { AnalysisFile } from "../store/schema.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { is, type RulesOf, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { withProseNotes } from "../text/proseNotes.ts";
import { textIn } from "../text/text.ts";
import { earlierAnalysis, readReported } from "./reported.ts";
import { reportInput } from "./reportInput.ts";

/** What an analysis may be told; everything has a default. */
export interface RunAnalysisOptions extends Partial<MeasureOptions> {
  /** Where runs are kept. Default `batchscope`. */
  readonly dir?: string | undefined;
  /** "all", "best", "last" or epochs. Default "all". */
  readonly checkpoint?: string | undefined;
  /** Where the data of the run are now. */
  readonly data?: string | undefined;
}

const rules: RulesOf<RunAnalysisOptions> = {
  dir: is.optional(is.text),
  checkpoint: is.optional(is.text),
  data: is.optional(is.text),
  rows: is.optional(is.whole(2)),
  batchSize: is.optional(is.whole(1)),
  seed: is.optional(is.seed),
  threads: is.optional(is.whole(1)),
  memoryBudget: is.optional(is.above0),
  products: is.optional(is.oneOf("auto", "exact", "sketch")),
  byLayer: is.optional(is.yesOrNo),
  by: is.optional(is.text),
  fullPass: is.optional(is.yesOrNo),
  pictures: is.optional(is.object),
};

const rulesOfMeans: RulesOf<MeasureMeans> = {
  engine: is.optional(is.engine),
  now: is.optional(is.function),
  signal: is.optional(is.object),
  listen: is.optional(is.function),
};

/**
 * Analyzes a run, an id, the beginning of one, a path or "latest", as `batchscope analyze` does: writes `analysis.json`
 * and `report.html` into it, and gives what the first holds. Throws `UsageError` for unknown options, `NotFoundError`
 * for a run or a checkpoint that is not there, and as the readers of the run's records do.
 */
export async function analyzeRun(
  reference: string,
  options: RunAnalysisOptions = {},
  means: Partial<MeasureMeans> = {},
): Promise<AnalysisFile> {
  requireArguments("analyzeRun", { run: reference }, { run: is.text });
  requireOptions("analyzeRun", options, rules);
  requireOptions("analyzeRun", means, rulesOfMeans);
  const { dir, checkpoint = "all", data, ...measured } = options;
  const run = openRun(storeDirectory(dir), reference);
  return namingLatest(reference, run, () => analyzed(run, checkpoint, data, measured, means));
}

async function analyzed(
  run: Run,
  checkpoint: string,
  data: string | undefined,
  measured: Partial<MeasureOptions>,
  means: Partial<MeasureMeans>,
): Promise<AnalysisFile> {
  const reported = readReported(run);
  const chosen = selectCheckpoints(run, checkpoint);
  // The end of an epoch may have the weights of a checkpoint before it was evaluated; the later one is analyzed.
  const checkpoints = [...new Map(chosen.map((one) => [one.step, one])).values()];
  const configuration = locateFiles(run, readRunConfiguration(run), data);
  const engine = means.engine ?? (await openChosenEngine({}, configuration.device));
  const { analysis: found, forget } = await measureRun(
    {
      ...{ run, configuration, checkpoints, metrics: reported.records.epochs },
      decisive: decisiveCheckpoint(checkpoints, reported.records.epochs),
      earlier: earlierAnalysis(run),
    },
    { seed: 0, threads: 1, memoryBudget: Math.floor(totalmem() / 4), pictures: {}, ...measured },
    { ...means, engine },
  );
  const prose = found.checkpoints.map((one) => ({ ...one, statistics: withProseNotes(one.statistics) }));
  const command = formatCommand("analyze", { run: run.record.id, checkpoint, data });
  const analysis = { ...found, checkpoints: prose, command, findings: findingsOf(found) };
  writeAnalysis(run, analysis);
  forget();
  // Drawing is loaded only where something is drawn.
  const { htmlReport } = await import("../report/page/html.ts");
  writeAtomically(join(run.path, "report.html"), htmlReport(reportInput(reported, analysis, textIn("en"))));
  return analysis;
}
