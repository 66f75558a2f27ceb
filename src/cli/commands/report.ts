import { join, resolve } from "node:path";
import { analysisOf, findingsIn, readReported, reportRecords } from "../../api/reported.ts";
import { reportInput } from "../../api/reportInput.ts";
import { figures, type NamedFigure, namedFigures } from "../../report/charts/figures.ts";
import { analysisPlots } from "../../report/charts/plots.ts";
import type { FigureLook, FigureSize } from "../../report/figureLook.ts";
import { htmlReport, type ReportInput, staticReport } from "../../report/page/html.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines, readingLines } from "../../report/terminal/answerLines.ts";
import { readRunConfiguration } from "../../session/runConfiguration.ts";
import { writeAtomically } from "../../store/document.ts";
import type { Run } from "../../store/runs.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { Language } from "../../text/languages.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { requireNewFile, requireNewFolder, writeNewFile, writeNewFolder } from "../outputs.ts";
import { reportWith, textWith } from "../printedCommands.ts";
import { subjectOf } from "../subject.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson } from "../terminal/print.ts";
import { whileReading } from "../whileReading.ts";

/** Options of `report` as commander gives them. */
export interface ReportFlags {
  readonly out?: string | undefined;
  readonly static?: boolean | undefined;
  readonly figures?: string | undefined;
  readonly figureSize?: string | undefined;
  readonly dark?: boolean | undefined;
  readonly titleOnly?: boolean | undefined;
  readonly dir?: string | undefined;
  readonly verbose?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** The command `report`: one HTML file of what the run has, and its figures as PNG and SVG where a folder is named. */
export async function runReport(reference: string, flags: ReportFlags): Promise<void> {
  const run = openNamedRun(flags.dir, reference);
  return whileReading(run, reference, () => reportRun(run, flags));
}

async function reportRun(run: Run, flags: ReportFlags): Promise<void> {
  const { data } = readRunConfiguration(run);
  requireRecords(run, reportRecords);
  const look = lookOf(flags);
  if (flags.out !== undefined) requireNewFile("--out", flags.out, [data]);
  if (flags.figures !== undefined) requireNewFolder("--figures", flags.figures, [data]);
  const language = languageOf(process.env);
  const analysis = analysisOf(run);
  const reported = readReported(run);
  const subject = subjectOf({ id: run.record.id, path: run.path }, reported.configuration);
  const text = textWith(textIn(language), subject);
  const input = reportWith(reportInput(reported, analysis, text), subject);
  const path = flags.out === undefined ? join(run.path, "report.html") : resolve(flags.out);
  const page = flags.static ? staticReport(input) : htmlReport(input);
  // Drawn before anything is written: what is killed meanwhile leaves neither, and the same command goes through.
  const drawn = flags.figures === undefined ? null : await drawFigures(input, language, look);
  if (flags.out === undefined) writeBesideRun(path, page);
  else writeNewFile("--out", path, page);
  const written = drawn === null ? [] : writeFigures(resolve(flags.figures!), drawn);
  const made = { report: path, figures: written };
  if (flags.json) {
    const findings = findingsIn(analysis);
    return printJson({
      run: run.record.id,
      language,
      ...made,
      answer: input.answer,
      definitions: input.definitions,
      findings,
    });
  }
  const reading = readingLines(input.reading, flags.verbose ?? false, text);
  const blocks = [answerLines(input.answer, text), reading, filesOf(made, flags, text)];
  print(...separated(blocks));
}

/** Runs of others can often be read and not written: then the page needs another place. */
function writeBesideRun(path: string, page: string): void {
  try {
    writeAtomically(path, page);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    const why = "code" in error ? String(error.code) : error.message;
    throw new Error(
      `--out: expected a run folder that can be written where it is left out, got ${path} (${why}); pass it`,
      {
        cause: error,
      },
    );
  }
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

/** Below this a title has no room; above, a picture takes gigabytes. */
const [SMALLEST, LARGEST] = [320, 8192];

/** How the figures of the folder are drawn; throws where a flag of theirs is given without the folder. */
function lookOf({ figures: folder, figureSize, dark, titleOnly = false }: ReportFlags): FigureLook {
  const given = figureSize !== undefined ? "--figure-size" : dark ? "--dark" : titleOnly ? "--title-only" : undefined;
  if (given !== undefined && folder === undefined)
    throw new UsageError(`${given}: expected --figures with it, got none; name the folder of the figures`);
  const size = figureSize === undefined ? {} : { size: sizeOf(figureSize) };
  return { theme: dark ? "dark" : "light", caption: !titleOnly, ...size };
}

function sizeOf(text: string): FigureSize {
  const [, width = 0, height = 0] = (/^(\d{1,5})[x×](\d{1,5})$/.exec(text) ?? []).map(Number);
  if (Math.min(width, height) < SMALLEST || Math.max(width, height) > LARGEST)
    throw new UsageError(
      `--figure-size: expected pixels of width and height between ${SMALLEST} and ${LARGEST}, got "${text}"; write 1920x1080`,
    );
  return { width, height };
}

/** Every figure as PNG and SVG, by the names of their files. */
async function drawFigures(
  input: ReportInput,
  language: Language,
  look: FigureLook,
): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const inPng = figuresOf(input, pictureText(language));
  const files = new Map<string, string | Uint8Array>();
  for (const [i, { name, chart }] of figuresOf(input, textIn(language)).entries()) {
    files.set(`${name}.svg`, chartSvg(chart, look.theme ?? "light", look.size));
    files.set(`${name}.png`, await chartPng(inPng[i]!.chart, look));
  }
  return files;
}

/** The paths. */
function writeFigures(folder: string, files: ReadonlyMap<string, string | Uint8Array>): string[] {
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
