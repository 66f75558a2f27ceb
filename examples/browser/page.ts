/** Trains a network on two spirals in the page itself, and draws the validation loss as it falls. */
import {
  adam,
  buildModel,
  fromNumbers,
  random,
  randomSplit,
  select,
  tensorDataset,
  train,
  webEngine,
} from "batchscope/browser";

const [SIZE, EPOCHS] = [600, 30];
const { uniform } = random(1);
const labels = Array.from({ length: SIZE }, (_, i) => i % 2);
const points = labels.flatMap((label) => {
  const angle = 0.5 + 5 * uniform();
  return [0.3 * angle * Math.cos(angle + Math.PI * label), 0.3 * angle * Math.sin(angle + Math.PI * label)];
});
const data = tensorDataset("spirals", {
  inputs: { x: fromNumbers("float32", [SIZE, 2], points) },
  target: fromNumbers("int64", [SIZE], labels),
  classNames: ["inner", "outer"],
});
const parts = randomSplit(data.size, 0.25, 0, data.labels);
const options = {
  model: buildModel("mlp", { shape: [2], classes: 2 }, random(0)),
  train: select(data, parts.train),
  validation: select(data, parts.validation),
  optimizer: adam(),
  learningRate: 0.01,
  window: [16, 16],
  epochs: EPOCHS,
  checkpointEvery: EPOCHS,
  seed: 0,
  threads: 1,
  logEvery: 100,
};

const element = (id: string) => document.getElementById(id)!;
const losses: number[] = [];
for await (const event of train(webEngine(), options)) {
  if (event.kind !== "epoch") continue;
  losses.push(event.validationLoss);
  draw();
  const accuracy = (100 * event.validationAccuracy!).toFixed(1);
  element("answer").textContent =
    `Epoch ${event.epoch} of ${EPOCHS}: ${accuracy} % of the validation points are right.`;
}
document.body.dataset.done = "true";

function draw(): void {
  const top = Math.max(...losses);
  element("top").textContent = top.toFixed(2);
  element("end").textContent = String(EPOCHS);
  const place = (loss: number, i: number) => `${40 + (370 * i) / (EPOCHS - 1)},${190 - (180 * loss) / top}`;
  element("curve").setAttribute("points", losses.map(place).join(" "));
}
