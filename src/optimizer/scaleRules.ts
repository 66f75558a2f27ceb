import { option, UsageError } from "../tensor/errors.ts";
import {
  decayInSdeTime,
  decayOfHalfLife,
  decayOfSameHalfLife,
  decayOfSameTimescale,
  epsilonInSdeTime,
  type RateRule,
  rateFactor,
} from "./batchScaling.ts";
import type { OptimizerName } from "./optimizers.ts";

/** How the constants of an update may follow its batch, by name. */
export const scaleRules = ["none", "sqrt", "linear", "sde", "half-life", "power-lines", "measured"] as const;
export type ScaleRule = (typeof scaleRules)[number];

export const weightDecayRules = ["none", "timescale"] as const;
export type WeightDecayRule = (typeof weightDecayRules)[number];

/** The constants of an update; of the optional ones an optimizer has its own. */
export interface UpdateConstants {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  /** Of RMSprop: the decay of its square. */
  readonly alpha?: number | undefined;
  readonly epsilon?: number | undefined;
}

/** An optimizer with its constants, and what of it rules make no difference to but must know. */
export type ScaledOptimizer = UpdateConstants & {
  readonly optimizer: OptimizerName;
  readonly momentum?: number | undefined;
  readonly amsgrad?: boolean | undefined;
  readonly centered?: boolean | undefined;
};

/** From which batch to which, and by what. */
export interface BatchChange {
  readonly rule: ScaleRule;
  /** The new batch size over the old one; 1 where there is no old one. */
  readonly ratio: number;
  /** Of `measured`: α of η ∝ B^α. */
  readonly exponent?: number | undefined;
  /** Default: what the rule says; none without a rule. */
  readonly weightDecayRule?: WeightDecayRule | undefined;
  /** The half-life of β₂ in updates of the new batch, where it is given outright. */
  readonly halfLifeUpdates?: number | undefined;
}

/** How the learning rate follows: sde is √κ for optimizers that divide by the root of a mean square, and κ for SGD. */
export function rateRuleOf(rule: ScaleRule, optimizer: OptimizerName): RateRule {
  if (rule === "sqrt" || rule === "linear") return rule;
  if (rule === "sde") return optimizer === "sgd" ? "linear" : "sqrt";
  return rule === "measured" ? "power" : "none";
}

/** What a rule takes for granted and an optimizer does not do; null where nothing is missing. */
export type MissedPremise = "proportional" | "squares" | "adamw";

/**
 * Of `linear`: steps as long as the gradient, as those of SGD with or without momentum (with LARS it is how the rule
 * has been used). Of half-lives: that β₂ is the decay of squares, which Lion has none of. Of the time scale of decay:
 * AdamW, of which the papers speak.
 */
export function missedPremise(rule: ScaleRule, optimizer: OptimizerName): MissedPremise | null {
  if (rule === "linear" && optimizer !== "sgd" && optimizer !== "lars") return "proportional";
  if (optimizer !== "lion") return null;
  return rule === "half-life" ? "squares" : rule === "power-lines" ? "adamw" : null;
}

/** Rules that hold where noise makes up most of a gradient. */
export function assumesNoise(rule: ScaleRule): boolean {
  return rule === "sqrt" || rule === "linear" || rule === "sde";
}

/** Whether a change of the batch while training can be followed: by a learning rate, which is no part of a graph. */
export function isOfRateAlone({ rule, weightDecayRule = "none", halfLifeUpdates }: BatchChange): boolean {
  const ofRate = rule !== "sde" && rule !== "half-life" && rule !== "power-lines";
  return ofRate && weightDecayRule === "none" && halfLifeUpdates === undefined;
}

/**
 * The constants of an update of the new batch. Throws `UsageError` for a rule that this optimizer gives no meaning, and
 * for constants that come out where they cannot be used.
 */
export function scaledConstants(given: ScaledOptimizer, change: BatchChange): UpdateConstants {
  requireMeaning(given, change);
  const { rule, ratio, exponent, halfLifeUpdates } = change;
  const factor = rateFactor(rateRuleOf(rule, given.optimizer), ratio, exponent);
  const { learningRate, weightDecay, beta1, beta2, alpha, epsilon } = given;
  const keepsTimescale = (change.weightDecayRule ?? ownDecayRule(given, rule)) === "timescale";
  const averages =
    rule === "sde" && given.optimizer !== "sgd" ? sdeAverages(given, ratio) : { beta1, beta2, alpha, epsilon };
  const halved =
    halfLifeUpdates !== undefined
      ? decayOfHalfLife(halfLifeUpdates, 1)
      : rule === "half-life"
        ? decayOfSameHalfLife(beta2!, ratio)
        : averages.beta2;
  const scaled = {
    learningRate: learningRate * factor,
    weightDecay: keepsTimescale ? decayOfSameTimescale(weightDecay, ratio, factor) : weightDecay,
    ...averages,
    beta2: halved,
  };
  requireUsable(scaled, given, change);
  return scaled;
}

