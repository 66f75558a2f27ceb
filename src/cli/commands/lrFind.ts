import { type RangeEvent, type RangeTest, sweepAll } from "../../experiment/learningRate.ts";
import { learningRateGrid, type SweepKind, sweepKinds } from "../../experiment/learningRateRange.ts";
import { learningRateRange } from "../../report/charts/learningRateRange.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { alignedLines, labelledLines } from "../../report/terminal/aligned.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import {
  type LearningRateSuggestion,
  type LearningRateSweep,
  type SweepReading,
  suggestLearningRate,
} from "../../statistics/learningRateSweep.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { StudiesText } from "../../text/en/studies.ts";
import { significant } from "../../text/format.ts";
import type { Language } from "../../text/languages.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { requireNewFile, writeNewFile } from "../outputs.ts";
import { onSignals } from "../signals.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson, say } from "../terminal/print.ts";

/** Options of `lr-find` as commander gives them, beside those of `train`. */
export interface RangeFlags {
  readonly from: string;
  readonly to: string;
  readonly rates: string;
  readonly sweep: string;
  readonly repeats: string;
  readonly plot?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `lr-find`: range tests over several seeds, and what they suggest. Writes nothing but the pictures asked for. */
export async function runLrFind(flags: RangeFlags & Readonly<Record<string, unknown>>): Promise<void> {
  const { from, to, rates, sweep, repeats, plot, json, ...others } = flags;
  const kind = sweepKinds.find((one) => one === sweep);
  if (!kind)
    throw new UsageError(`--sweep: expected one of ${sweepKinds.join(", ")}, got "${sweep}"; choose one of them`);
  const learningRates = learningRateGrid(kind, decimal(from), decimal(to), wholeNumber("--rates", rates, 2));
  const count = wholeNumber("--repeats", repeats, 3);
  const configuration = resolveConfiguration(others, process.env);
  const { data, model, initFrom } = configuration;
  for (const file of plot === undefined ? [] : picturesOf(plot))
    requireNewFile("--plot", file, [data, model, initFrom]);
  const sweeps = await sweepShown({ configuration, learningRates, repeats: count });
  const found = suggestLearningRate(sweeps);
  const language = languageOf(process.env);
  const files = plot === undefined ? [] : await draw(plot, { configuration, sweeps, found }, language);
  if (json) printJson(document(kind, learningRates, sweeps, found, files));
  else print(...words(found, sweeps, files, textIn(language).studies.range));
}

async function sweepShown(test: RangeTest): Promise<LearningRateSweep[]> {
  const engine = await openChosenEngine(process.env, test.configuration.device);
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.updateKeepsNothing);
  const text = textIn(languageOf(process.env)).studies.range;
  const listen = (event: RangeEvent) => {
    if (event.kind === "prepared") {
      const { remarks, accumulation } = event.prepared;
      for (const remark of remarks) say(said(remark, textIn(languageOf(process.env)).remarks));
      say(text.window(accumulation.window.join(" + ")));
    } else {
      const { seed, sweep, done } = event;
      say(text.progress({ seed, rates: sweep.losses.length, end: sweep.end, done, repeats: test.repeats }));
    }
  };
  return sweepAll(engine, test, { signal: signals.aborted, listen }).finally(signals.stopListening);
}

interface Drawn {
  readonly configuration: TrainConfiguration;
  readonly sweeps: readonly LearningRateSweep[];
  readonly found: LearningRateSuggestion;
}

/** `rates`, `rates.png` and `rates.svg` name the same two pictures. */
function picturesOf(plot: string): string[] {
  const stem = plot.replace(/\.(png|svg)$/i, "");
  return [`${stem}.png`, `${stem}.svg`];
}

async function draw(plot: string, { configuration, sweeps, found }: Drawn, language: Language): Promise<string[]> {
  const chart = ({ studies }: Text) => learningRateRange(configuration, sweeps, found, studies);
  const files = picturesOf(plot);
  const contents = [await chartPng(chart(pictureText(language))), chartSvg(chart(textIn(language)), "light")] as const;
  for (const [i, file] of files.entries()) writeNewFile("--plot", file, contents[i]!);
  return files;
}

function document(
  kind: SweepKind,
  learningRates: readonly number[],
  sweeps: readonly LearningRateSweep[],
  found: LearningRateSuggestion,
  pictures: readonly string[],
) {
  const { suggestion, reason, ...others } = found;
  const texts = textIn("en").studies.range;
  return {
    suggestion,
    why: texts.reason(reason),
    reason,
    ...others,
    grid: { sweep: kind, from: learningRates[0], to: learningRates.at(-1), rates: learningRates.length },
    sweeps: sweeps.map((sweep, i) => {
      const { problem, ...reading } = found.sweeps[i]!;
      return { ...sweep, ...reading, problem: problem && texts.problem(problem), finding: problem };
    }),
    pictures,
  };
}

function words(
  found: LearningRateSuggestion,
  sweeps: readonly LearningRateSweep[],
  pictures: readonly string[],
  text: StudiesText["range"],
): string[] {
  const { suggestion, tenthOfMinimum, largestStable } = found;
  const why = text.reason(found.reason);
  const seeds = sweeps.length;
  const [value, lower, upper] = [suggestion?.value, suggestion?.lower, suggestion?.upper].map((x = NaN) =>
    significant(x),
  );
  const stable = largestStable === null ? text.notReached : significant(largestStable);
  return [
    ...sweepTable(found.sweeps, sweeps, text),
    "",
    ...(suggestion ? [] : [why]),
    ...labelledLines([
      ...(suggestion
        ? ([[text.suggested, text.suggestion({ value: value!, lower: lower!, upper: upper!, seeds, why })]] as const)
        : []),
      [text.tenth, orNone(tenthOfMinimum)],
      [text.largestStable, stable],
      ...pictures.map((file) => [text.picture, file] as const),
    ]),
  ];
}

const orNone = (value: number | null | undefined) => (value == null ? "–" : significant(value));

function sweepTable(
  readings: readonly SweepReading[],
  sweeps: readonly LearningRateSweep[],
  text: StudiesText["range"],
): string[] {
  const head = [text.seed, text.rates, text.steepest, text.slope, text.lowest, text.largestStable, text.endedBy, ""];
  const rows = readings.map(({ seed, steepest, minimum, largestStable, problem }, i) => [
    String(seed),
    String(sweeps[i]!.losses.length),
    orNone(steepest?.learningRate),
    orNone(steepest?.slope),
    orNone(minimum?.learningRate),
    orNone(largestStable),
    text.ends[sweeps[i]!.end],
    problem === null ? "" : text.problem(problem),
  ]);
  return alignedLines([head, ...rows], (column) => column >= 6);
}
