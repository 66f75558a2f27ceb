/**
 * The largest stable learning rate that `lr-find` gives on quadratics whose limit is known, 2/λ (2(1 + β)/λ with
 * momentum β), over numbers of rates in the sweep: least squares with a planted spectrum, whole or in mini-batches,
 * with noise in the targets or without. Beside it the limit of long trainings in plain loops. `node bench/stableRate.ts
 * [rates, default 50,100,400]` prints a table; docs/rate-and-batch.md says what it gave.
 */
import { pathToFileURL } from "node:url";
import type { Dataset } from "../src/data/dataset.ts";
import { learningRateGrid, sweepLearningRates } from "../src/experiment/learningRateRange.ts";
import { largestStableRate } from "../src/experiment/stableRate.ts";
import { linearOf, sequential } from "../src/model/layers.ts";
import { createLoss } from "../src/model/loss.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { readSweep } from "../src/statistics/learningRateSweep.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { clouds } from "../test/training.ts";

export interface Quadratic {
  /** Eigenvalues of the Hessian of the mean loss, the largest first. */
  readonly spectrum: readonly number[];
  /** Examples of a mini-batch, of `EXAMPLES`. */
  readonly batch: number;
  /** Standard deviation of the noise in the targets; the signal's is 1. */
  readonly noise: number;
  readonly momentum: number;
}

const EXAMPLES = 512;

/**
 * Least squares whose inputs are ± √(λ/2) in each direction, orthogonal over every 32 examples: the Hessian is exact.
 */
function planted({ spectrum, noise }: Quadratic, seed: number): { readonly x: number[][]; readonly y: number[] } {
  const rng = random(seed);
  const width = spectrum.length;
  const weights = spectrum.map((value) => rng.normal() / Math.sqrt((value * width) / 2));
  // Rows of a Hadamard matrix (Sylvester), signs drawn anew in each block of 32.
  const sign = (row: number, column: number) => (popcount(row & column) % 2 === 0 ? 1 : -1);
  const flips = Array.from({ length: EXAMPLES / 32 }, () => spectrum.map(() => (rng.uniform() < 0.5 ? -1 : 1)));
  const x = Array.from({ length: EXAMPLES }, (_, i) =>
    spectrum.map((value, d) => Math.sqrt(value / 2) * sign(i % 32, d) * flips[Math.floor(i / 32)]![d]!),
  );
  const y = x.map((row) => row.reduce((sum, value, d) => sum + value * weights[d]!, 0) + noise * rng.normal());
  return { x, y };
}

function leastSquares(quadratic: Quadratic, seed: number): Dataset {
  const { x, y } = planted(quadratic, seed);
  const width = quadratic.spectrum.length;
  return {
    ...clouds(EXAMPLES, [width]),
    name: "quadratic",
    classes: 0,
    classNames: [],
    labels: new Int32Array(0),
    target: { name: "y", type: "float32", shape: [1] },
    read(indices, batch) {
      indices.forEach((index, i) => {
        (batch.x!.data as Float32Array).set(x[index]!, width * i);
        (batch.y!.data as Float32Array)[i] = y[index]!;
      });
    },
  };
}

function popcount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) count++;
  return count;
}

function trainingOn(quadratic: Quadratic, seed: number): TrainingOptions {
  const data = leastSquares(quadratic, seed);
  const width = quadratic.spectrum.length;
  const whole = linearOf(
    "w",
    fromNumbers(
      "float32",
      [1, width],
      quadratic.spectrum.map(() => 0),
    ),
  );
  const layer: typeof whole = {
    ...whole,
    parameters: whole.parameters.slice(0, 1),
    forward: (g, values, { parameters }) => g.gemm(values, parameters["w.weight"]!, undefined, { transB: 1 }),
  };
  return {
    model: sequential("quadratic", data.inputs[0]!, [layer]),
    train: data,
    validation: data,
    loss: createLoss("mse"),
    optimizer: sgd({ momentum: quadratic.momentum }),
    learningRate: 1,
    window: [quadratic.batch],
    epochs: 1,
    checkpointEvery: 1,
    seed,
    threads: 1,
    logEvery: 50,
  };
}

