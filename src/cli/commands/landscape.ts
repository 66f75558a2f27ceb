import { join } from "node:path";
import { lossSlice } from "../../report/charts/lossSlice.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { alignedLines, separated } from "../../report/terminal/aligned.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { type Landscape, measureLandscape, requireSameModel } from "../../session/landscape.ts";
import { memoryLimit } from "../../session/memory.ts";
import { chooseCheckpoint } from "../../session/trainedModel.ts";
import { writeAtomically } from "../../store/document.ts";
import { placeName } from "../../store/place.ts";
import type { Run } from "../../store/runs.ts";
import { UsageError } from "../../tensor/errors.ts";
import { significant } from "../../text/format.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { onSignals } from "../signals.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { whileReading } from "../whileReading.ts";

/** Options of `landscape`. */
export interface LandscapeFlags {
  readonly checkpoint: string;
  readonly slice: string;
  readonly to?: string | undefined;
  readonly points: string;
  readonly examples?: string | undefined;
  readonly seed: string;
  readonly device: string;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

const kinds = ["line", "plane", "path"] as const;

/** Fewer show no shape. */
const FEWEST_POINTS = 5;

/** The command `landscape`: flat or sharp, and a slice of the loss, at a checkpoint of a run. */
export async function runLandscape(reference: string, flags: LandscapeFlags): Promise<void> {
  const kind = kinds.find((one) => one === flags.slice);
  if (kind === undefined)
    throw new UsageError(`--slice: expected one of ${kinds.join(", ")}, got "${flags.slice}"; choose one of them`);
  const points = wholeNumber("--points", flags.points, FEWEST_POINTS);
  const seed = wholeNumber("--seed", flags.seed, 0);
  const examples = flags.examples === undefined ? undefined : wholeNumber("--examples", flags.examples, 2);
  const run = openNamedRun(flags.dir, reference);
  requireRecords(run, ["config.yaml", "environment.json", "data.json"]);
  const other = flags.to === undefined ? undefined : openNamedRun(flags.dir, flags.to);
  if (other) requireSameModel(run, other);
  const checkpoint = chooseCheckpoint(run, flags.checkpoint);
  const to = other && { run: other, checkpoint: chooseCheckpoint(other, "latest") };
  const question = { run, checkpoint, slice: kind, to, points, seed, examples, threads: 1 };
  const text = textIn(languageOf(process.env));
  const found = await whileReading(run, reference, () => measured(question, flags, text));
  const files = await writeFigure(run, found);
  if (flags.json) printJson(documentOf(run, found, files));
  else print(...linesOf(found, files, text));
}

function wholeNumber(flag: string, given: string, least: number): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= least && value <= 0xffffffff && given.trim() !== "") return value;
  throw new UsageError(`${flag}: expected a whole number of at least ${least}, got "${given}"; change it`);
}

async function measured(
  question: Omit<Parameters<typeof measureLandscape>[0], "memoryBudget">,
  flags: LandscapeFlags,
  text: Text,
): Promise<Landscape> {
  const engine = await openChosenEngine(process.env, flags.device);
  const signals = onSignals(text.commands.stopping.rows);
  const told = (part: keyof Text["landscape"]["parts"]) => say(text.landscape.parts[part]);
  try {
    const memoryBudget = memoryLimit("auto").bytes;
    return await measureLandscape({ ...question, memoryBudget }, { engine, signal: signals.aborted, told });
  } finally {
    signals.stopListening();
  }
}

async function writeFigure(run: Run, found: Landscape): Promise<string[]> {
  const chart = lossSlice(found.slice, pictureText(languageOf(process.env)).landscape.chart);
  const name = join(run.path, "plots", `loss_${found.slice.kind}_${placeName({ ...found, insideEpoch: undefined })}`);
  writeAtomically(`${name}.png`, await chartPng(chart));
  writeAtomically(`${name}.svg`, chartSvg(chart, "light"));
  return [`${name}.png`, `${name}.svg`];
}

function documentOf(run: Run, found: Landscape, files: readonly string[]) {
  const { critical, ...rest } = found;
  const { kind, value, lower, upper, criticalRate, learningRate, tried } = critical;
  const stable = kind === "found" ? learningRate < criticalRate : kind === "flat";
  return {
    run: run.record.id,
    ...rest,
    criticalSharpness: { kind, value, lower, upper, learningRate, criticalRate, stable, passes: tried.length + 1 },
    files,
  };
}

function linesOf({ critical, sharpness, twin, ...found }: Landscape, files: readonly string[], text: Text): string[] {
  const words = text.landscape;
  const names = Object.keys(words.measures) as (keyof typeof words.measures)[];
  const row = (name: keyof typeof words.measures) => [
    words.measures[name],
    significant(sharpness[name]),
    ...(twin ? [significant(twin.sharpness[name])] : []),
    name === "asam" ? words.no : words.yes,
  ];
  return separated([
    [answerOf(critical, text)],
    [words.place(found.epoch, found.step, found.examples, found.loss), ...criticalLines(critical, text)],
    alignedLines([[words.measure, words.here, ...(twin ? [words.twin] : []), words.scale], ...names.map(row)]),
    [twin ? words.twinNote(twin.pairs, twin.factor) : words.noTwin, words.lowerBound],
    files.map((file) => `${words.figure}  ${file}`),
  ]);
}

function answerOf(
  { kind, value, criticalRate, learningRate }: Landscape["critical"],
  { landscape: words }: Text,
): string {
  if (kind !== "found") return words[kind];
  return learningRate < criticalRate ? words.stable(value, learningRate) : words.unstable(value, learningRate);
}

function criticalLines(
  { kind, value, lower, upper, tried }: Landscape["critical"],
  { landscape: words }: Text,
): string[] {
  return kind === "found" ? [words.criticalSharpness(value, lower, upper, tried.length + 1)] : [];
}
