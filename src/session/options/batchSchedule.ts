import type { OptimizerName } from "../../optimizer/optimizers.ts";
import { rateRuleOf, type ScaleRule } from "../../optimizer/scaleRules.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import type { AccumulationByExamples, AccumulationPlan } from "../../training/accumulation.ts";
import { decimal } from "../numbers.ts";
import { type AccumulationFlags, resolveAccumulation } from "./accumulation.ts";
import { counted, real, requireBound, windows } from "./bounds.ts";

/** What decides a plan. */
export interface Planned extends AccumulationFlags {
  readonly accumulationSchedule?: string | undefined;
  readonly maxAccumulationSteps: number;
  readonly accumulationRatio: number;
  readonly accumulationMayShrink: boolean;
  readonly noiseScale: "on" | "off";
  readonly steps?: number | undefined;
}

/** What decides the rule of the learning rate. */
interface RateRuled {
  readonly lrScale: ScaleRule;
  readonly accumulationSchedule?: string | undefined;
  readonly optimizer: OptimizerName;
}

/** Whether the batch follows the noise scale that the run measures. */
export function followsNoise(schedule: string | undefined): boolean {
  return schedule === "noise-scale" || schedule === "cbs";
}

/**
 * The rule of the learning rate: what is asked for, and otherwise that of the schedule. Seesaw cannot do without one,
 * and a critical batch size was measured with one.
 */
export function rateRuleFor({ lrScale, accumulationSchedule: schedule = "", optimizer }: RateRuled): ScaleRule {
  if (lrScale !== "none" || !/^(seesaw|cbs)/.test(schedule)) return lrScale;
  return optimizer === "lars" ? "linear" : (rateRuleOf("sde", optimizer) as "sqrt" | "linear");
}

/** The plan of a run. Throws `UsageError` for one that makes no sense, and for options that contradict it. */
export function planOf(given: Planned): AccumulationPlan | undefined {
  const { accumulationSchedule: text, maxAccumulationSteps: maximum, accumulationRatio: ratio } = given;
  if (text === undefined) return undefined;
  if (followsNoise(text)) return noisePlan(given);
  if (text === "seesaw") {
    requireEpochs(given);
    return { kind: "seesaw", maximum };
  }
  if (text.startsWith("ramp:")) return rampPlan(text, given);
  const measured = readCriticalBatches(text);
  if (measured !== null) return measuredPlan(measured, ratio, given);
  return { kind: "epochs", from: epochsOf(text) };
}

function noisePlan({ accumulationSchedule, noiseScale, accumulationMayShrink: mayShrink, ...more }: Planned) {
  const { maxAccumulationSteps: maximum, accumulationRatio: ratio } = more;
  if (noiseScale === "off")
    throw new UsageError(
      `${option("accumulationSchedule")}: expected the noise scale to be measured, got ${option("noiseScale")} off; leave one of the two out`,
    );
  if (accumulationSchedule === "noise-scale") return { kind: "noise-scale", maximum, ratio, mayShrink } as const;
  if (mayShrink)
    throw new UsageError(
      `${option("accumulationMayShrink")}: expected ${option("accumulationSchedule")} noise-scale beside it, got cbs, which only grows; leave one of the two out`,
    );
  return { kind: "noise-scale", maximum, ratio, aim: "lower" } as const;
}

function requireEpochs({ steps }: Planned): void {
  if (steps !== undefined)
    throw new UsageError(
      `${option("steps")}: expected ${option("epochs")} instead beside ${option("accumulationSchedule")} seesaw, whose updates are fewer for the same examples, got ${steps}; leave it out`,
    );
}

function epochsOf(text: string): [epoch: number, steps: number][] {
  const from = text.split(",").map((part) => part.split(":").map(Number) as [number, number]);
  for (const [epoch, count] of from) {
    requireBound(counted, option("accumulationSchedule"), epoch);
    requireBound(windows, option("accumulationSchedule"), count);
  }
  return from;
}

/** `64@20000`: from so many examples on, updates of so many. Null of another text. */
function readPairs(text: string): [batch: number, examples: number][] | null {
  const pairs = text.split(",").map((part) => part.split("@").map(decimal));
  const isRight = pairs.every((pair) => pair.length === 2 && pair[0]! > 0 && Number.isSafeInteger(pair[1]));
  return isRight ? (pairs as [number, number][]) : null;
}

function rampPlan(text: string, given: Planned): AccumulationByExamples {
  const pairs = readPairs(text.slice("ramp:".length));
  if (pairs === null)
    throw new UsageError(
      `${option("accumulationSchedule")}: expected batch sizes and the examples from which on they hold, got ${JSON.stringify(text)}; write for example ramp:64@20000,128@60000`,
    );
  const { batchSize, effectiveBatchSize } = resolveAccumulation(given);
  for (const [i, [batch, examples]] of pairs.entries()) {
    requireBound(counted, option("accumulationSchedule"), examples);
    requireBound(windows, option("accumulationSchedule"), batch / batchSize);
    const before = pairs[i - 1]?.[0] ?? (examples === 0 ? batch : effectiveBatchSize);
    if (batch < before)
      throw new UsageError(
        `${option("accumulationSchedule")}: expected a ramp whose batches do not fall, got ${batch} after ${before}; raise it, or leave it out`,
      );
    if (batch % batchSize !== 0)
      throw new UsageError(
        `${option("accumulationSchedule")}: expected multiples of ${option("batchSize")} ${batchSize}, as updates are made of micro-batches, got ${batch}; change one of the two`,
      );
  }
  return { kind: "examples", from: pairs.map(([batch, examples]) => [examples, batch / batchSize]) };
}

/** A critical batch size, or the least that it may be, from so many examples on. */
export interface CriticalBatchAt {
  readonly batch: number;
  readonly examples: number;
}

/** What `writeCriticalBatches` wrote; null of another text, as the name of a file. */
export function readCriticalBatches(text: string): readonly CriticalBatchAt[] | null {
  const pairs = text.startsWith("cbs:") ? readPairs(text.slice("cbs:".length)) : null;
  return pairs?.map(([batch, examples]) => ({ batch, examples })) ?? null;
}

/** Whether a schedule names a file of critical batch sizes, which is to be read. */
export function namesCriticalBatches(schedule: string | undefined): schedule is string {
  return schedule?.startsWith("cbs:") === true && readCriticalBatches(schedule) === null;
}

export function writeCriticalBatches(found: readonly CriticalBatchAt[]): string {
  return `cbs:${found.map(({ batch, examples }) => `${batch}@${examples}`).join(",")}`;
}

/** The batch never falls, also where a later checkpoint's critical batch size is smaller. */
function measuredPlan(found: readonly CriticalBatchAt[], ratio: number, given: Planned): AccumulationByExamples {
  const { batchSize, steps } = resolveAccumulation(given);
  const from: [examples: number, steps: number][] = [];
  for (const { batch, examples } of found) {
    requireBound(real, option("accumulationSchedule"), batch);
    requireBound(counted, option("accumulationSchedule"), examples);
    from.push([examples, Math.max(from.at(-1)?.[1] ?? steps, Math.floor((ratio * batch) / batchSize))]);
  }
  return { kind: "examples", from, maximum: given.maxAccumulationSteps };
}
