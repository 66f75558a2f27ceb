import { type CriticalSharpness, criticalSharpness } from "../curvature/criticalSharpness.ts";
import { type Dataset, select } from "../data/dataset.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Engine } from "../runtime/engine.ts";
import { random } from "../tensor/random.ts";
import { addTotals, evaluationPass, meanLoss, noTotals } from "./microBatch.ts";
import { newTrainingState, type TrainingState } from "./state.ts";

/** Training examples that the loss is taken of: the same ones at every step. */
const EXAMPLES = 1000;

/** Examples of one forward pass. */
const AT_ONCE = 250;

/** Random stream of the drawn examples: none of training's, as nothing of it may change. */
const MEASURING_STREAM = 3;

/** Measures critical sharpness along the updates that a training makes; changes no bit of it. */
export interface CriticalMeter {
  /** Takes down where an update begins. */
  begin(): void;
  /** After the update, made with this learning rate: the sharpness along it, from where it began. */
  measure(learningRate: number): Promise<CriticalSharpness>;
}

/** What the meter looks at: the state that training changes, and the data that it learns from. */
interface Watched {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly state: TrainingState;
  readonly train: Dataset;
  readonly loss?: Loss | undefined;
  readonly seed: number;
  readonly threads: number;
}

/**
 * A meter of the loss in evaluation mode of at most 1000 training examples, drawn from `seed`. The update is the one
 * that was made, whatever made it: optimizer, momentum, clipping, weight decay. Sessions belong to `engine`.
 */
export function criticalMeter(engine: Engine, watched: Watched): CriticalMeter {
  const { model, optimizer, state, train, loss = defaultLoss, seed, threads } = watched;
  const own = newTrainingState(model, optimizer);
  const pass = evaluationPass(engine, model, own, { threads, loss });
  const order = random(seed, MEASURING_STREAM).permutation(train.size).subarray(0, EXAMPLES);
  const data = select(train, order.toSorted());
  const before = new Float32Array(state.parameters.length);
  const lossNow = async () => {
    let sums = noTotals;
    for (let start = 0; start < data.size; start += AT_ONCE) {
      const indices = Uint32Array.from({ length: Math.min(AT_ONCE, data.size - start) }, (_, i) => start + i);
      sums = addTotals(sums, await pass.run(data, indices, true));
    }
    return meanLoss(loss, sums);
  };
  const lossesAlong = async (
    origin: Float64Array,
    [direction]: readonly Float64Array[],
    rows: readonly (readonly number[])[],
  ) => {
    const losses: number[] = [];
    for (const [rate] of rows) {
      own.parameters.set(origin.map((x, i) => x + rate! * direction![i]!));
      losses.push(await lossNow());
    }
    return losses;
  };
  return {
    begin: () => before.set(state.parameters),
    async measure(learningRate) {
      for (const [name, { data: numbers }] of Object.entries(state.running))
        (own.running[name]!.data as Float32Array).set(numbers as Float32Array);
      const origin = Float64Array.from(before);
      const update = origin.map((x, i) => (x - state.parameters[i]!) / learningRate);
      return criticalSharpness(lossesAlong, origin, update, learningRate);
    },
  };
}
