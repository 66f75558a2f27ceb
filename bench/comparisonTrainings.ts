/**
 * Trains a small perceptron on the irises with many seeds in several arms, a bank for `bench/comparisonErrors.ts`:
 * `node bench/comparisonTrainings.ts FILE [seeds, default 2000]` writes the validation loss and accuracy at the end of
 * each as JSON. The trainings of one seed share initial weights and the order of the examples, whatever their batch
 * size or rate; those of "other order" the weights alone, so that they differ from the first arm by chance and nothing
 * else, seed by seed.
 */
import { writeFileSync } from "node:fs";
import { openData } from "../src/data/registry.ts";
import { adamW } from "../src/optimizer/adam.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { openModel } from "../src/training/openModel.ts";
import { train } from "../src/training/train.ts";

/** What an arm trains with. */
interface Arm {
  readonly window: readonly number[];
  readonly learningRate: number;
  /** Added to the seed of the order, not to that of the weights. */
  readonly order?: number;
}

/** The values of one metric, by arm, in the order of seeds. */
export type BankMetric = Readonly<Record<string, readonly number[]>>;

/** What is written. */
export interface TrainingBank {
  readonly data: string;
  readonly model: string;
  readonly seeds: number;
  readonly losses: BankMetric;
  readonly accuracies: BankMetric;
}

const arms: Readonly<Record<string, Arm>> = {
  "batch 4": { window: [4], learningRate: 0.003 },
  "other order": { window: [4], learningRate: 0.003, order: 1_000_000 },
  "batch 5": { window: [5], learningRate: 0.003 },
  "batch 8": { window: [8], learningRate: 0.003 },
  "rate 0.00305": { window: [4], learningRate: 0.00305 },
  "rate 0.0032": { window: [4], learningRate: 0.0032 },
};

async function bank(file: string, seeds: number): Promise<void> {
  const names = Object.keys(arms);
  const [losses, accuracies] = [0, 0].map(
    () => Object.fromEntries(names.map((name) => [name, []])) as Record<string, number[]>,
  );
  const data = await openData("iris");
  const engine = nativeEngine();
  for (let seed = 0; seed < seeds; seed++) {
    for (const [name, { window, learningRate, order = 0 }] of Object.entries(arms)) {
      const options = {
        ...data,
        model: await openModel("mlp", data.train, seed),
        optimizer: adamW({ weightDecay: 0.01 }),
        ...{ learningRate, window, epochs: 5, checkpointEvery: 5, evaluateEvery: 5, logEvery: 1000, threads: 1 },
        seed: seed + order,
      };
      for await (const event of train(engine, options))
        if (event.kind === "epoch" && event.epoch === options.epochs) {
          losses![name]!.push(event.validationLoss);
          accuracies![name]!.push(event.validationAccuracy!);
        }
    }
    if ((seed + 1) % 50 === 0 || seed + 1 === seeds)
      writeFileSync(file, JSON.stringify({ data: "iris", model: "mlp", seeds: seed + 1, losses, accuracies }));
  }
}

if (import.meta.main) await bank(process.argv[2] ?? "comparisonTrainings.json", Number(process.argv[3] ?? 2000));
