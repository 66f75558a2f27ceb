import { openObjective } from "../src/analysis/curvature/objective.ts";
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { openData } from "../src/data/registry.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { restoreTensors } from "../src/training/checkpoint.ts";
import { openModel } from "../src/training/openModel.ts";
import { modelAt, newTrainingState } from "../src/training/state.ts";
import { train } from "../src/training/train.ts";

/**
 * The edge of stability (Cohen et al. 2021, arXiv:2103.00065): full-batch gradient descent on iris, mlp:64x2. Prints,
 * for each learning rate, the loss, λ_c and the largest eigenvalue of the Hessian over training, in units of 2/η.
 * Usage: node bench/edgeOfStability.ts [rates]
 */
const rates = (process.argv[2] ?? "0.2,0.8").split(",").map(Number);
const [STEPS, EVERY, PRODUCTS] = [600, 60, 60];

const engine = await openEngine();
const { train: data, validation } = await openData("iris", {});
const model = await openModel("mlp:64x2", data, 1);
const common = { train: data, validation, model, window: [data.size], shuffle: false, seed: 1, threads: 1 };

for (const learningRate of rates) {
  console.log(`learning rate ${learningRate}: step, loss, λ_c·η/2, λ_max·η/2`);
  const critical = new Map<number, { readonly loss: number; readonly sharpness: number | undefined }>();
  const options = { ...common, optimizer: sgd(), learningRate, epochs: STEPS, checkpointEvery: { steps: EVERY } };
  for await (const event of train(engine, { ...options, logEvery: EVERY, criticalSharpnessEvery: EVERY })) {
    if (event.kind === "step") critical.set(event.step, { loss: event.loss, sharpness: event.criticalSharpness });
    if (event.kind !== "checkpoint" || event.step === 0) continue;
    const state = newTrainingState(model, sgd());
    restoreTensors(decodeSafetensors(event.bytes, "checkpoint").tensors, "checkpoint", state);
    const largest = await largestEigenvalue(modelAt(model, state));
    const { loss, sharpness = Number.NaN } = critical.get(event.step)!;
    const inEdges = [sharpness, largest].map((value) => ((value * learningRate) / 2).toFixed(3));
    console.log(`${event.step}\t${loss.toFixed(4)}\t${inEdges.join("\t")}`);
  }
}

/** By the power method: at the edge the largest eigenvalue is also that of the largest magnitude. */
async function largestEigenvalue(at: typeof model): Promise<number> {
  const objective = await openObjective(engine, { model: at, data, threads: 1, memoryBudget: 2 ** 30 });
  const { normal } = random(1);
  let vector: Float64Array = objective.start.map(() => normal());
  let value = Number.NaN;
  for (let i = 0; i < PRODUCTS; i++) {
    const length = Math.hypot(...vector);
    const unit = vector.map((x) => x / length);
    vector = await objective.productAt(objective.start, unit);
    value = unit.reduce((sum, x, k) => sum + x * vector[k]!, 0);
  }
  objective.release();
  return value;
}
