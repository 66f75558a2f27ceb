import type { Engine } from "../runtime/engine.ts";
import { bootstrapIntervals } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/types.ts";
import { wilsonInterval } from "../statistics/wilsonInterval.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { evaluateAll } from "../training/evaluate.ts";
import { noLabels } from "../training/fit.ts";
import { accuracyOf, evaluationPass, meanLoss, type PassResult, type Totals } from "../training/microBatch.ts";
import { gatherPredictions, type PredictionScores } from "../training/validationScores.ts";
import type { TrainedModel } from "./trainedModel.ts";

/** How a trained model fares on examples with their right answers, intervals of 95 %. */
export interface Evaluation extends PredictionScores {
  readonly examples: number;
  /** Mean over the examples. */
  readonly loss: number;
  /** The share of labels that is predicted; of one label an example by Wilson, of more by bootstrap over examples. */
  readonly accuracy?: Interval;
  /** By bootstrap over examples, in the unit of the target; bounds are NaN where the examples carry none. */
  readonly errors?: { readonly rSquared: Interval; readonly rmse: Interval; readonly mae: Interval };
}

/** Throws `DataError` for data without a label that counts, and as the engine does. */
export async function evaluateTrained(engine: Engine, { model, state, loss, data }: TrainedModel): Promise<Evaluation> {
  const pass = evaluationPass(engine, model, state, { loss });
  const gatherer = gatherPredictions(data, loss);
  const byExample = data.target.type === "float32" ? numbersByExample(data.targetScale) : labelsByExample(loss.options);
  try {
    const totals = (await evaluateAll(pass, data, (result) => {
      gatherer.add(result);
      byExample.add(result);
    }))!;
    if (data.target.type === "int64" && totals.labels === 0) throw noLabels(data);
    const scores = gatherer.scores();
    const accuracy = scores.classification?.accuracy ?? accuracyWith(totals, byExample.intervals);
    const [rSquared, rmse, mae] = scores.regression ? byExample.intervals() : [];
    return {
      examples: data.size,
      loss: meanLoss(loss, totals),
      ...(accuracy && { accuracy }),
      ...scores,
      ...(rSquared && { errors: { rSquared, rmse: rmse!, mae: mae! } }),
    };
  } finally {
    pass.release();
  }
}

/** The mean loss, and the share of labels that is predicted, without intervals. Throws as the engine does. */
export async function meanOfTrained(
  engine: Engine,
  { model, state, loss, data }: TrainedModel,
): Promise<{ readonly loss: number; readonly accuracy: number | undefined }> {
  const pass = evaluationPass(engine, model, state, { loss });
  try {
    const totals = (await evaluateAll(pass, data))!;
    return { loss: meanLoss(loss, totals), accuracy: accuracyOf(totals) };
  } finally {
    pass.release();
  }
}

function accuracyWith(totals: Totals, intervals: () => readonly Interval[]): Interval | undefined {
  const value = accuracyOf(totals);
  if (value === undefined) return undefined;
  if (totals.labels <= totals.examples) return wilsonInterval(totals.correct, totals.labels);
  // Labels of one example are no independent trials. At worst all of one are right or wrong together, and where
  // examples are few or alike nothing tells more.
  const interval = intervals()[0];
  if (interval && !Number.isNaN(interval.lower)) return interval;
  return { ...wilsonInterval(value * totals.examples, totals.examples), value };
}

interface ByExample {
  add(result: PassResult): void;
  intervals(): readonly Interval[];
}

/** Of one label for each position: right ones and all that count. */
function labelsByExample({ ignoreIndex = IGNORED_LABEL }: { readonly ignoreIndex?: number | undefined }): ByExample {
  const [right, all]: [number[], number[]] = [[], []];
  return {
    add({ batch, predictions, examples }) {
      if (!predictions) return;
      const [labels, said] = [toNumbers(batch.y!), toNumbers(predictions)];
      const per = labels.length / examples;
      for (let i = 0; i < examples; i++) {
        const places = Array.from({ length: per }, (_, k) => i * per + k).filter((at) => labels[at] !== ignoreIndex);
        right.push(places.filter((at) => labels[at] === said[at]).length);
        all.push(places.length);
      }
    },
    intervals: () =>
      right.length === 0
        ? []
        : bootstrapIntervals([Float64Array.from(right), Float64Array.from(all)], ([a, b]) => [a! / b!]),
  };
}

/** R², RMSE and MAE of numbers, as `regressionScores` has them. */
function numbersByExample({ mean, deviation } = { mean: 0, deviation: 1 }): ByExample {
  const [said, wanted]: [number[], number[]] = [[], []];
  let outputs = 1;
  return {
    add({ batch, predictions, examples }) {
      if (!predictions) return;
      outputs = predictions.data.length / examples;
      for (const number of toNumbers(predictions)) said.push(number * deviation + mean);
      for (const number of toNumbers(batch.y!)) wanted.push(number * deviation + mean);
    },
    intervals() {
      const n = said.length / outputs;
      if (n === 0) return [];
      const column = (of: (at: number) => number, output: number) =>
        Float64Array.from({ length: n }, (_, i) => of(i * outputs + output));
      const columns = Array.from({ length: outputs }, (_, output) => {
        // Squares of numbers far from 0 would lose the digits of their differences.
        const middle = column((at) => wanted[at]!, output).reduce((a, b) => a + b, 0) / n;
        return [
          column((at) => (wanted[at]! - said[at]!) ** 2, output),
          column((at) => Math.abs(wanted[at]! - said[at]!), output),
          column((at) => wanted[at]! - middle, output),
          column((at) => (wanted[at]! - middle) ** 2, output),
        ];
      });
      return bootstrapIntervals(columns.flat(), (sums) => errorsOf(sums, n, outputs));
    },
  };
}

function errorsOf(sums: readonly number[], n: number, outputs: number): number[] {
  let [shares, squares, absolute] = [0, 0, 0];
  for (let output = 0; output < outputs; output++) {
    const [square, error, sum, spread] = sums.slice(4 * output) as [number, number, number, number];
    const total = spread - sum ** 2 / n;
    shares += total > 0 ? 1 - square / total : Number.NaN;
    squares += square;
    absolute += error;
  }
  return [shares / outputs, Math.sqrt(squares / (n * outputs)), absolute / (n * outputs)];
}
