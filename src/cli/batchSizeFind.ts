import { significant, whole } from "../advice/format.ts";
import { type MemoryLimit, memoryLimit } from "../experiment/memory.ts";
import {
  findMicroBatch,
  type MicroBatchSearch,
  type Trial,
  type TrialOutcome,
} from "../experiment/microBatchSearch.ts";
import { tryMicroBatch } from "../experiment/microBatchTrial.ts";
import { runTrialProcess, writeTrial } from "../experiment/trialProcess.ts";
import { encodeJson } from "../store/json.ts";
import { type Accumulation, resolveAccumulation } from "./accumulation.ts";
import { resolveConfiguration } from "./configuration.ts";
import { openChosenEngine } from "./engine.ts";
import { InterruptedError } from "./exit.ts";
import { wholeNumber } from "./numbers.ts";
import type { TrainConfiguration } from "./options.ts";
import { onSignals } from "./signals.ts";
import { prepareTraining } from "./train.ts";

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

/** Updates of a trial that searches, and of one that verifies. */
const UPDATES = { search: 2, verification: 6 };

/** The command `batch-size-find`, and the trials that it starts of itself. Writes nothing. */
export async function runBatchSizeFind(flags: BatchSizeFlags & Readonly<Record<string, unknown>>): Promise<void> {
  const { memoryLimit: limitText, maximum, trial, updates, json, ...others } = flags;
  // Micro-batches come from the trials; what a file says of accumulation would contradict the target.
  const configuration = resolveConfiguration({ ...others, batchSize: "1" }, process.env);
  if (trial !== undefined) return makeTrial(configuration, trial, wholeNumber("--updates", updates ?? "2", 1));
  const limit = memoryLimit(limitText);
  const { options } = await prepareTraining(single(configuration, 1));
  const examples = options.train.size;
  const most = maximum === undefined ? examples : Math.min(examples, wholeNumber("--maximum", maximum, 1));
  process.stderr.write(`limit ${bytesText(limit.bytes)} (${limit.source}), micro-batches up to ${whole(most)}\n`);
  const search = await searchInProcesses(configuration, { limit, most, examples });
  const target = configuration.targetBatchSize;
  const plans = {
    largest: planOf(search.largest, target),
    fastest: planOf(search.fastest?.microBatch ?? null, target),
  };
  const found = { ...search, memoryLimit: limit, maximum: most, targetBatchSize: target ?? null, accumulation: plans };
  process.stdout.write(json ? `${encodeJson(found, 2)}\n` : `${words(search, limit, plans, target).join("\n")}\n`);
  if (search.largest === null) process.exitCode = 1;
}

/** The same training with updates of these micro-batches. */
function single(configuration: TrainConfiguration, batchSize: number): TrainConfiguration {
  const { targetBatchSize: _target, gradientAccumulationSteps: _steps, ...rest } = configuration;
  return { ...rest, batchSize, enableAutoGradientAccumulation: false, gradientAccumulationSteps: 1 };
}

async function makeTrial(configuration: TrainConfiguration, trial: string, updates: number): Promise<void> {
  const window = trial.split(",").map((size) => wholeNumber("--trial", size, 1));
  const { options } = await prepareTraining(single(configuration, window[0]!));
  const engine = await openChosenEngine(process.env, configuration.device);
  const write = (text: string) => process.stdout.write(text);
  const onPeak = (peakBytes: number) => writeTrial(write, { peakBytes });
  writeTrial(write, await tryMicroBatch(engine, { ...options, window }, updates, onPeak));
}

interface Bounds {
  readonly limit: MemoryLimit;
  readonly most: number;
  readonly examples: number;
}

