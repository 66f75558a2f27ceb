import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";

export interface RegressionScores {
  /** Examples. */
  readonly count: number;
  /** √ of the mean squared error and the mean absolute error over all numbers, in the target's unit. */
  readonly rmse: number;
  readonly mae: number;
  /** 1 − Σ(target − prediction)² / Σ(target − mean)² of each output; NaN where its targets are all the same. */
  readonly rSquaredByOutput: readonly number[];
  /** Mean over the outputs. Negative where the mean of the targets would predict better. */
  readonly rSquared: number;
}

/**
 * Errors of predicted numbers, in float64.
 *
 *   predictions, targets  [n · outputs], example by example
 *
 * Throws `ShapeError` for lists that do not fit.
 */
export function regressionScores(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  outputs: number,
): RegressionScores {
  requireArguments(
    "regressionScores",
    { predictions, targets, outputs },
    { predictions: is.list, targets: is.list, outputs: is.whole(1) },
  );
  const count = targets.length / outputs;
  if (predictions.length !== targets.length || !Number.isInteger(count))
    throw new ShapeError(
      `regressionScores: expected one prediction for each of ${targets.length} targets, got ${predictions.length} for ${outputs} outputs; give all of them`,
    );
  const errors = Array.from(targets, (target, i) => target - predictions[i]!);
  const rSquaredByOutput = Array.from({ length: outputs }, (_, output) => {
    const own = (values: ArrayLike<number>) => Array.from({ length: count }, (_, i) => values[i * outputs + output]!);
    const wanted = own(targets);
    const mean = wanted.reduce((a, b) => a + b, 0) / count;
    const total = squares(wanted.map((target) => target - mean));
    return total === 0 ? Number.NaN : 1 - squares(own(errors)) / total;
  });
  return {
    count,
    rmse: Math.sqrt(squares(errors) / errors.length),
    mae: errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length,
    rSquaredByOutput,
    rSquared: rSquaredByOutput.reduce((a, b) => a + b, 0) / outputs,
  };
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
