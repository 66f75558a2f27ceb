import { existsSync } from "node:fs";
import { join } from "node:path";
import { decisiveCheckpoint } from "../../advice/batchVerdict.ts";
import { findingsOf } from "../../advice/findings.ts";
import { answerOf, earlierAnalysis, readReported, reportRecords } from "../../api/reported.ts";
import { reportInput } from "../../api/reportInput.ts";
import { plotFiles } from "../../report/charts/plots.ts";
import { htmlReport, type ReportInput } from "../../report/page/html.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines, readingLines } from "../../report/terminal/answerLines.ts";
import { definitionLines } from "../../report/terminal/definitionTable.ts";
import { groupTable } from "../../report/terminal/groupTable.ts";
import { layerTable } from "../../report/terminal/layerTable.ts";
import { noiseBars } from "../../report/terminal/noiseBars.ts";
import { rowLines } from "../../report/terminal/rowLines.ts";
import { checkpointTable } from "../../report/terminal/table.ts";
import { formatCommand } from "../../session/command.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { type MeasuredRun, measureRun } from "../../session/measure.ts";
import { locateFiles, readRunConfiguration } from "../../session/runConfiguration.ts";
import { removeStale, writeAnalysis } from "../../store/analysis.ts";
import { type Checkpoint, selectCheckpoints } from "../../store/checkpoints.ts";
import { writeAtomically } from "../../store/document.ts";
import { placeName } from "../../store/place.ts";
import type { Run } from "../../store/runs.ts";
import type { AnalysisFile, StepRecord } from "../../store/schema.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { Language } from "../../text/languages.ts";
import { withProseNotes } from "../../text/proseNotes.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { reportWith, type Subject, textWith, withCommands } from "../printedCommands.ts";
import { onSignals } from "../signals.ts";
import { subjectOf } from "../subject.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson } from "../terminal/print.ts";
import { showMeasurement } from "../terminal/showMeasurement.ts";
import { columnsOf } from "../terminal/tableLines.ts";
import { requirePresent, whileReading } from "../whileReading.ts";
import { analyzeGradients } from "./analyzeGradients.ts";
import { type AnalyzeFlags, analysisOptions } from "./analyzeOptions.ts";

/** The command `analyze`, of a run or of a file of gradients. */
export async function runAnalyze(argument: string | undefined, flags: AnalyzeFlags): Promise<void> {
  if (flags.gradients !== undefined || flags.gram !== undefined) {
    requireNoRunFlags(flags);
    return analyzeGradients(flags);
  }
  if (flags.datasetSize !== undefined)
    throw new UsageError(
      "--dataset-size: expected --gradients beside it, got a run, which knows its data; leave it out",
    );
  const stray = flags.sketch !== undefined ? "--sketch" : flags.out !== undefined ? "--out" : undefined;
  if (stray !== undefined)
    throw new UsageError(`${stray}: expected --gradients beside it, got a run, which has --products; leave it out`);
  // Where neither is given it was asked for before.
  const reference = (argument ?? flags.run)!;
  const run = openNamedRun(flags.dir, reference);
  return whileReading(run, reference, () => analyzeRun(run, { ...flags, checkpoint: flags.checkpoint ?? "all" }));
}

/** Gradients of others come without their examples. */
function requireNoRunFlags({ by, data, fullPass }: AnalyzeFlags): void {
  const flag = data !== undefined ? "--data" : by !== undefined ? "--by" : fullPass ? "--full-pass" : undefined;
  if (flag !== undefined)
    throw new UsageError(`${flag}: expected a run, whose examples are known, got gradients alone; leave it out`);
}

type RunOptions = AnalyzeFlags & { readonly checkpoint: string };

async function analyzeRun(run: Run, options: RunOptions): Promise<void> {
  // All that is read of the run, so that hours of computing are not lost to what could not be read at their end.
  const configuration = readRunConfiguration(run);
  const ofPointer = options.checkpoint === "best" ? ["checkpoints/best.json" as const] : [];
  requireRecords(run, [...reportRecords, "environment.json", ...ofPointer]);
  const reported = readReported(run);
  const checkpoints = lastOfEachStep(selectCheckpoints(run, options.checkpoint));
  const metrics = reported.records.epochs;
  const located = locateFiles(run, configuration, options.data);
  const decisive = decisiveCheckpoint(checkpoints, metrics);
  const earlier = earlierAnalysis(run);
  const asked = { run, configuration: located, checkpoints, metrics, decisive, earlier };
  const measured = await measureShown(asked, options);
  const rows = rowsToRepeat(measured.analysis, options);
  const command = formatCommand("analyze", { run: run.record.id, ...repeated({ ...options, rows }) });
  const analysis = { ...withProse(measured.analysis), command, findings: findingsOf(measured.analysis) };
  requirePresent(run);
  writeAnalysis(run, analysis);
  measured.forget();
  const language = languageOf(process.env);
  const subject = subjectOf({ id: run.record.id, path: run.path }, located);
  const text = textWith(textIn(language), subject);
  const input = reportWith(reportInput(reported, analysis, text), subject);
  await writePlots(run, analysis, input.records.steps, { kept: keptPlaces(measured.analysis, earlier), language });
  writeAtomically(join(run.path, "report.html"), htmlReport(input));
  const answer = answerOf(reported, only(analysis, checkpoints));
  if (options.json) printJson({ ...analysis, answer, definitions: input.definitions });
  else {
    const told = words({ ...input, answer }, analysis, options.verbose ?? false, { text, subject });
    print(...separated([...told, filesOf(run, text)]));
  }
}

