import type { Dataset } from "../../data/dataset.ts";
import { select } from "../../data/dataset.ts";
import type { Loss } from "../../model/loss.ts";
import type { Model } from "../../model/model.ts";
import type { Engine } from "../../runtime/engine.ts";
import { bootstrapIntervals } from "../../statistics/bootstrap.ts";
import type { Interval } from "../../statistics/types.ts";
import { wilsonInterval } from "../../statistics/wilsonInterval.ts";
import type { ScoredPart } from "../../store/diagnosisFacts.ts";
import { random } from "../../tensor/random.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { addTotals, evaluationPass, meanLoss, noTotals } from "../../training/microBatch.ts";
import type { TrainingState } from "../../training/state.ts";

/** Examples of a part that are looked at, at most: an accuracy near 0.9 is known to 0.013 then. */
const MOST = 2000;
/** Parts of the examples between which the loss is resampled. */
const PIECES = 100;

/** A model at a state, to be asked. */
export interface Trained {
  readonly model: Model;
  readonly state: TrainingState;
  readonly loss: Loss;
}

/** What examples came to, and what the constant answer would have cost. */
export interface Scores extends ScoredPart {
  /** Of one label an example: those whose own label is improbable and another one sure. */
  readonly doubted: Interval | null;
  /** Targets that are numbers, where there are few enough of them. */
  readonly targets: readonly number[];
}

/** At most so many examples, drawn from the seed. */
export function sampleOf(data: Dataset, most = MOST, seed = 0): Dataset {
  if (data.size <= most) return data;
  return select(data, random(seed).permutation(data.size).slice(0, most).toSorted());
}

/**
 * Loss and accuracy of a sample of `data` in evaluation mode, each with its interval of 95 %: of the loss by bootstrap
 * over pieces of the sample, of one label an example by Wilson. Throws as the engine does.
 */
export async function scoredPart(engine: Engine, { model, state, loss }: Trained, data: Dataset): Promise<Scores> {
  const sample = sampleOf(data);
  const size = Math.max(1, Math.floor(sample.size / PIECES));
  const pass = evaluationPass(engine, model, state, { loss, probabilities: true });
  const [losses, weights, correct, labels]: number[][] = [[], [], [], []];
  const numbers: number[] = [];
  let [totals, doubted, judged] = [noTotals, 0, 0];
  try {
    for (let start = 0; start < sample.size; start += size) {
      const count = Math.min(size, sample.size - start);
      const result = await pass.run(
        sample,
        Uint32Array.from({ length: count }, (_, i) => start + i),
        true,
      );
      totals = addTotals(totals, result);
      losses!.push(result.loss);
      weights!.push(result.weight);
      correct!.push(result.correct);
      labels!.push(result.labels);
      if (sample.target.type === "float32") numbers.push(...toNumbers(result.batch.y!));
      else if (sample.target.shape.length === 0 && result.probabilities) {
        judged += count;
        doubted += doubtedIn(toNumbers(result.probabilities), toNumbers(result.batch.y!));
      }
    }
  } finally {
    pass.release();
  }
  const mean = meanLoss(loss, totals);
  // Whatever the loss is divided by, a sum of weights is in proportion to it.
  const factor = mean / (totals.loss / totals.weight);
  const [interval] = bootstrapIntervals(
    [losses!, weights!].map((one) => Float64Array.from(one)),
    ([a, b]) => [(factor * a!) / b!],
  );
  return {
    examples: sample.size,
    loss: known(interval!, mean),
    accuracy: totals.labels === 0 ? null : accuracyOf({ ...totals, correctIn: correct!, labelsIn: labels! }),
    doubted: judged === 0 ? null : wilsonInterval(doubted, judged),
    targets: numbers,
  };
}

/** Where nothing tells an interval, as of equal losses, there is the value alone. */
function known({ lower, upper }: Interval, value: number): Interval {
  return Number.isNaN(lower) ? { value, lower: value, upper: value } : { value, lower, upper };
}

interface Counted {
  readonly examples: number;
  readonly labels: number;
  readonly correct: number;
  readonly correctIn: readonly number[];
  readonly labelsIn: readonly number[];
}

/** Labels of one example are no independent trials. */
function accuracyOf({ examples, labels, correct, correctIn, labelsIn }: Counted): Interval {
  if (labels <= examples) return wilsonInterval(correct, labels);
  const columns = [Float64Array.from(correctIn), Float64Array.from(labelsIn)];
  return known(bootstrapIntervals(columns, ([a, b]) => [a! / b!])[0]!, correct / labels);
}

/** A label that the model gives a twentieth at most, while it is nine tenths sure of another. */
function doubtedIn(probabilities: readonly number[], labels: readonly number[]): number {
  const classes = probabilities.length / labels.length;
  return labels.filter((label, i) => {
    const own = probabilities.slice(i * classes, (i + 1) * classes);
    return label >= 0 && label < classes && own[label]! <= 0.05 && Math.max(...own) >= 0.9;
  }).length;
}
