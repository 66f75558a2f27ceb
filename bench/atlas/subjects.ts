/** The healthy trainings: four classifiers and a regression, each a second or two on one processor. */
import type { Dataset } from "../../src/data/dataset.ts";
import { newBatch } from "../../src/data/dataset.ts";
import { openData } from "../../src/data/registry.ts";
import { type Random, random } from "../../src/tensor/random.ts";
import { toNumbers } from "../../src/tensor/tensor.ts";
import { type Examples, type Part, plain, type Subject } from "./setup.ts";

export const subjects: readonly Subject[] = [
  {
    name: "mlp-digits",
    setup: async (seed) => ({
      examples: await images("mnist", 4000, 1000, seed),
      network: plain,
      options: { batchSize: 16, epochs: 3, optimizer: "adamw", learningRate: 1e-3, seed },
    }),
  },
  {
    name: "cnn-digits",
    setup: async (seed) => ({
      examples: await images("mnist", 3000, 1000, seed),
      network: { ...plain, channels: [6, 16], hidden: [64] },
      options: { batchSize: 16, epochs: 3, optimizer: "sgd", momentum: 0.9, learningRate: 0.02, seed },
    }),
  },
  {
    name: "mlp-clothes",
    setup: async (seed) => ({
      examples: await images("fashion-mnist", 5000, 1000, seed),
      network: { ...plain, hidden: [128] },
      options: { batchSize: 16, epochs: 3, optimizer: "sgd", momentum: 0.9, learningRate: 0.01, seed },
    }),
  },
  {
    name: "mlp-rings",
    setup: async (seed) => ({
      examples: rings(800, 400, random(1000 + seed)),
      network: { ...plain, hidden: [32, 32] },
      options: { batchSize: 16, epochs: 20, optimizer: "adam", learningRate: 3e-3, seed },
    }),
  },
  {
    name: "regression",
    setup: async (seed) => ({
      examples: surface(3000, 1000, random(2000 + seed)),
      network: { ...plain, activation: "tanh" },
      options: { batchSize: 16, epochs: 6, optimizer: "adam", learningRate: 2e-3, loss: "mse", seed },
    }),
  },
];

async function images(name: string, train: number, validation: number, seed: number): Promise<Examples> {
  const opened = await openData(name, {});
  const { shape } = opened.train.inputs[0]!;
  const draw = random(3000 + seed);
  return {
    shape,
    classes: opened.train.classes,
    train: await drawnFrom(opened.train, train, draw),
    validation: await drawnFrom(opened.validation, validation, draw),
  };
}

async function drawnFrom(data: Dataset, count: number, draw: Random): Promise<Part> {
  const order = draw.permutation(data.size);
  const batch = newBatch(data, count);
  await data.read(order.slice(0, count), batch);
  return { x: Float32Array.from(toNumbers(batch.x!)), y: Float32Array.from(toNumbers(batch.y!)) };
}

/** Three classes on rings of the plane with radii 1, 2, 3 and a deviation of 0.2: no line separates them. */
function rings(train: number, validation: number, draw: Random): Examples {
  const part = (count: number): Part => {
    const y = Float32Array.from({ length: count }, (_, i) => i % 3);
    const x = new Float32Array(2 * count);
    y.forEach((ring, i) => {
      const [angle, radius] = [2 * Math.PI * draw.uniform(), 1 + ring + 0.2 * draw.normal()];
      x.set([radius * Math.cos(angle), radius * Math.sin(angle)], 2 * i);
    });
    return { x, y };
  };
  return { shape: [2], classes: 3, train: part(train), validation: part(validation) };
}

/** A smooth function of eight numbers with noise of a tenth of its deviation, standardised. */
function surface(train: number, validation: number, draw: Random): Examples {
  const part = (count: number): Part => {
    const x = Float32Array.from({ length: 8 * count }, () => draw.normal());
    const y = Float32Array.from({ length: count }, (_, i) => {
      const [a, b, c, d, e] = x.subarray(8 * i) as unknown as [number, number, number, number, number];
      return (Math.sin(2 * a) + a * b + 0.5 * c * c - 0.5 + 0.5 * d - e) / 2 + 0.1 * draw.normal();
    });
    return { x, y };
  };
  return { shape: [8], classes: 0, train: part(train), validation: part(validation) };
}
