import type { Dataset } from "../data/dataset.ts";
import { is, requireArguments } from "../tensor/arguments.ts";

/** Optimizer steps after which small networks classify well without having learnt wrong labels by heart. */
const STEPS = 1000;
/** Measurements of every example while its model trains. */
const MEASUREMENTS = 8;

/** LeNet for grey images of at least 28 × 28 pixels; a perceptron for everything else. */
export function defaultModel(data: Dataset): string {
  requireArguments("defaultModel", { data }, { data: is.data });
  const { inputs } = data;
  const [channels, height = 0, width = 0] = inputs[0]!.shape;
  return inputs[0]!.shape.length === 3 && channels === 1 && Math.min(height, width) >= 28 ? "lenet" : "mlp";
}

export interface FoldSchedule {
  readonly epochs: number;
  readonly measureEvery: number;
  readonly batchSize: number;
}

/**
 * How a model is trained on `size` examples: about 1,000 steps of a hundredth of the examples each, within 4 to 40
 * epochs of batches of 8 to 64.
 */
export function foldSchedule(size: number, chosenEpochs: number | undefined): FoldSchedule {
  const batchSize = Math.min(size, Math.max(8, Math.min(64, 2 ** Math.floor(Math.log2(size / 100)))));
  const epochs = chosenEpochs ?? Math.max(4, Math.min(40, Math.round(STEPS / (size / batchSize))));
  return { epochs, measureEvery: Math.max(1, Math.round(epochs / MEASUREMENTS)), batchSize };
}
