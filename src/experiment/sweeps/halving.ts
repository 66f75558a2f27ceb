import type { StudyBudget } from "../../store/studies/study.ts";
import type { SweepSpecification } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";

/** What is asked of asynchronous successive halving. */
export interface HalvingRequest {
  /** One in so many goes on. */
  readonly reduction: number;
  /** What every setting gets at least. Default: the budget / reduction². */
  readonly minimum: MinimumBudget | undefined;
}

export interface MinimumBudget {
  readonly kind: "epochs" | "examples";
  readonly value: number;
}

/** What `epochs=2` or `examples=500` says. Throws `UsageError` for anything else. */
export function parseMinimumBudget(text: string): MinimumBudget {
  const [, kind, digits] = /^\s*(epochs|examples)=(\S+)\s*$/.exec(text) ?? [];
  const value = Number(digits);
  if (kind !== undefined && value > 0 && Number.isFinite(value) && (kind === "epochs" || Number.isInteger(value)))
    return { kind: kind as MinimumBudget["kind"], value };
  throw new UsageError(
    `${option("minimumBudget")}: expected epochs=N or examples=N, got ${JSON.stringify(text)}; write for example epochs=1`,
  );
}

/** What the rungs depend on. */
export interface HalvingScene {
  readonly budget: StudyBudget;
  /** Examples between evaluations. */
  readonly grid: number;
  /** Of the training data. */
  readonly examples: number;
  readonly trials: number;
}

/**
 * The examples at which trials pause: the minimum and it times η, η², … below the budget, each at an evaluation. Throws
 * `UsageError` for a budget that is none of examples, a minimum that leaves nothing to save, and fewer settings than it
 * takes for one to get to the end.
 */
export function rungsOf(
  { reduction, minimum }: HalvingRequest,
  { budget, grid, examples, trials }: HalvingScene,
): NonNullable<SweepSpecification["halving"]> {
  if (budget.kind !== "examples")
    throw new UsageError(
      `${option("halving")}: expected a budget of examples, got ${budget.kind}; leave ${option("budget")} out, or write examples=N`,
    );
  const usual = budget.value / reduction ** 2;
  const least = minimum === undefined ? usual : minimum.value * (minimum.kind === "epochs" ? examples : 1);
  const rungs: number[] = [];
  for (let rung = least; ; rung *= reduction) {
    const at = Math.max(grid, Math.round(rung / grid) * grid);
    if (at > budget.value - grid) break;
    if (at !== rungs.at(-1)) rungs.push(at);
  }
  if (rungs.length === 0)
    throw new UsageError(
      `${option("minimumBudget")}: expected less than the ${budget.value} examples that a setting is given, got ${Math.round(least)}; lower it, or raise ${option("epochs")}`,
    );
  const fewest = reduction ** rungs.length;
  if (trials < fewest)
    throw new UsageError(
      `${option("halving")}: expected at least ${fewest} settings, so that one in ${reduction} of ${rungs.length} rungs leaves one, got ${trials}; raise ${option("trials")} or ${option("minimumBudget")}`,
    );
  return { reduction, rungs };
}
