import type { Dataset } from "../data/dataset.ts";
import { updatesFor } from "../optimizer/batchScaling.ts";
import {
  type BatchChange,
  isOfRateAlone,
  rateRuleOf,
  type ScaledOptimizer,
  scaledConstants,
} from "../optimizer/scaleRules.ts";
import type { ScaledUpdates } from "../store/scaledUpdates.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { type AccumulationPlan, firstSteps } from "../training/accumulation.ts";
import type { LearningRateScaling } from "../training/learningRate.ts";
import type { Accumulation } from "./options/accumulation.ts";
import { rateRuleFor } from "./options/batchSchedule.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { readHalfLife, readMeasured } from "./options/scaleOptions.ts";

/** What constants of updates are derived from, beside the configuration. */
interface Scene {
  readonly accumulation: Accumulation;
  readonly plan: AccumulationPlan | undefined;
  /** The data to train on. */
  readonly examples: Pick<Dataset, "name" | "target">;
}

/**
 * The constants of a run's updates where one of them follows the batch, else null. Throws `UsageError` for a rule
 * without what it needs, for one that windows which change cannot follow, and as `scaledConstants`.
 */
export function scaledUpdates(configuration: TrainConfiguration, scene: Scene): ScaledUpdates | null {
  const { weightDecayRule = "none", beta2HalfLife, warmupSteps, warmupExamples } = configuration;
  const rule = rateRuleFor(configuration);
  if (warmupExamples !== undefined && warmupSteps !== undefined)
    throw new UsageError(
      `${option("warmupExamples")}: expected one way to say how long the warm-up is, got ${option("warmupSteps")} too; leave one of them out`,
    );
  const exponent = exponentOf(configuration);
  const isAsked =
    rule !== "none" || weightDecayRule !== "none" || beta2HalfLife !== undefined || warmupExamples !== undefined;
  if (!isAsked) return null;
  const batchSize = firstWindow(scene);
  const baseBatchSize = baseOf(configuration, scene);
  const change: BatchChange = {
    rule,
    ratio: baseBatchSize === null ? 1 : batchSize / baseBatchSize,
    exponent: exponent?.value,
    weightDecayRule: configuration.weightDecayRule,
    halfLifeUpdates: beta2HalfLife === undefined ? undefined : halfLifeIn(beta2HalfLife, batchSize, scene),
  };
  if (scene.plan !== undefined && !isOfRateAlone(change)) throw followsNoWindows(configuration);
  const given = configuration as ScaledOptimizer;
  const scaled = scaledConstants(given, change);
  const warmup = warmupExamples === undefined ? warmupSteps : updatesFor(warmupExamples, batchSize);
  return {
    rule,
    batchSize,
    baseBatchSize,
    exponent,
    given: numbersOf({ ...given, warmupSteps: warmupExamples === undefined ? (warmupSteps ?? 0) : undefined }),
    values: numbersOf({ ...scaled, warmupSteps: warmup ?? 0 }),
  };
}

const names = ["learningRate", "beta1", "beta2", "alpha", "epsilon", "weightDecay", "warmupSteps"] as const;

function numbersOf(constants: Readonly<Record<(typeof names)[number], unknown>> | object): Record<string, number> {
  const all = Object.entries(constants) as [string, unknown][];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = all.find(([key]) => key === name)?.[1];
      return typeof value === "number" ? [[name, value] as const] : [];
    }),
  );
}

function exponentOf({ lrScale, scaleExponent }: TrainConfiguration): ScaledUpdates["exponent"] {
  if (lrScale !== "measured") {
    if (scaleExponent === undefined) return null;
    throw new UsageError(
      `${option("scaleExponent")}: expected ${option("lrScale")} measured beside it, got ${lrScale}; leave it out`,
    );
  }
  if (scaleExponent === undefined)
    throw new UsageError(
      `${option("lrScale")}: expected ${option("scaleExponent")} beside measured, got none; give the exponent of the learning rate in the batch`,
    );
  const read = readMeasured(scaleExponent);
  if (read !== null && Number.isFinite(read.value)) return read;
  throw new UsageError(
    `${option("scaleExponent")}: expected a finite number, got ${JSON.stringify(scaleExponent)}; change it`,
  );
}

/** Examples of the first updates. */
function firstWindow({ accumulation: { batchSize, steps, effectiveBatchSize }, plan }: Scene): number {
  return plan === undefined ? effectiveBatchSize : batchSize * firstSteps(plan, steps);
}

function baseOf(configuration: TrainConfiguration, scene: Scene): number | null {
  const { lrScale, weightDecayRule = "none", baseBatchSize } = configuration;
  // A rule that nobody asked for is the schedule's own, and goes from where that begins.
  if (rateRuleFor(configuration) !== lrScale) return firstWindow(scene);
  if (baseBatchSize !== undefined) return baseBatchSize;
  if (scene.plan !== undefined) return firstWindow(scene);
  if (lrScale !== "none")
    throw new UsageError(
      `${option("lrScale")}: expected ${option("baseBatchSize")} beside it, got none; give the batch size that the learning rate was meant for`,
    );
  if (weightDecayRule !== "none")
    throw new UsageError(
      `${option("weightDecayRule")}: expected ${option("baseBatchSize")} beside it, got none; give the batch size that the weight decay was meant for`,
    );
  return null;
}

function halfLifeIn(text: string, batchSize: number, { examples: { name, target } }: Scene): number {
  const { count, unit } = readHalfLife(text);
  if (unit === "examples") return count / batchSize;
  const [tokens] = target.shape;
  if (target.type !== "int64" || tokens === undefined)
    throw new UsageError(
      `${option("beta2HalfLife")}: expected data of tokens for a number of tokens, got ${name}; give examples`,
    );
  return count / (batchSize * tokens);
}

function followsNoWindows({ lrScale, beta2HalfLife, weightDecayRule }: TrainConfiguration): UsageError {
  const [name, value] =
    beta2HalfLife !== undefined
      ? (["beta2HalfLife", beta2HalfLife] as const)
      : (weightDecayRule ?? "none") !== "none"
        ? (["weightDecayRule", weightDecayRule] as const)
        : (["lrScale", lrScale] as const);
  return new UsageError(
    `${option(name)}: expected a rule of the learning rate alone beside ${option("accumulationSchedule")}, got ${value}; use ${option("lrScale")} sqrt, linear or measured`,
  );
}

/** What a run that is gone on with began with, where it was written down. */
export function asRecorded(scaled: ScaledUpdates | null, recorded: ScaledUpdates | undefined): ScaledUpdates | null {
  return scaled === null ? null : (recorded ?? scaled);
}

/** The configuration of an optimizer and a schedule with these constants. The rate itself is scaled by the loop. */
export function withConstants(configuration: TrainConfiguration, scaled: ScaledUpdates | null): TrainConfiguration {
  if (scaled === null) return configuration;
  const { learningRate: _, warmupSteps, ...others } = scaled.values;
  return { ...configuration, ...others, ...(warmupSteps && { warmupSteps }) };
}

/** What the loop is told of the rate; undefined where it stays. */
export function rateScalingOf(
  { optimizer }: TrainConfiguration,
  scaled: ScaledUpdates | null,
): LearningRateScaling | undefined {
  if (scaled === null || scaled.baseBatchSize === null) return undefined;
  const rule = rateRuleOf(scaled.rule as BatchChange["rule"], optimizer);
  if (rule === "none") return undefined;
  const { baseBatchSize, exponent } = scaled;
  return { rule, baseBatchSize, ...(exponent && { exponent: exponent.value }) };
}