/** The checkpoints that were asked for, of which the answer is; those of earlier analyses stand beside them. */
function only(analysis: AnalysisFile, asked: readonly Checkpoint[]): AnalysisFile {
  const steps = new Set(asked.map(({ step }) => step));
  return { ...analysis, checkpoints: analysis.checkpoints.filter(({ step }) => steps.has(step)) };
}

function withProse(analysis: AnalysisFile): AnalysisFile {
  const checkpoints = analysis.checkpoints.map((checkpoint) => {
    return { ...checkpoint, statistics: withProseNotes(checkpoint.statistics) };
  });
  return { ...analysis, checkpoints };
}

/** With progress on stderr. Throws `InterruptedError` on a signal. */
async function measureShown(measured: MeasuredRun, flags: AnalyzeFlags) {
  const options = analysisOptions(flags);
  const engine = await openChosenEngine(process.env, flags.device);
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.rows);
  const shown = showMeasurement(process.stderr, textIn(languageOf(process.env)));
  try {
    return await measureRun(measured, options, { engine, signal: signals.aborted, listen: shown.listen });
  } finally {
    shown.finish();
    signals.stopListening();
  }
}

/** The answers, a figure, the tables and what else they say, a block each. */
function words(
  { answer, reading, config, definitions }: ReportInput,
  analysis: AnalysisFile,
  verbose: boolean,
  { text, subject }: { readonly text: Text; readonly subject: Subject },
): string[][] {
  const last = analysis.checkpoints.at(-1);
  const columns = columnsOf(process.stdout);
  return [
    answerLines(answer, text),
    noiseBars(analysis.checkpoints, config.effectiveBatchSize, text),
    checkpointTable(analysis, text.page, columns).split("\n"),
    rowLines(analysis, answer, config.effectiveBatchSize, text).map((line) => withCommands(line, subject)),
    last?.layers ? layerTable(last.layers, text.terminal, columns) : [],
    last?.groups ? groupTable(last.groups, text.terminal) : [],
    verbose ? definitionLines(definitions, text).map((line) => withCommands(line, subject)) : [],
    readingLines(reading, verbose, text),
  ];
}

function filesOf(run: Run, { terminal }: Text): string[] {
  return labelledLines([
    [terminal.plots, join(run.path, "plots")],
    [terminal.numbers, join(run.path, "analysis.json")],
    [terminal.report, join(run.path, "report.html")],
  ]);
}

/** The end of an epoch may have the weights of a checkpoint before it was evaluated; the later one is analyzed. */
function lastOfEachStep(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return [...new Map(checkpoints.map((checkpoint) => [checkpoint.step, checkpoint])).values()];
}

function keptPlaces({ checkpoints }: AnalysisFile, earlier: AnalysisFile | null): string[] {
  const before = new Set(earlier?.checkpoints);
  return checkpoints.filter((checkpoint) => before.has(checkpoint)).map(placeName);
}

/** Pictures of checkpoints that were not measured anew are left as they are; those that are no longer made go. */
async function writePlots(
  run: Run,
  analysis: AnalysisFile,
  steps: readonly StepRecord[],
  { kept, language }: { readonly kept: readonly string[]; readonly language: Language },
): Promise<void> {
  const isDrawn = (name: string) =>
    kept.some((place) => name.endsWith(`_${place}.png`)) && existsSync(join(run.path, "plots", name));
  const names: string[] = [];
  for await (const { name, bytes } of plotFiles(analysis, { steps, text: pictureText(language), isDrawn })) {
    names.push(name);
    if (bytes) writeAtomically(join(run.path, "plots", name), bytes);
  }
  removeStale(run, analysis, names);
}

/** Those asked for, or those that another analysis would not be sure to choose. */
function rowsToRepeat({ rowsChosen }: AnalysisFile, { rows }: RunOptions): string | undefined {
  return rowsChosen && rowsChosen.stopped !== "data" ? String(rowsChosen.rows) : rows;
}

/** What gives the same analysis again, without what is so anyway. */
function repeated(options: RunOptions): Partial<Record<keyof AnalyzeFlags, string | boolean | undefined>> {
  const { checkpoint, data, rows, batchSize, byLayer, by, fullPass, embedding, perplexity, memoryBudget } = options;
  const { seed, products } = options;
  return {
    checkpoint,
    data,
    rows,
    batchSize,
    byLayer,
    by,
    fullPass,
    embedding,
    perplexity,
    memoryBudget,
    ...(seed !== "0" && { seed }),
    ...(products !== "auto" && { products }),
  };
}
