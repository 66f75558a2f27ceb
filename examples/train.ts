/** Trains a network on Fisher's irises: a window of two micro-batches is one optimizer step. */
import { adamW, openData, openEngine, openModel, train } from "batchscope";

const data = await openData("iris");
const model = await openModel("mlp", data.train, 0);
const options = {
  ...data,
  model,
  optimizer: adamW({ weightDecay: 0.01 }),
  learningRate: 0.01,
  window: [8, 8],
  epochs: 10,
  checkpointEvery: 10,
  seed: 0,
  threads: 1,
  logEvery: 50,
};
for await (const event of train(await openEngine(), options))
  if (event.kind === "epoch") console.log(`epoch ${event.epoch}: validation loss ${event.validationLoss.toFixed(4)}`);
