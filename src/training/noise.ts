import { windowMoments } from "../statistics/noiseOverTime.ts";
import type { GradientMoments } from "../statistics/noiseScale.ts";
import type { Totals } from "./microBatch.ts";

/** Of the groups of examples that a micro-batch was cut into: ‖Σ w·∇ℓ‖² and Σ w. */
export interface GroupNorms {
  readonly squares: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The moments of one optimizer step's gradients from the groups of its micro-batches. `normOfSum` is ‖Σ w·∇ℓ‖ of the window; the
 * groups' squares carry `factor`², the loss scale. A group counts as many examples as its share of the window's weight, so that the
 * noise scale is in examples whatever the weights are; a group without weight counts nothing. NaN where fewer than two count.
 */
export function momentsOfWindow(
  norms: readonly GroupNorms[],
  { weight, examples }: Pick<Totals, "weight" | "examples">,
  normOfSum: number,
  factor: number,
): GradientMoments {
  const groups = norms
    .flatMap(({ squares, weights }) => squares.map((square, i) => ({ square, weight: weights[i]! })))
    .filter((group) => group.weight > 0);
  return windowMoments(
    groups.map((group) => group.square / (group.weight * factor) ** 2),
    groups.map((group) => (group.weight * examples) / weight),
    (normOfSum / weight) ** 2,
  );
}