async function searchInProcesses(
  configuration: TrainConfiguration,
  { limit, most, examples }: Bounds,
): Promise<MicroBatchSearch> {
  const signals = onSignals();
  const attempt = async (size: number, purpose: Trial["purpose"]) => {
    const window = trialWindow(size, configuration.targetBatchSize, examples);
    const argv = [...ownCommand(), "--trial", window.join(","), "--updates", String(UPDATES[purpose])];
    const outcome = await runTrialProcess(process.execPath, argv, limit.bytes, signals.aborted);
    process.stderr.write(`${purpose === "verification" ? "once more " : ""}${size}: ${outcomeText(outcome)}\n`);
    return outcome;
  };
  try {
    return await findMicroBatch(attempt, most);
  } catch (error) {
    const interruption = signals.received();
    throw interruption ? new InterruptedError(interruption) : error;
  } finally {
    signals.stopListening();
  }
}

/** This very command: a trial reads the same flags. */
function ownCommand(): string[] {
  return [...process.execArgv, ...process.argv.slice(1)];
}

/** Two micro-batches, so that sums of gradients are formed, and the smaller last one of the target's windows. */
function trialWindow(size: number, target: number | undefined, examples: number): number[] {
  const remainder = target !== undefined && target > size ? target % size : 0;
  const window = [size, size, ...(remainder > 0 ? [remainder] : [])];
  return window.reduce((sum, one) => sum + one, 0) <= examples ? window : [size];
}

/** Windows of the target with micro-batches of this size at most; without a target one micro-batch an update. */
function planOf(microBatch: number | null, target: number | undefined): Accumulation | null {
  if (microBatch === null) return null;
  const batchSize = Math.min(microBatch, target ?? microBatch);
  return resolveAccumulation({ batchSize, targetBatchSize: target });
}

function outcomeText(outcome: TrialOutcome): string {
  if (outcome.kind === "failed") return `failed: ${outcome.how}`;
  const peak = Number.isNaN(outcome.peakBytes) ? "" : `${bytesText(outcome.peakBytes)}, `;
  return outcome.kind === "memory"
    ? `does not fit, ${peak}${outcome.how}`
    : `${peak}${timeText(outcome.secondsPerExample)}`;
}

function timeText({ median, lower, upper }: { median: number; lower: number; upper: number }): string {
  const micro = (seconds: number) => significant(1e6 * seconds);
  return `${micro(median)} µs per example [${micro(lower)}, ${micro(upper)}]`;
}

function bytesText(bytes: number): string {
  return bytes < 2 ** 30 ? `${significant(bytes / 2 ** 20)} MiB` : `${significant(bytes / 2 ** 30)} GiB`;
}

function words(
  { largest, smallestFailure, fastest, trials, notes }: MicroBatchSearch,
  limit: MemoryLimit,
  plans: { readonly largest: Accumulation | null; readonly fastest: Accumulation | null },
  target: number | undefined,
): string[] {
  const sizes = [...new Map(trials.map((trial) => [trial.microBatch, trial])).values()];
  const lines = sizes
    .toSorted((a, b) => a.microBatch - b.microBatch)
    .map(({ microBatch, outcome }) => `${whole(microBatch).padStart(9)}  ${outcomeText(outcome)}`);
  if (largest === null || !fastest || !plans.fastest || !plans.largest)
    return [...lines, "", `not even one example fits into ${bytesText(limit.bytes)} (${limit.source})`, ...notes];
  const plan = ({ batchSize, window, effectiveBatchSize }: Accumulation) =>
    target === undefined
      ? `--batch-size ${batchSize}`
      : `--batch-size ${batchSize} --target-batch-size ${effectiveBatchSize} (${windowText(window)})`;
  const next = smallestFailure === null ? "" : `; ${whole(smallestFailure)} does not`;
  return [
    ...lines,
    "",
    `largest that fits  ${whole(largest)}, run twice${next}: ${plan(plans.largest)}`,
    `fastest            ${whole(fastest.microBatch)}, ${timeText(fastest.secondsPerExample)}: ${plan(plans.fastest)}`,
    ...notes.map((note) => `note               ${note}`),
  ];
}

/** "3 × 24 + 16" for [24, 24, 24, 16]. */
function windowText(window: readonly number[]): string {
  const [size] = window;
  const full = window.filter((one) => one === size).length;
  return full === window.length ? `${full} × ${size}` : `${full} × ${size} + ${window.at(-1)}`;
}
