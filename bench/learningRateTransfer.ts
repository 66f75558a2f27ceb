/**
 * Whether an exponent measured in short trainings at small batches says the rate of a larger one: the second table of
 * docs/learning-rate-and-batch.md. The rate that is best at batch 8 is given; the exponent comes from trainings of a
 * fifteenth of the length at batches 2, 4 and 8; it is compared at batch 64 with a full re-tune, √, linear and the
 * rate as it was, on seeds that tuned nothing. Takes about a minute of a core.
 *
 *     node bench/learningRateTransfer.ts [examples = 3000] [seeds = 5]
 */

import { constantSchedule } from "../src/optimizer/decaySchedules.ts";
import { resolveConfiguration } from "../src/session/configuration.ts";
import { openChosenEngine } from "../src/session/engine.ts";
import { prepareTraining } from "../src/session/prepare.ts";
import { meanOf } from "../src/statistics/comparison/sample.ts";
import { furtherRates } from "../src/statistics/furtherRates.ts";
import { bestOf, learningRateExponent, lowestRate, type RateCurve } from "../src/statistics/learningRateExponent.ts";
import type { TriedRate } from "../src/statistics/rateVertex.ts";
import { DivergedError } from "../src/tensor/errors.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { train } from "../src/training/train.ts";
import { table } from "./measure.ts";

const [examples = 3000, seeds = 5] = process.argv.slice(2).map(Number);
const pilots = [2, 4, 8];
const [base, target] = [8, 64];
const SHORTER = 18;
const TUNING_SEEDS = 3;
const MOST_RATES = 12;

const tasks = [
  { name: "mlp, MNIST, SGD", options: { model: "mlp", data: "mnist", optimizer: "sgd" }, from: 0.05 },
  {
    name: "mlp, Fashion-MNIST, AdamW",
    options: { model: "mlp", data: "fashion-mnist", optimizer: "adamw" },
    from: 1e-3,
  },
  { name: "LeNet, MNIST, AdamW", options: { model: "lenet", data: "mnist", optimizer: "adamw" }, from: 2e-3 },
] as const;
type Task = (typeof tasks)[number];

const engine = await openChosenEngine(process.env);
/** Examples seen so far. */
let cost = 0;

/** The validation loss where training ends; null where it diverged. */
async function lossOf(options: TrainingOptions, batchSize: number, length: number, learningRate: number) {
  const never = { steps: Number.POSITIVE_INFINITY };
  const steps = Math.ceil(length / batchSize);
  const schedule = constantSchedule({ learningRate });
  cost += steps * batchSize;
  let loss: number | null = null;
  try {
    const run = {
      ...options,
      schedule,
      steps,
      epochs: Number.POSITIVE_INFINITY,
      evaluateEvery: never,
      checkpointEvery: never,
    };
    for await (const event of train(engine, run))
      if (event.kind === "epoch" || event.kind === "evaluation") loss = event.validationLoss;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return null;
  }
  return loss !== null && Number.isFinite(loss) ? loss : null;
}

const prepared = async ({ options }: Task, batchSize: number, seed: number) => {
  const common = { limitExamples: 750, noiseScale: "off", batchSize, seed, learningRate: 0.01 };
  return (await prepareTraining(resolveConfiguration({ ...options, ...common }, {}))).options;
};

async function curveOf(task: Task, batchSize: number, length: number, around: number): Promise<RateCurve> {
  const starts: TrainingOptions[] = [];
  for (let seed = 0; seed < TUNING_SEEDS; seed++) starts.push(await prepared(task, batchSize, 1_000_000 + seed));
  let rates: TriedRate[] = [];
  let next = [-2, -1, 0, 1, 2].map((i) => around * 2 ** i);
  while (next.length > 0) {
    for (const learningRate of next) {
      const losses: (number | null)[] = [];
      for (const options of starts) losses.push(await lossOf(options, batchSize, length, learningRate));
      rates = [...rates, { learningRate, losses }];
    }
    rates.sort((a, b) => a.learningRate - b.learningRate);
    next = furtherRates(rates, MOST_RATES);
  }
  return { batchSize, rates };
}

/** The vertex, else the best of those tried. */
function tunedRate(curve: RateCurve): number {
  const { vertex } = bestOf(curve);
  return vertex === null ? curve.rates[lowestRate(curve.rates)!.place]!.learningRate : Math.exp(vertex.logRate);
}

async function rowOf(task: Task): Promise<string[]> {
  const given = tunedRate(await curveOf(task, base, examples, task.from));
  cost = 0;
  const curves: RateCurve[] = [];
  for (const batch of pilots)
    curves.push(await curveOf(task, batch, examples / SHORTER, given * (batch / base) ** 0.5));
  const fit = learningRateExponent(curves);
  const pilotCost = cost;
  cost = 0;
  const tuned = tunedRate(await curveOf(task, target, examples, given * (target / base) ** 0.5));
  const share = pilotCost / cost;
  const by = (exponent: number) => given * (target / base) ** exponent;
  const arms = [tuned, fit.exponent === null ? null : by(fit.exponent), by(0.5), by(1), by(0)];
  const losses: (number | null)[][] = arms.map(() => []);
  for (let seed = 0; seed < seeds; seed++) {
    const options = await prepared(task, target, seed);
    for (const [i, rate] of arms.entries())
      losses[i]!.push(rate === null ? null : await lossOf(options, target, examples, rate));
  }
  const means = losses.map((own) => (own.includes(null) ? Number.NaN : meanOf(own as number[])));
  const percent = (x: number) => (Number.isNaN(x) ? "–" : `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(1)} %`);
  const power =
    fit.exponent === null ? "–" : `${fit.exponent.toFixed(2)} [${fit.lower!.toFixed(2)}, ${fit.upper!.toFixed(2)}]`;
  const needed = Math.log(tuned / given) / Math.log(target / base);
  return [
    ...[task.name, power, needed.toFixed(2), means[0]!.toFixed(3)],
    ...means.slice(1).map((mean) => percent(mean / means[0]! - 1)),
    `${(100 * share).toFixed(0)} %`,
  ];
}

const head = [
  "task",
  "measured exponent",
  "that of the re-tune",
  "loss re-tuned",
  "measured",
  "√",
  "linear",
  "unchanged",
  "cost",
];
for (const task of tasks) console.log(table([head, await rowOf(task)]));
