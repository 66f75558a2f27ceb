/**
 * One full training step (forward, backward, SGD with momentum 0.9) against PyTorch eager, on one machine in one run: blocks of our
 * steps and of theirs alternate, so that both meet the same disturbances. Before anything is timed, losses, gradients and the
 * weights after two steps are checked equal. Each step has another batch: ours is read from the data set, as in training, and the time
 * that takes is also given apart, since PyTorch's tensors are ready.
 *
 *   node bench/pytorch.ts [--threads 1] [--blocks 40] [--python /usr/bin/python3]
 */
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Dataset, imageDataset } from "../src/data/dataset.ts";
import { buildModel } from "../src/model/zoo.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { tensor } from "../src/tensor/tensor.ts";
import { viewsOf } from "../src/training/flat.ts";
import { gradientPass } from "../src/training/microBatch.ts";
import { newTrainingState, type TrainingState } from "../src/training/state.ts";
import { createUpdater } from "../src/training/update.ts";
import { milliseconds, quantile, table, time, withSpread } from "./measure.ts";
import { openTorch, type Torch, type TorchFirstSteps } from "./torch.ts";

const SUBJECTS = [
  { model: "lenet", batch: 4, count: 60 },
  { model: "lenet", batch: 32, count: 15 },
  { model: "mlp", batch: 4, count: 150 },
  { model: "mlp", batch: 64, count: 50 },
] as const;

type Subject = (typeof SUBJECTS)[number];

/** So small that every step of the run has the work of the first: nothing dies, nothing becomes denormal. */
const LEARNING_RATE = 1e-5;
const MOMENTUM = 0.9;
/** Largest relative difference of losses, gradients and weights, in the maximum norm of each array. */
const TOLERANCE = 1e-5;

const SHAPE = [1, 28, 28];
const EXAMPLES = 4096;
/** Different batches, in turn. With only one, branch prediction would learn it by heart. */
const BATCHES = 32;

/** Seconds of single steps, one array a block. */
interface Times {
  /** With reading. */
  readonly ours: number[][];
  readonly reading: number[][];
  readonly theirs: number[][];
}

/** As many random images as stay in no core's cache, one byte a pixel, as MNIST lies in memory. */
function randomImages(): Dataset {
  const stream = random(1);
  const bytes = (n: number, below: number) => Uint8Array.from({ length: n }, () => stream.integer(below));
  const images = tensor("uint8", [EXAMPLES, 28, 28], bytes(EXAMPLES * 28 * 28, 256));
  const labels = tensor("uint8", [EXAMPLES], bytes(EXAMPLES, 10));
  const names = Array.from({ length: 10 }, (_, digit) => String(digit));
  const files = { imageFile: "random images", labelFile: "random labels" };
  return imageDataset("random", { images, labels, ...files }, names, { mean: 0.5, deviation: 0.5 });
}

interface Step {
  readonly state: TrainingState;
  /** Mean loss on the next batch. */
  gradient(): Promise<number>;
  update(): Promise<void>;
}

async function ourStep(engine: Engine, { model, batch }: Subject, threads: number, data: Dataset): Promise<Step> {
  const built = buildModel(model, { shape: SHAPE, classes: 10 }, random(2));
  const optimizer = sgd({ momentum: MOMENTUM });
  const state = newTrainingState(built, optimizer);
  const gradients = gradientPass(engine, built, state, { threads });
  const updater = await createUpdater(engine, optimizer, state);
  let done = 0;
  return {
    state,
    gradient: async () => (await gradients.run(data, batchIndices(batch, done), true)).loss / batch,
    update: () =>
      updater.step({ weight: batch, learningRate: LEARNING_RATE, step: ++done, clipNorm: undefined }, Number.NaN),
  };
}

const order = random(3).permutation(EXAMPLES);

function batchIndices(batch: number, step: number): Uint32Array {
  const start = (step % BATCHES) * batch;
  return order.subarray(start, start + batch);
}

/** All batches in order, as PyTorch gets them. */
function readBatches(data: Dataset, batch: number) {
  const x = new Float32Array(BATCHES * batch * 28 * 28);
  const y = new BigInt64Array(BATCHES * batch);
  data.read(order.subarray(0, BATCHES * batch), x, y);
  const labels = Array.from({ length: BATCHES }, (_, i) => Array.from(y.subarray(i * batch, (i + 1) * batch), Number));
  return { images: base64(x), labels };
}

/** The data set with a clock: seconds spent in reading since the last look. */
function timed(data: Dataset): { readonly data: Dataset; seconds(): number } {
  let spent = 0;
  const read: Dataset["read"] = (...to) => {
    const start = performance.now();
    data.read(...to);
    spent += performance.now() - start;
  };
  return {
    data: { ...data, read },
    seconds() {
      const seconds = spent / 1000;
      spent = 0;
      return seconds;
    },
  };
}

