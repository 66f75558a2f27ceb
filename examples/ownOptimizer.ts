/** An optimizer of one's own: signSGD with momentum, θ ← θ − η·sign(m), m ← β·m + (1 − β)·g, as nodes of the graph. */
import { type Optimizer, openData, openEngine, openModel, train } from "batchscope";

function signSgd(beta: number): Optimizer {
  return {
    name: "sign-sgd",
    state: ["mean"],
    update(g, { parameter, gradient, state, learningRate }) {
      const mean = g.add(g.mul(state.mean!, beta), g.mul(gradient, 1 - beta));
      return { parameter: g.sub(parameter, g.mul(g.sign(mean), learningRate)), state: { mean } };
    },
  };
}

const data = await openData("iris");
const model = await openModel("mlp", data.train, 0);
const rest = { epochs: 10, checkpointEvery: 10, seed: 0, threads: 1, logEvery: 50 };
const options = { ...data, model, optimizer: signSgd(0.9), learningRate: 0.001, window: [8, 8], ...rest };
for await (const event of train(await openEngine(), options))
  if (event.kind === "epoch") console.log(`epoch ${event.epoch}: validation loss ${event.validationLoss.toFixed(4)}`);
