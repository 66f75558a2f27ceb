/**
 * A statistic of one's own: gradient diversity, Σ‖g_k‖²/‖Σ g_k‖², times the rows. 1 says that all mini-batches agree,
 * and K that their gradients are at right angles. Like every statistic here it needs no gradient, only their inner
 * products.
 */
import { type Gram, gramMeter, newTrainingState, openData, openEngine, openModel, random, sgd } from "batchscope";

function diversity({ products, counts: { length: rows } }: Gram): number {
  let [squares, all] = [0, 0];
  for (let i = 0; i < rows; i++) {
    squares += products[i * rows + i]!;
    for (let j = 0; j < rows; j++) all += products[i * rows + j]!;
  }
  return (rows * squares) / all;
}

const { train: data } = await openData("iris");
const model = await openModel("mlp", data, 0);
const [groups, batchSize] = [12, 10];
const indices = random(0)
  .permutation(data.size)
  .subarray(0, groups * batchSize);
const budget = { threads: 1, memoryBudget: 2 ** 28 };
const options = { groups, batchSize, indices, mode: "evaluation" as const, ...budget };
const meter = await gramMeter(await openEngine(), model, newTrainingState(model, sgd()), data, options);
console.log(
  `gradient diversity of ${groups} mini-batches before training: ${diversity(await meter.measure()).toFixed(2)}`,
);
meter.release();