function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

function fromBase64(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

function parametersOf(flat: Float32Array, { layout }: TrainingState): Float32Array[] {
  return Object.values(viewsOf(flat, layout)).map(({ data }) => data as Float32Array);
}

/** max |a − b·scale| / max |b·scale| */
function difference(a: Float32Array, b: Float32Array, scale: number): number {
  const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest(a.map((value, i) => value - b[i]! * scale)) / largest(b.map((value) => value * scale));
}

function assertEqual(what: string, subject: Subject, differences: readonly number[]): void {
  const worst = Math.max(...differences);
  if (!(worst <= TOLERANCE))
    throw new Error(
      `bench: expected ${what} of ${subject.model} at batch ${subject.batch} within ${TOLERANCE} of PyTorch's, got a difference of ${worst}; do not trust the times`,
    );
}

/** The first two steps on both sides must give the same numbers. */
async function check(subject: Subject, { state, gradient, update }: Step, theirs: TorchFirstSteps): Promise<void> {
  const loss = await gradient();
  assertEqual("the loss", subject, [Math.abs(loss - theirs.loss) / Math.abs(theirs.loss)]);
  const gradients = parametersOf(state.sums, state);
  assertEqual(
    "gradients",
    subject,
    gradients.map((sum, i) => difference(sum, fromBase64(theirs.gradients[i]!), subject.batch)),
  );
  await update();
  await gradient();
  await update();
  const after = parametersOf(state.parameters, state);
  assertEqual(
    "weights after two steps",
    subject,
    after.map((values, i) => difference(values, fromBase64(theirs.after[i]!), 1)),
  );
}

interface Sides {
  readonly engine: Engine;
  readonly torch: Torch;
  readonly data: Dataset;
  readonly threads: number;
  readonly blocks: number;
}

async function measure({ engine, torch, data, threads, blocks }: Sides, subject: Subject): Promise<Times> {
  const { model, batch, count } = subject;
  const key = `${model} ${batch}`;
  const clock = timed(data);
  const step = await ourStep(engine, subject, threads, clock.data);
  const theirs = await torch.load(key, {
    model,
    parameters: parametersOf(step.state.parameters, step.state).map(base64),
    ...readBatches(data, batch),
    shape: SHAPE,
    learningRate: LEARNING_RATE,
    momentum: MOMENTUM,
  });
  await check(subject, step, theirs);
  const times: Times = { ours: [], reading: [], theirs: [] };
  for (let block = 0; block < blocks + 1; block++) {
    clock.seconds();
    const reading: number[] = [];
    const ours = await time(count, async () => {
      await step.gradient();
      await step.update();
      reading.push(clock.seconds());
    });
    const theirSeconds = await torch.run(key, count);
    if (block === 0) continue; // warms up
    times.ours.push(ours);
    times.reading.push(reading);
    times.theirs.push(theirSeconds);
  }
  return times;
}

/** Ratio of the blocks' medians, block by block: what both sides suffered together cancels. */
function ratios(ours: readonly number[][], theirs: readonly number[][]): number[] {
  return ours.map((block, i) => quantile(block, 0.5) / quantile(theirs[i]!, 0.5));
}

function row({ model, batch }: Subject, { ours, reading, theirs }: Times): string[] {
  const stepping = ours.map((block, i) => block.map((seconds, step) => seconds - reading[i]![step]!));
  const low = (blocks: number[][]) => quantile(blocks.flat(), 0.2);
  return [
    `${model} batch ${batch}`,
    milliseconds(stepping.flat()),
    milliseconds(theirs.flat()),
    withSpread(ratios(stepping, theirs)),
    (low(stepping) / low(theirs)).toPrecision(3),
    milliseconds(reading.flat()),
    withSpread(ratios(ours, theirs)),
  ];
}

async function main() {
  const { values } = parseArgs({
    options: {
      threads: { type: "string", default: "1" },
      blocks: { type: "string", default: "40" },
      python: { type: "string", default: "/usr/bin/python3" },
    },
  });
  const [threads, blocks] = [Number(values.threads), Number(values.blocks)];
  const engine = await openEngine();
  const torch = await openTorch(values.python, threads);
  try {
    const rows = [["", "ours", "PyTorch", "ratio", "p20", "reading", "ratio with reading"]];
    const data = randomImages();
    for (const subject of SUBJECTS)
      rows.push(row(subject, await measure({ engine, torch, data, threads, blocks }, subject)));
    console.log(
      `${engine.name} engine against PyTorch ${torch.version} (${torch.blas}); ${threads} of ${availableParallelism()} threads of ${cpus()[0]?.model}; ${blocks} alternating blocks`,
    );
    console.log("ms per step: median (p10–p90); ratio ours / theirs: median (p10–p90) over blocks, and of the p20\n");
    console.log(table(rows));
  } finally {
    torch.close();
  }
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
