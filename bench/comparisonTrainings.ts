/**
 * Trains a small perceptron on the irises with many seeds and two batch sizes, for `bench/comparisonErrors.ts`:
 * `node bench/comparisonTrainings.ts FILE [seeds, default 400]` writes the validation loss at the end of each as JSON.
 * The trainings of one seed share initial weights and the order of the examples, whatever their batch size.
 */
import { writeFileSync } from "node:fs";
import { openData } from "../src/data/registry.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { openModel } from "../src/training/openModel.ts";
import { train } from "../src/training/train.ts";

const [file = "comparisonTrainings.json", seeds = "400"] = process.argv.slice(2);
const arms = { "batch 4": [4], "batch 8": [8] } as const;
const losses: Record<string, number[]> = Object.fromEntries(Object.keys(arms).map((arm) => [arm, []]));
const data = await openData("iris");
const engine = nativeEngine();

for (let seed = 0; seed < Number(seeds); seed++) {
  for (const [arm, window] of Object.entries(arms)) losses[arm]!.push(await finalLoss(window, seed));
  if ((seed + 1) % 50 === 0 || seed + 1 === Number(seeds))
    writeFileSync(file, JSON.stringify({ data: "iris", model: "mlp", seeds: seed + 1, losses }));
}

async function finalLoss(window: readonly number[], seed: number): Promise<number> {
  const model = await openModel("mlp", data.train, seed);
  const options = {
    ...data,
    model,
    optimizer: adamW({ weightDecay: 0.01 }),
    learningRate: 0.003,
    window,
    epochs: 5,
    checkpointEvery: 5,
    evaluateEvery: 5,
    seed,
    threads: 1,
    logEvery: 1000,
  };
  let last = Number.NaN;
  for await (const event of train(engine, options)) if (event.kind === "epoch") last = event.validationLoss;
  return last;
}
