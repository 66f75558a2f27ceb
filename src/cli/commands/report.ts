import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { findingsOf } from "../../advice/findings.ts";
import { figures, type NamedFigure, namedFigures } from "../../report/charts/figures.ts";
import { analysisPlots } from "../../report/charts/plots.ts";
import { htmlReport, type ReportInput, staticReport } from "../../report/page/html.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { formatCommand } from "../../session/command.ts";
import { resolveAccumulation } from "../../session/options/accumulation.ts";
import { readRunConfiguration } from "../../session/runConfiguration.ts";
import { readAnalysis } from "../../store/analysis.ts";
import type { AnalysisFinding } from "../../store/analysisFindings.ts";
import { writeAtomically } from "../../store/document.ts";
import { readRecordText } from "../../store/file.ts";
import { judgedRecord } from "../../store/lost.ts";
import { metricRecords } from "../../store/metricsReader.ts";
import { type Run, readSummary } from "../../store/runs.ts";
import { type AnalysisFile, type MetricRecord, SCHEMA_VERSION, type StepRecord } from "../../store/schema.ts";
import { thinnedSteps } from "../../store/thinnedSteps.ts";
import type { Language } from "../../text/languages.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { requireNewFile, requireNewFolder, writeNewFile, writeNewFolder } from "../outputs.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson } from "../terminal/print.ts";
import { whileReading } from "../whileReading.ts";

/** Options of `report` as commander gives them. */
export interface ReportFlags {
  readonly out?: string | undefined;
  readonly static?: boolean | undefined;
  readonly figures?: string | undefined;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `report`: one HTML file of what the run has, and its figures as PNG and SVG where a folder is named. */
export async function runReport(reference: string, flags: ReportFlags): Promise<void> {
  const run = openNamedRun(flags.dir, reference);
  return whileReading(run, () => reportRun(run, flags));
}

async function reportRun(run: Run, flags: ReportFlags): Promise<void> {
  const { data } = readRunConfiguration(run);
  requireRecords(run, reportRecords);
  if (flags.out !== undefined) requireNewFile("--out", flags.out, [data]);
  if (flags.figures !== undefined) requireNewFolder("--figures", flags.figures, [data]);
  const language = languageOf(process.env);
  const analysis = analysisOf(run);
  const input = reportInput(readReported(run), analysis, language);
  const path = flags.out === undefined ? join(run.path, "report.html") : resolve(flags.out);
  const page = flags.static ? staticReport(input) : htmlReport(input);
  if (flags.out === undefined) writeAtomically(path, page);
  else writeNewFile("--out", path, page);
  const written = flags.figures === undefined ? [] : await writeFigures(resolve(flags.figures), input, language);
  const made = { report: path, figures: written };
  if (flags.json) {
    const findings = findingsIn(analysis);
    return printJson({ schemaVersion: SCHEMA_VERSION, run: run.record.id, language, ...made, findings });
  }
  print(...input.reading, ...(input.reading.length > 0 ? [""] : []), ...filesOf(made, flags, textIn(language)));
}

function filesOf(
  made: { readonly report: string; readonly figures: readonly string[] },
  { figures: folder }: ReportFlags,
  { terminal: text }: Text,
): string[] {
  return labelledLines([
    [text.report, made.report],
    ...(folder === undefined ? [] : ([[text.figures, text.files(made.figures.length, resolve(folder))]] as const)),
  ]);
}

function analysisOf(run: Run): AnalysisFile | null {
  return existsSync(join(run.path, "analysis.json")) ? readAnalysis(run) : null;
}

/** What was found when the analysis was made; an analysis of an earlier version does not hold it. */
function findingsIn(analysis: AnalysisFile | null): readonly AnalysisFinding[] {
  return analysis === null ? [] : (analysis.findings ?? findingsOf(analysis));
}

/** Records of a run that `readReported` needs. */
export const reportRecords = ["config.yaml", "summary.json"] as const;

/** What a report tells of a run beside its analysis, as it is on disk now. Throws as the readers of its records. */
export function readReported(run: Run) {
  return {
    run: judgedRecord(run),
    configuration: readRunConfiguration(run),
    summary: readSummary(run),
    trained: readRecordText(join(run.path, "command.txt"))?.trim(),
    records: recordsOf(run),
  };
}

/** All that a report tells of a run, in the words of one language. */
export function reportInput(
  { run, configuration, summary, trained, records }: ReturnType<typeof readReported>,
  analysis: AnalysisFile | null,
  language: Language,
): ReportInput {
  const { batchSize, steps, effectiveBatchSize } = resolveAccumulation(configuration);
  const { model, data, optimizer, learningRate, seed, schedule } = configuration;
  const text = textIn(language);
  const analyzed = analysis && (analysis.command ?? formatCommand("analyze", { run: run.id, checkpoint: "all" }));
  return {
    run,
    analysis,
    records: { ...records, effectiveBatchSize },
    summary,
    reading: findingsIn(analysis).map((found) => said(found, text.findings)),
    text,
    config: {
      model,
      data: analysis?.data ?? basename(data),
      optimizer,
      learningRate,
      schedule: schedule === "constant" ? undefined : schedule,
      seed,
      microBatch: batchSize,
      accumulation: steps,
      effectiveBatchSize,
      commands: [
        ...(trained ? [trained] : []),
        ...(analyzed ? [analyzed] : []),
        formatCommand(`report ${run.id}`, { lang: language }),
      ],
    },
  };
}

/** Of millions of steps those that a figure shows. */
function recordsOf(run: Run) {
  const thinned = thinnedSteps();
  // Few steps carry the noise scale, and those that a loss would keep may carry none.
  const measured = thinnedSteps(2 ** 13);
  const others: Exclude<MetricRecord, StepRecord>[] = [];
  for (const record of metricRecords(run)) {
    if (record.kind !== "step") others.push(record);
    else {
      thinned.add(record);
      if (record.noiseScaleLow !== undefined) measured.add(record);
    }
  }
  const steps = new Set([...thinned.steps(), ...measured.steps()]);
  return {
    steps: [...steps].sort((a, b) => a.step - b.step),
    epochs: others.filter((record) => record.kind === "epoch"),
    evaluations: others.filter((record) => record.kind === "evaluation"),
    accumulations: others.filter((record) => record.kind === "accumulation"),
  };
}

/** Every figure as PNG and SVG; the paths. */
async function writeFigures(folder: string, input: ReportInput, language: Language): Promise<string[]> {
  const inPng = figuresOf(input, pictureText(language));
  const files = new Map<string, string | Uint8Array>();
  for (const [i, { name, chart }] of figuresOf(input, textIn(language)).entries()) {
    files.set(`${name}.svg`, chartSvg(chart, "light"));
    files.set(`${name}.png`, await chartPng(inPng[i]!.chart));
  }
  writeNewFolder(folder, files);
  return [...files.keys()].map((name) => join(folder, name));
}

function figuresOf({ analysis, records, summary }: ReportInput, text: Text): NamedFigure[] {
  return [
    ...namedFigures(figures.training, records, text),
    ...(summary?.evaluation ? namedFigures(figures.evaluation, summary.evaluation, text) : []),
    ...(analysis ? analysisPlots(analysis, records.steps, text) : []),
  ];
}
