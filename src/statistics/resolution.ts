import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { LEVEL } from "./noiseInterval.ts";
import { inverseNoiseScale } from "./noiseScale.ts";
import { studentTQuantile } from "./studentT.ts";
import type { Gram, Interval } from "./types.ts";

/**
 * How many examples, in rows of the same size, would bring the 95 % interval of the noise scale to ± `tolerance`, e.g.
 * 0.2 for ± 20 %. With θ = 1/noiseScale, of variance L/n + Q/n² over n examples (`inverseNoiseScale`), it is the n with
 *
 *   t √(L/n + Q/n²) = tolerance · θ,     t of Student's distribution with n/b − 1 degrees of freedom
 *
 * The interval is that of the answer itself: θ at the ends of its own 95 % interval, with L in proportion to θ as
 * L = 4 GᵀΣG/(trΣ)² is, with a relative error of √(2/(K − 1)) for L itself, both at their worst. `upper` is Infinity
 * where the noise scale is unresolved: no number of examples is promised then. `value` is NaN when |G|² ≤ 0, `lower`
 * still holds. 0 when the rows agree; NaN throughout for fewer than three rows. Throws `UsageError` for a tolerance
 * outside (0, 1).
 */
export function examplesToResolve(gram: Gram, tolerance: number): Interval {
  requireArguments("examplesToResolve", { gram, tolerance }, { gram: is.gram, tolerance: is.anyNumber });
  if (!(tolerance > 0 && tolerance < 1))
    throw new UsageError(
      `examplesToResolve: expected a tolerance between 0 and 1, got ${tolerance}; give e.g. 0.2 for ± 20 %`,
    );
  const { value, linear, quadratic, low, high, rows, examples } = inverseNoiseScale(gram, 0);
  if (value === Number.POSITIVE_INFINITY) return { value: 0, lower: 0, upper: 0 };
  const batchSize = examples / rows;
  if (Number.isNaN(low)) return { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };
  const needed = (theta: number) => {
    if (theta <= 0) return Number.POSITIVE_INFINITY;
    const proportional = value > 0 ? (linear * theta) / value : linear;
    return solve((tolerance * theta) ** 2, proportional, quadratic, batchSize);
  };
  const doubt = studentTQuantile(LEVEL, rows - 1) * Math.sqrt(2 / (rows - 1));
  const lowest = needed(high);
  if (!(value > 0)) return { value: Number.NaN, lower: lowest * Math.exp(-doubt), upper: Number.POSITIVE_INFINITY };
  const middle = needed(value);
  return {
    value: middle,
    lower: lowest * Math.exp(-doubt),
    upper: needed(low) * Math.exp(doubt),
  };
}

/** n with t² (linear/n + quadratic/n²) = `target`, where t depends on n/b: a few rounds settle it. */
function solve(target: number, linear: number, quadratic: number, batchSize: number): number {
  let examples = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    const freedom = Math.min(1e6, Math.max(1, examples / batchSize - 1));
    const squaredT = studentTQuantile(LEVEL, freedom) ** 2;
    const half = squaredT * linear;
    examples = (half + Math.sqrt(half ** 2 + 4 * target * squaredT * quadratic)) / (2 * target);
  }
  return examples;
}
