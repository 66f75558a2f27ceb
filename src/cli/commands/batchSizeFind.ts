import { microBatchVerdict } from "../../advice/studyVerdicts.ts";
import {
  type BatchSizeEvent,
  type BatchSizeResult,
  type BatchSizeSearch,
  HEADROOM,
  mostOf,
  searchInProcesses,
} from "../../experiment/batchSize.ts";
import {
  type Fastest,
  fastestOf,
  type MicroBatchSearch,
  type TrialOutcome,
} from "../../experiment/microBatchSearch.ts";
import { prepareTrial } from "../../experiment/microBatchTask.ts";
import type { ExampleTime, MicroBatchTimes } from "../../experiment/microBatchTimes.ts";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { type MemoryLimit, memoryLimit } from "../../session/memory.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { type Accumulation, resolveAccumulation } from "../../session/options/accumulation.ts";
import type { TrialEnd } from "../../store/findings.ts";
import { notesEnglish } from "../../text/en/notes.ts";
import type { StudiesText } from "../../text/en/studies.ts";
import { significant, whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { memory } from "../../text/verdictParts.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";

/** Options of `batch-size-find` as commander gives them, beside those of `train`. */
export interface BatchSizeFlags {
  readonly memoryLimit: string;
  readonly maximum?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `batch-size-find`. Leaves nothing behind. */
export async function runBatchSizeFind(flags: BatchSizeFlags & Readonly<Record<string, unknown>>): Promise<void> {
  const { memoryLimit: limitText, maximum, json, ...others } = flags;
  // Micro-batches come from the trials; what a file says of accumulation would contradict the target.
  const configuration = resolveConfiguration({ ...others, batchSize: "1" }, process.env);
  const limit = memoryLimit(limitText);
  const examples = (await prepareTrial(configuration, [1])).options.train.size;
  const target = configuration.targetBatchSize;
  const asked = maximum === undefined ? examples : wholeNumber("--maximum", maximum, 1);
  const most = mostOf(examples, { target, maximum: asked });
  const words = textIn(languageOf(process.env));
  const text = words.studies.microBatch;
  const allowed = (1 - HEADROOM) * limit.bytes;
  say(text.limit({ bytes: memory(limit.bytes), source: limit.source, most: whole(most), allowed: memory(allowed) }));
  const { search, timing } = await searchShown(
    { configuration, target, limitBytes: limit.bytes, most, examples },
    text,
  );
  const fastest = "times" in timing ? fastestOf(timing.times) : null;
  const plans = { largest: planOf(search.largest, target), fastest: planOf(fastest?.microBatch ?? null, target) };
  const { largest } = search;
  const [limitBytes, answered] = [limit.bytes, target ?? null];
  const answer = [microBatchVerdict({ fastest: fastest?.microBatch ?? null, largest, limitBytes, target: answered })];
  const found = {
    ...inProse(search),
    fastest,
    timing: "times" in timing ? timing : { failed: timing, how: said(timing, notesEnglish.trial) },
    memoryLimit: { ...limit, headroom: HEADROOM, source: said(limit.source, notesEnglish.memory) },
    maximum: most,
    targetBatchSize: target ?? null,
    accumulation: plans,
    answer,
  };
  if (json) printJson(found);
  else print(...answerLines(answer, words), "", ...lines({ search, timing, fastest, limit, plans, target }, text));
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

async function searchShown(search: BatchSizeSearch, text: Words): Promise<BatchSizeResult> {
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.trial);
  const listen = (event: BatchSizeEvent) => {
    if (event.kind === "timing") return say(text.timing(event.sizes.map(whole).join(", ")));
    const { size, outcome, purpose } = event;
    say(text.tried(String(size), outcomeText(outcome, text), purpose === "verification"));
  };
  const means = { signal: signals.aborted, listen };
  return searchInProcesses(search, means).finally(signals.stopListening);
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
  const peak = Number.isNaN(outcome.peakBytes) ? "" : memory(outcome.peakBytes);
  if (outcome.kind === "memory") return text.tooMuch(peak, outcome.end);
  return text.fits(peak);
}

function timeText({ median, lower, upper }: ExampleTime, text: Words): string {
  const micro = (seconds: number) => significant(1e6 * seconds);
  return text.perExample({ median: micro(median), lower: micro(lower), upper: micro(upper) });
}

interface Found extends BatchSizeResult {
  readonly fastest: Fastest | null;
  readonly limit: MemoryLimit;
  readonly plans: { readonly largest: Accumulation | null; readonly fastest: Accumulation | null };
  readonly target: number | undefined;
}

function lines({ search, timing, fastest, limit, plans, target }: Found, text: Words): string[] {
  const { largest, smallestFailure } = search;
  const notes = [...search.notes.map(text.searchNote), ...timingNotes(timing, text)];
  const tried = tableOf(search, "times" in timing ? timing.times : [], text);
  if (largest === null || !plans.largest) return [...tried, "", text.none(memory(limit.bytes), limit.source), ...notes];
  const plan = ({ batchSize, window, effectiveBatchSize }: Accumulation) =>
    target === undefined || batchSize === effectiveBatchSize
      ? `--batch-size ${batchSize}`
      : text.window(`--batch-size ${batchSize} --target-batch-size ${effectiveBatchSize}`, windowText(window));
  const next = smallestFailure === null ? null : whole(smallestFailure);
  return [
    ...tried,
    "",
    ...labelledLines([
      [text.largest, text.largestValue({ size: whole(largest), next, plan: plan(plans.largest) })],
      ...(fastest && plans.fastest ? [[text.fastest, fastestText(fastest, plan(plans.fastest), text)] as const] : []),
      ...notes.map((note) => [text.note, note] as const),
    ]),
  ];
}

function fastestText({ microBatch, secondsPerExample, asFast }: Fastest, plan: string, text: Words): string {
  const time = timeText(secondsPerExample, text);
  return text.fastestValue({ size: whole(microBatch), time, plan, asFast: asFast.map(whole) });
}

/** Each size once, with what became of it last and its time. */
function tableOf({ trials, largest }: MicroBatchSearch, times: MicroBatchTimes["times"], text: Words): string[] {
  const timeOf = new Map(times.map(({ microBatch, secondsPerExample }) => [microBatch, secondsPerExample]));
  const sizes = [...new Map(trials.map((trial) => [trial.microBatch, trial])).values()];
  return sizes
    .toSorted((a, b) => a.microBatch - b.microBatch)
    .map(({ microBatch, outcome }) => {
      const time = timeOf.get(microBatch);
      const became = outcomeText(outcome, text);
      const isUnsure = outcome.kind === "fits" && microBatch > (largest ?? 0);
      return `${whole(microBatch).padStart(9)}  ${isUnsure ? text.fitsOnce(became) : became}${time ? `, ${timeText(time, text)}` : ""}`;
    });
}

/** Of the time on the wall, the share that the process must have had for its figures to be taken as they are. */
const UNDISTURBED = 0.9;

function timingNotes(timing: MicroBatchTimes | TrialEnd, text: Words): string[] {
  if (!("times" in timing)) return [text.untimed(timing)];
  return timing.share < UNDISTURBED ? [text.disturbed(`${Math.round(100 * timing.share)} %`)] : [];
}

/** "3 × 24 + 16" for [24, 24, 24, 16]. */
function windowText(window: readonly number[]): string {
  const [size] = window;
  const full = window.filter((one) => one === size).length;
  return full === window.length ? `${full} × ${size}` : `${full} × ${size} + ${window.at(-1)}`;
}
