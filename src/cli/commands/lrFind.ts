import { rateVerdict } from "../../advice/studyVerdicts.ts";
import { type RangeEvent, type RangeTest, type SeedResult, sweepAll } from "../../experiment/learningRate.ts";
import { learningRateGrid, type SweepKind, sweepKinds } from "../../experiment/learningRateRange.ts";
import { STABILITY_UPDATES } from "../../experiment/stableRate.ts";
import { learningRateRange } from "../../report/charts/learningRateRange.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { resolveAccumulation } from "../../session/options/accumulation.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import {
  type LearningRateSuggestion,
  type LearningRateSweep,
  type SweepReading,
  suggestLearningRate,
} from "../../statistics/learningRateSweep.ts";
import { type LargestStable, largestStable, type StableRange } from "../../statistics/stability.ts";
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
import { tableLines } from "../terminal/tableLines.ts";

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

/**
 * The command `lr-find`: range tests over several seeds, and what they suggest. Writes nothing but the pictures asked
 * for.
 */
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
  const results = await sweepShown({ configuration, learningRates, repeats: count });
  const sweeps = results.map(({ sweep }) => sweep);
  const ranges = results.map(({ range }) => range);
  const found = { ...suggestLearningRate(sweeps), largestStable: largestStable(ranges) };
  const language = languageOf(process.env);
  const files = plot === undefined ? [] : await draw(plot, { configuration, sweeps, found }, language);
  const tested = {
    batchSize: resolveAccumulation(configuration).batchSize,
    from: learningRates[0]!,
    to: learningRates.at(-1)!,
    repeats: count,
  };
  const answer = [rateVerdict(found, tested)];
  const text = textIn(language);
  const { optimizer } = configuration;
  if (json) printJson({ ...document({ kind, learningRates, results, found }, files), answer });
  else print(...answerLines(answer, text), "", ...words({ results, found, optimizer }, files, text.studies.range));
}

async function sweepShown(test: RangeTest): Promise<SeedResult[]> {
  const engine = await openChosenEngine(process.env, test.configuration.device);
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.updateKeepsNothing);
  const text = textIn(languageOf(process.env)).studies.range;
  const listen = (event: RangeEvent) => {
    if (event.kind === "prepared") {
      const { remarks, accumulation } = event.prepared;
      for (const remark of remarks) say(said(remark, textIn(languageOf(process.env)).remarks));
      say(text.window(accumulation.window.join(" + ")));
    } else if (event.kind === "bounded") {
      say(text.bounded({ seed: event.seed, ...rangeText(event.range) }));
    } else {
      const { seed, sweep, done } = event;
      say(text.progress({ seed, rates: sweep.losses.length, end: sweep.end, done, repeats: test.repeats }));
    }
  };
  return sweepAll(engine, test, { signal: signals.aborted, listen }).finally(signals.stopListening);
}

type Found = LearningRateSuggestion & { readonly largestStable: LargestStable | null };

interface Drawn {
  readonly configuration: TrainConfiguration;
  readonly sweeps: readonly LearningRateSweep[];
  readonly found: Found;
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

interface Tested {
  readonly kind: SweepKind;
  readonly learningRates: readonly number[];
  readonly results: readonly SeedResult[];
  readonly found: Found;
}

function document({ kind, learningRates, results, found }: Tested, pictures: readonly string[]) {
  const { suggestion, reason, largestStable, ...others } = found;
  const texts = textIn("en").studies.range;
  return {
    suggestion,
    why: texts.reason(reason),
    reason,
    ...others,
    largestStable: largestStable && { ...largestStable, updates: STABILITY_UPDATES },
    grid: { sweep: kind, from: learningRates[0], to: learningRates.at(-1), rates: learningRates.length },
    sweeps: results.map(({ sweep, range }, i) => {
      const { problem, ...reading } = found.sweeps[i]!;
      return { ...sweep, ...reading, ...range, problem: problem && texts.problem(problem), finding: problem };
    }),
    pictures,
  };
}

interface Shown {
  readonly results: readonly SeedResult[];
  readonly found: Found;
  readonly optimizer: string;
}

function words({ results, found, optimizer }: Shown, pictures: readonly string[], text: Words): string[] {
  const { suggestion, tenthOfMinimum } = found;
  const why = text.reason(found.reason);
  const seeds = results.length;
  const [value, lower, upper] = [suggestion?.value, suggestion?.lower, suggestion?.upper].map((x = NaN) =>
    significant(x),
  );
  return [
    ...sweepTable(found.sweeps, results, text),
    "",
    ...(suggestion ? [] : [why]),
    ...labelledLines([
      ...(suggestion
        ? ([[text.suggested, text.suggestion({ value: value!, lower: lower!, upper: upper!, seeds, why })]] as const)
        : []),
      [text.tenth, orNone(tenthOfMinimum)],
      [text.largestStable, stableText(found.largestStable, optimizer, text)],
      ...pictures.map((file) => [text.picture, file] as const),
    ]),
  ];
}

type Words = StudiesText["range"];

/** Only plain gradient descent, with momentum or not, takes steps in proportion to the gradient. */
function stableText(found: LargestStable | null, optimizer: string, text: Words): string {
  if (found === null) return text.noneStable;
  const { value, upper } = found;
  const updates = STABILITY_UPDATES;
  return text.stable({
    value: significant(value),
    upper: upper === null ? null : significant(upper),
    updates,
    bounded: optimizer !== "sgd",
  });
}

function rangeText({ stable, unstable }: StableRange) {
  return {
    stable: stable === null ? null : significant(stable),
    unstable: unstable === null ? null : significant(unstable),
    updates: STABILITY_UPDATES,
  };
}

const orNone = (value: number | null | undefined) => (value == null ? "–" : significant(value));

function sweepTable(readings: readonly SweepReading[], results: readonly SeedResult[], text: Words): string[] {
  const head = [text.seed, text.rates, text.steepest, text.slope, text.lowest, text.largestStable, text.endedBy, ""];
  const rows = readings.map(({ seed, steepest, minimum, problem }, i) => [
    String(seed),
    String(results[i]!.sweep.losses.length),
    orNone(steepest?.learningRate),
    orNone(steepest?.slope),
    orNone(minimum?.learningRate),
    orNone(results[i]!.range.stable),
    text.ends[results[i]!.sweep.end],
    problem === null ? "" : text.problem(problem),
  ]);
  return tableLines([head, ...rows], (column) => column >= 6);
}
