/** Trains on plain arrays: a hidden rule of two numbers, which the network finds. */
import { datasetFromArrays, openEngine, openModel, random, train } from "batchscope";

const { uniform } = random(1);
const points = Array.from({ length: 600 }, () => [2 * uniform() - 1, 2 * uniform() - 1]);
const labels = points.map(([x = 0, y = 0]) => (x * y > 0 ? "same sign" : "other sign"));

const data = datasetFromArrays(points, labels, { name: "signs" });
const model = await openModel("mlp", data);
// A fifth of the examples validate; all that is not said is as on the command line.
for await (const event of train(await openEngine(), { model, train: data, epochs: 10 }))
  if (event.kind === "epoch" && event.epoch % 5 === 0)
    console.log(`epoch ${event.epoch}: ${(100 * event.validationAccuracy!).toFixed(1)} % of the validation examples`);
