/**
 * One full training step (forward, backward, SGD with momentum 0.9) against PyTorch eager, on one machine in one run: blocks of our
 * steps and of theirs alternate, so that both meet the same disturbances. Before anything is timed, losses, gradients and the
 * weights after two steps are checked equal.
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

/** Seconds of single steps, one array a block. */
interface Times {
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
  /** Mean loss; the batch is read by `data`. */
  gradient(data: Dataset): Promise<number>;
  update(): Promise<void>;
}

async function ourStep(engine: Engine, { model, batch }: Subject, threads: number, indices: Uint32Array) {
  const built = buildModel(model, { shape: SHAPE, classes: 10 }, random(2));
  const optimizer = sgd({ momentum: MOMENTUM });
  const state = newTrainingState(built, optimizer);
  const gradients = gradientPass(engine, built, state, { threads });
  const updater = await createUpdater(engine, optimizer, state);
  let done = 0;
  const step: Step = {
    state,
    gradient: async (data) => (await gradients.run(data, indices, true)).loss / batch,
    update: () =>
      updater.step({ weight: batch, learningRate: LEARNING_RATE, step: ++done, clipNorm: undefined }, Number.NaN),
  };
  return step;
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
async function check(
  subject: Subject,
  step: Step,
  data: Dataset,
  torch: (state: TrainingState) => Promise<TorchFirstSteps>,
) {
  const { state } = step;
  const theirs = await torch(state);
  const loss = await step.gradient(data);
  assertEqual("the loss", subject, [Math.abs(loss - theirs.loss) / Math.abs(theirs.loss)]);
  const gradients = parametersOf(state.sums, state);
  assertEqual(
    "gradients",
    subject,
    gradients.map((sum, i) => difference(sum, fromBase64(theirs.gradients[i]!), subject.batch)),
  );
  await step.update();
  await step.gradient(data);
  await step.update();
  const after = parametersOf(state.parameters, state);
  assertEqual(
    "weights after two steps",
    subject,
    after.map((values, i) => difference(values, fromBase64(theirs.after[i]!), 1)),
  );
}

async function measure(
  engine: Engine,
  torch: Torch,
  data: Dataset,
  subject: Subject,
  { threads, blocks }: { threads: number; blocks: number },
): Promise<Times> {
  const { model, batch, count } = subject;
  const key = `${model} ${batch}`;
  const indices = random(3).permutation(EXAMPLES).slice(0, batch);
  const step = await ourStep(engine, subject, threads, indices);
  const [x, y] = [new Float32Array(batch * 28 * 28), new BigInt64Array(batch)];
  data.read(indices, x, y);
  await check(subject, step, data, (state) =>
    torch.load(key, {
      model,
      parameters: parametersOf(state.parameters, state).map(base64),
      images: base64(x),
      shape: SHAPE,
      labels: Array.from(y, Number),
      learningRate: LEARNING_RATE,
      momentum: MOMENTUM,
    }),
  );
  // The batch lies in the session's memory since the check: PyTorch's tensors are ready as well.
  const ready: Dataset = { ...data, read() {} };
  const order = random(4).permutation(EXAMPLES);
  let position = 0;
  const readNext = () => {
    position = (position + batch) % (EXAMPLES - batch);
    data.read(order.subarray(position, position + batch), x, y);
    return undefined;
  };
  const times: Times = { ours: [], reading: [], theirs: [] };
  for (let block = 0; block < blocks + 1; block++) {
    const ours = await time(count, () => step.gradient(ready).then(step.update));
    const reading = await time(count, readNext);
    const theirs = await torch.run(key, count);
    if (block === 0) continue; // warms up
    times.ours.push(ours);
    times.reading.push(reading);
    times.theirs.push(theirs);
  }
  return times;
}

/** Ratio of the blocks' medians, block by block: what both sides suffered together cancels. */
function ratios({ ours, reading, theirs }: Times, withReading: boolean): number[] {
  const middle = (seconds: number[] | undefined) => quantile(seconds!, 0.5);
  return ours.map((block, i) => (middle(block) + (withReading ? middle(reading[i]) : 0)) / middle(theirs[i]));
}

function row({ model, batch }: Subject, times: Times): string[] {
  const low = (blocks: number[][]) => quantile(blocks.flat(), 0.2);
  return [
    `${model} batch ${batch}`,
    milliseconds(times.ours.flat()),
    milliseconds(times.theirs.flat()),
    withSpread(ratios(times, false)),
    (low(times.ours) / low(times.theirs)).toPrecision(3),
    milliseconds(times.reading.flat()),
    withSpread(ratios(times, true)),
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
    const rows = [["", "ours", "PyTorch", "ratio", "p20", "+ reading", "ratio with reading"]];
    const data = randomImages();
    for (const subject of SUBJECTS)
      rows.push(row(subject, await measure(engine, torch, data, subject, { threads, blocks })));
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