/** What one seed gives after a sweep of so many rates, as `lr-find` does it. */
export async function stableRateOf(quadratic: Quadratic, rates: number, seed: number) {
  const training = trainingOn(quadratic, seed);
  const engine = nativeEngine();
  const learningRates = learningRateGrid("exponential", 1e-6, 10, rates);
  const { beforeRise } = readSweep(await sweepLearningRates(engine, { training, learningRates }));
  const range = await largestStableRate(engine, { training, from: 1e-6, to: 10, start: beforeRise ?? 10 });
  return { beforeRise, ...range, limit: (2 * (1 + quadratic.momentum)) / quadratic.spectrum[0]! };
}

/** Updates after which what diverges has. */
const LONG = 4000;

/**
 * The largest rate, within 2 %, at which a long training in plain loops stays near, over 2(1 + β)/λ. Of whole batches
 * that is 1. Mini-batches have Hessians of their own, which momentum adds up: their limit is below it, with noise in
 * the targets or without.
 */
export function longLimit(quadratic: Quadratic, seed: number): number {
  let [low, high] = [0.5, 1.2];
  while (high / low > 1.02) {
    const middle = Math.sqrt(low * high);
    if (staysNear(quadratic, (middle * 2 * (1 + quadratic.momentum)) / quadratic.spectrum[0]!, seed)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

function staysNear(quadratic: Quadratic, rate: number, seed: number): boolean {
  const { x, y } = planted(quadratic, seed);
  const { batch, momentum, spectrum } = quadratic;
  const [rng, weights, velocity] = [random(seed, 1), spectrum.map(() => 0), spectrum.map(() => 0)];
  for (let update = 0, order = rng.permutation(EXAMPLES), taken = 0; update < LONG; update++, taken += batch) {
    if (taken + batch > EXAMPLES) [order, taken] = [rng.permutation(EXAMPLES), 0];
    const gradient = spectrum.map(() => 0);
    for (const i of order.subarray(taken, taken + batch)) {
      const error = x[i]!.reduce((sum, value, d) => sum + value * weights[d]!, -y[i]!);
      for (let d = 0; d < gradient.length; d++) gradient[d]! += (2 * error * x[i]![d]!) / batch;
    }
    for (let d = 0; d < gradient.length; d++) {
      velocity[d] = momentum * velocity[d]! + gradient[d]!;
      weights[d]! -= rate * velocity[d]!;
    }
    if (!(Math.abs(weights[0]!) < 1e3)) return false;
  }
  return true;
}

const decades = (largest: number) => Array.from({ length: 16 }, (_, d) => largest * 10 ** (-d / 4));

export const quadratics: Readonly<Record<string, Quadratic>> = {
  "equal, whole": { spectrum: Array(8).fill(4), batch: EXAMPLES, noise: 0, momentum: 0 },
  "four decades, whole": { spectrum: decades(250), batch: EXAMPLES, noise: 0, momentum: 0 },
  "four decades, 32": { spectrum: decades(250), batch: 32, noise: 0, momentum: 0 },
  "noise 0.5, 64": { spectrum: decades(3), batch: 64, noise: 0.5, momentum: 0 },
  "noise 1, 128": { spectrum: Array(8).fill(3), batch: 128, noise: 1, momentum: 0 },
  "momentum, whole": { spectrum: decades(20), batch: EXAMPLES, noise: 0, momentum: 0.9 },
  "momentum, 64": { spectrum: decades(20), batch: 64, noise: 0, momentum: 0.9 },
  "momentum, noise 0.5, 64": { spectrum: decades(20), batch: 64, noise: 0.5, momentum: 0.9 },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const counts = (process.argv[2] ?? "50,100,400").split(",").map(Number);
  console.log(
    "quadratic                 rates  limit     stable ÷ limit  long ÷ limit    unstable ÷ limit  sweep's turn ÷ limit",
  );
  for (const [name, quadratic] of Object.entries(quadratics))
    for (const rates of counts) {
      const found = await Promise.all([1, 2, 3].map((seed) => stableRateOf(quadratic, rates, seed)));
      const ratios = (pick: (one: (typeof found)[number]) => number | null) =>
        found.map((one) => ((pick(one) ?? Number.NaN) / one.limit).toFixed(2)).join(" ");
      const { limit } = found[0]!;
      const long = [1, 2, 3].map((seed) => longLimit(quadratic, seed).toFixed(2)).join(" ");
      console.log(
        `${name.padEnd(25)} ${String(rates).padStart(5)}  ${limit.toPrecision(3).padEnd(8)}  ${ratios(({ stable }) => stable)}  ${long}  ${ratios(({ unstable }) => unstable)}    ${ratios(({ beforeRise }) => beforeRise)}`,
      );
    }
}