/** What is in the gradient, as an L2 penalty, needs none: it is part of what the equation describes. */
function ownDecayRule({ optimizer }: ScaledOptimizer, rule: ScaleRule): WeightDecayRule {
  return rule === "power-lines" || (rule === "sde" && optimizer === "adamw") ? "timescale" : "none";
}

function sdeAverages({ beta1, beta2, alpha, epsilon }: ScaledOptimizer, ratio: number) {
  const moved = (decay: number | undefined) => (decay === undefined ? undefined : decayInSdeTime(decay, ratio));
  return { beta1: moved(beta1), beta2: moved(beta2), alpha: moved(alpha), epsilon: epsilonInSdeTime(epsilon!, ratio) };
}

const ofSde: readonly OptimizerName[] = ["sgd", "rmsprop", "adam", "adamw"];
const decoupled: readonly OptimizerName[] = ["adamw", "lion"];

function requireMeaning(given: ScaledOptimizer, change: BatchChange): void {
  const { optimizer, beta2, weightDecay } = given;
  const { rule, weightDecayRule, halfLifeUpdates } = change;
  if (rule === "sde") requireSde(given);
  if (rule === "half-life" && beta2 === undefined)
    throw new UsageError(
      `${option("lrScale")}: expected an optimizer with ${option("beta2")} for half-life, got ${optimizer}; choose adamw, or another rule`,
    );
  if (halfLifeUpdates !== undefined && beta2 === undefined)
    throw new UsageError(
      `${option("beta2HalfLife")}: expected an optimizer with ${option("beta2")}, got ${optimizer}; choose adamw, or leave it out`,
    );
  if (halfLifeUpdates !== undefined && (rule === "sde" || rule === "half-life"))
    throw new UsageError(
      `${option("beta2HalfLife")}: expected a rule that leaves ${option("beta2")} as it is, got ${rule}; leave one of the two out`,
    );
  if (rule === "power-lines" && !decoupled.includes(optimizer))
    throw new UsageError(
      `${option("lrScale")}: expected an optimizer with decoupled weight decay for power-lines (adamw, lion), got ${optimizer}; choose one, or another rule`,
    );
  if (weightDecayRule === "timescale" && optimizer !== "sgd" && !decoupled.includes(optimizer))
    throw new UsageError(
      `${option("weightDecayRule")}: expected an optimizer whose weight decay has a time scale (sgd, adamw, lion), got ${optimizer}; choose one, or leave it out`,
    );
  if ((weightDecayRule === "timescale" || (rule === "power-lines" && weightDecayRule !== "none")) && weightDecay === 0)
    throw new UsageError(
      `${option("weightDecay")}: expected more than 0 for a rule that scales it, got 0; give one, or leave the rule out`,
    );
}

function requireSde({ optimizer, momentum = 0, amsgrad = false, centered = false }: ScaledOptimizer): void {
  if (!ofSde.includes(optimizer))
    throw new UsageError(
      `${option("lrScale")}: expected an optimizer whose equation sde knows (${ofSde.join(", ")}), got ${optimizer}; choose one, or another rule`,
    );
  const stray = momentum !== 0 ? "momentum" : amsgrad ? "amsgrad" : centered ? "centered" : null;
  if (stray !== null)
    throw new UsageError(
      `${option("lrScale")}: expected no ${option(stray)} beside sde, whose equation is without, got one; leave it out, or choose another rule`,
    );
}

function requireUsable(scaled: UpdateConstants, given: ScaledOptimizer, { rule, ratio }: BatchChange): void {
  for (const name of ["beta1", "beta2", "alpha"] as const) {
    if (scaled[name] === undefined || scaled[name] >= 0) continue;
    const most = 1 / (1 - given[name]!);
    throw new UsageError(
      `${option("lrScale")}: expected at most ${Math.floor(most * 1e6) / 1e6} times the base batch for sde with ${option(name)} ${given[name]}, got ${ratio} times; choose another rule`,
    );
  }
  for (const name of ["learningRate", "weightDecay", "epsilon"] as const) {
    const value = scaled[name];
    if (value === undefined || value === 0 ? given[name] === value : Number.isFinite(value) && value > 0) continue;
    throw new UsageError(
      `${option(name)}: expected a finite number above 0 by the rule ${rule}, got ${value}; choose batches nearer to each other, or another rule`,
    );
  }
}
