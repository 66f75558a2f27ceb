import type { Dataset } from "../src/data/dataset.ts";
import type { Model } from "../src/model/model.ts";
import { sizeOf, toNumbers } from "../src/tensor/tensor.ts";
import { readArrays } from "./training.ts";

/** Softmax regression in plain float64 loops: weights [C, F] then bias [C] in one array. */
export type Weights = Float64Array;

export function weightsOf(model: Model): Weights {
  return Float64Array.from(model.parameters.flatMap(({ initial }) => toNumbers(initial)));
}

/** Loss, gradient and correctness of one example. */
export function slowExample(weights: Weights, data: Dataset, index: number) {
  const [F, C] = [sizeOf(data.inputs[0]!.shape), data.classes];
  const { x, y } = readArrays(data, [index]);
  const label = Number(y[0]);
  const logits = Array.from({ length: C }, (_, c) =>
    x.reduce((sum, value, i) => sum + value * weights[c * F + i]!, weights[C * F + c]!),
  );
  const largest = Math.max(...logits);
  const total = logits.reduce((sum, z) => sum + Math.exp(z - largest), 0);
  const errors = logits.map((z, c) => Math.exp(z - largest) / total - (c === label ? 1 : 0));
  const gradient = new Float64Array(weights.length);
  errors.forEach((error, c) => {
    x.forEach((value, i) => {
      gradient[c * F + i] = error * value;
    });
    gradient[C * F + c] = error;
  });
  const correct = logits.indexOf(largest) === label;
  return { loss: Math.log(total) + largest - logits[label]!, gradient, correct };
}

/** Means over the given examples. */
export function slowBatch(weights: Weights, data: Dataset, indices: readonly number[]) {
  const gradient = new Float64Array(weights.length);
  let [loss, correct] = [0, 0];
  for (const index of indices) {
    const example = slowExample(weights, data, index);
    loss += example.loss / indices.length;
    correct += example.correct ? 1 : 0;
    example.gradient.forEach((value, i) => {
      gradient[i]! += value / indices.length;
    });
  }
  return { loss, gradient, accuracy: correct / indices.length };
}
