import {
  type BatchSizeSearch,
  optionsOfTrial,
  searchInProcesses,
  type TriedEvent,
} from "../../experiment/batchSize.ts";
import type { ExampleTime, MicroBatchSearch, TrialOutcome } from "../../experiment/microBatchSearch.ts";
import { tryMicroBatch } from "../../experiment/microBatchTrial.ts";
import { writeTrial } from "../../experiment/trialProcess.ts";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { type MemoryLimit, memoryLimit } from "../../session/memory.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { type Accumulation, resolveAccumulation } from "../../session/options/accumulation.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { notesEnglish } from "../../text/en/notes.ts";
import type { StudiesText } from "../../text/en/studies.ts";
import { significant, whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";

/** Options of `batch-size-find` as commander gives them, beside those of `train`. */
export interface BatchSizeFlags {
  readonly memoryLimit: string;
  readonly maximum?: string | undefined;
  /** Micro-batches of an update, as in "24,24,16": makes this process a trial. */
  readonly trial?: string | undefined;
  /** Of a trial. */
  readonly updates?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `batch-size-find`, and the trials that it starts of itself. Writes nothing. */
export async function runBatchSizeFind(flags: BatchSizeFlags & Readonly<Record<string, unknown>>): Promise<void> {
  const { memoryLimit: limitText, maximum, trial, updates, json, ...others } = flags;
  // Micro-batches come from the trials; what a file says of accumulation would contradict the target.
  const configuration = resolveConfiguration({ ...others, batchSize: "1" }, process.env);
  if (trial !== undefined) return makeTrial(configuration, trial, wholeNumber("--updates", updates ?? "2", 1));
  const limit = memoryLimit(limitText);
  const examples = (await optionsOfTrial(configuration, [1])).train.size;
  const most = maximum === undefined ? examples : Math.min(examples, wholeNumber("--maximum", maximum, 1));
  const text = textIn(languageOf(process.env)).studies.microBatch;
  say(text.limit(bytesText(limit.bytes), limit.source, whole(most)));
  const target = configuration.targetBatchSize;
  const search = await searchShown({ target, limitBytes: limit.bytes, most, examples }, text);
  const plans = {
    largest: planOf(search.largest, target),
    fastest: planOf(search.fastest?.microBatch ?? null, target),
  };
  const found = {
    ...inProse(search),
    memoryLimit: { ...limit, source: said(limit.source, notesEnglish.memory) },
    maximum: most,
    targetBatchSize: target ?? null,
    accumulation: plans,
  };
  if (json) printJson(found);
  else print(...words({ search, limit, plans, target }, text));
  if (search.largest === null) process.exitCode = 1;
}

/** Of the document, whose reasons are English beside the data that say the same. */
function inProse({ trials, notes, ...search }: MicroBatchSearch) {
  return {
    ...search,
    trials: trials.map(({ outcome, ...trial }) => ({ ...trial, outcome: outcomeInProse(outcome) })),
    notes: notes.map((note) => said(note, notesEnglish.search)),
    findings: notes,
  };
}

function outcomeInProse(outcome: TrialOutcome) {
  if (outcome.kind === "fits") return outcome;
  const { end, ...others } = outcome;
  return { ...others, how: said(end, notesEnglish.trial), end };
}

async function makeTrial(configuration: TrainConfiguration, trial: string, updates: number): Promise<void> {
  const window = trial.split(",").map((size) => wholeNumber("--trial", size, 1));
  const options = await optionsOfTrial(configuration, window);
  const engine = await openChosenEngine(process.env, configuration.device);
  const write = (text: string) => process.stdout.write(text);
  const onPeak = (peakBytes: number) => writeTrial(write, { peakBytes });
  writeTrial(write, await tryMicroBatch(engine, options, updates, onPeak));
}

async function searchShown(search: Omit<BatchSizeSearch, "trial">, text: Words): Promise<MicroBatchSearch> {
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.trial);
  const listen = ({ size, purpose, outcome }: TriedEvent) =>
    say(text.tried(String(size), outcomeText(outcome, text), purpose === "verification"));
  // This very command: a trial reads the same flags.
  const trial = (window: readonly number[], updates: number) => [
    ...process.argv.slice(2),
    ...["--trial", window.join(","), "--updates", String(updates)],
  ];
  return searchInProcesses({ ...search, trial }, { signal: signals.aborted, listen }).finally(signals.stopListening);
}

/** Windows of the target with micro-batches of this size at most; without a target one micro-batch an update. */
function planOf(microBatch: number | null, target: number | undefined): Accumulation | null {
  if (microBatch === null) return null;
  const batchSize = Math.min(microBatch, target ?? microBatch);
  return resolveAccumulation({ batchSize, targetBatchSize: target });
}

type Words = StudiesText["microBatch"];

function outcomeText(outcome: TrialOutcome, text: Words): string {
  if (outcome.kind === "failed") return text.failed(outcome.end);
  const peak = Number.isNaN(outcome.peakBytes) ? "" : bytesText(outcome.peakBytes);
  if (outcome.kind === "memory") return text.tooMuch(peak, outcome.end);
  return text.fits(peak, timeText(outcome.secondsPerExample, text));
}

function timeText({ median, lower, upper }: ExampleTime, text: Words): string {
  const micro = (seconds: number) => significant(1e6 * seconds);
  return text.perExample({ median: micro(median), lower: micro(lower), upper: micro(upper) });
}

function bytesText(bytes: number): string {
  return bytes < 2 ** 30 ? `${significant(bytes / 2 ** 20)} MiB` : `${significant(bytes / 2 ** 30)} GiB`;
}

interface Found {
  readonly search: MicroBatchSearch;
  readonly limit: MemoryLimit;
  readonly plans: { readonly largest: Accumulation | null; readonly fastest: Accumulation | null };
  readonly target: number | undefined;
}

function words({ search, limit, plans, target }: Found, text: Words): string[] {
  const { largest, smallestFailure, fastest, trials } = search;
  const notes = search.notes.map(text.searchNote);
  const sizes = [...new Map(trials.map((trial) => [trial.microBatch, trial])).values()];
  const lines = sizes
    .toSorted((a, b) => a.microBatch - b.microBatch)
    .map(({ microBatch, outcome }) => `${whole(microBatch).padStart(9)}  ${outcomeText(outcome, text)}`);
  if (largest === null || !fastest || !plans.fastest || !plans.largest)
    return [...lines, "", text.none(bytesText(limit.bytes), limit.source), ...notes];
  const plan = ({ batchSize, window, effectiveBatchSize }: Accumulation) =>
    target === undefined
      ? `--batch-size ${batchSize}`
      : text.window(`--batch-size ${batchSize} --target-batch-size ${effectiveBatchSize}`, windowText(window));
  const next = smallestFailure === null ? null : whole(smallestFailure);
  const { microBatch, secondsPerExample } = fastest;
  return [
    ...lines,
    "",
    ...labelledLines([
      [text.largest, text.largestValue({ size: whole(largest), next, plan: plan(plans.largest) })],
      [
        text.fastest,
        text.fastestValue({
          size: whole(microBatch),
          time: timeText(secondsPerExample, text),
          plan: plan(plans.fastest),
        }),
      ],
      ...notes.map((note) => [text.note, note] as const),
    ]),
  ];
}

/** "3 × 24 + 16" for [24, 24, 24, 16]. */
function windowText(window: readonly number[]): string {
  const [size] = window;
  const full = window.filter((one) => one === size).length;
  return full === window.length ? `${full} × ${size}` : `${full} × ${size} + ${window.at(-1)}`;
}
