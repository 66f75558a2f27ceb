import { type Dataset, imageDataset, newBatch } from "../src/data/dataset.ts";
import { buildModel } from "../src/model/zoo.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { random } from "../src/tensor/random.ts";
import { sizeOf, tensor } from "../src/tensor/tensor.ts";
import { viewsOf } from "../src/training/flat.ts";
import { gradientPass } from "../src/training/microBatch.ts";
import { newTrainingState, type TrainingState } from "../src/training/state.ts";
import { createUpdater } from "../src/training/update.ts";
import type { FirstSteps, RivalModel } from "./rival.ts";

/** A model of the zoo, and the steps of one block. */
export interface Subject {
  readonly model: string;
  /** Of one image. */
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly batch: number;
  /** Our steps in a block. */
  readonly count: number;
  /** Theirs. Default `count`. */
  readonly theirs?: number;
  /** Largest relative difference of losses, gradients and weights: ‖ours − theirs‖₂ / ‖theirs‖₂ over all parameters. */
  readonly tolerance: number;
}

/** Of the two steps that are compared: so large that a wrong update shows. */
const FIRST_RATE = 0.1;
/** Of all later steps: so small that each has the work of the first: nothing dies, nothing becomes denormal. */
const LEARNING_RATE = 1e-5;
const MOMENTUM = 0.9;
const CLASSES = 10;
const EXAMPLES = 4096;
/** Different batches, in turn. With only one, branch prediction would learn it by heart. */
const BATCHES = 32;

const order = random(3).permutation(EXAMPLES);

/**
 * As many random images as stay in no core's cache, one byte a number, as MNIST lies in memory; channels one below the
 * other.
 */
export function randomImages([channels, height, width]: Subject["shape"]): Dataset {
  const stream = random(1);
  const bytes = (n: number, below: number) => Uint8Array.from({ length: n }, () => stream.integer(below));
  const shape = [EXAMPLES, channels * height, width];
  const images = tensor("uint8", shape, bytes(sizeOf(shape), 256));
  const labels = tensor("uint8", [EXAMPLES], bytes(EXAMPLES, CLASSES));
  const names = Array.from({ length: CLASSES }, (_, digit) => String(digit));
  const files = { imageFile: "random images", labelFile: "random labels" };
  const grey = imageDataset("random", { images, labels, ...files }, names, { mean: 0.5, deviation: 0.5 });
  return { ...grey, inputs: [{ name: "x", type: "float32", shape: [channels, height, width] }] };
}

/** One training step of ours, in two halves. */
export interface Step {
  readonly state: TrainingState;
  /** Mean loss on the next batch. */
  gradient(): Promise<number>;
  update(): Promise<void>;
}

/** Compiled and warm: the code that `train` runs. */
export async function ourStep(engine: Engine, subject: Subject, threads: number, data: Dataset): Promise<Step> {
  const { model, shape, batch } = subject;
  const built = buildModel(model, { shape, classes: CLASSES }, random(2));
  const optimizer = sgd({ momentum: MOMENTUM });
  const state = newTrainingState(built, optimizer);
  const gradients = gradientPass(engine, built, state, { threads });
  const updater = await createUpdater(engine, optimizer, state, { threads });
  let done = 0;
  return {
    state,
    gradient: async () => (await gradients.run(data, batchIndices(batch, done), true)).loss / batch,
    update: async () => {
      await updater.step(
        { weight: batch, learningRate: ++done > 2 ? LEARNING_RATE : FIRST_RATE, step: done, clipNorm: undefined },
        Number.NaN,
      );
    },
  };
}

function batchIndices(batch: number, step: number): Uint32Array {
  const start = (step % BATCHES) * batch;
  return order.subarray(start, start + batch);
}

/** The same weights and batches for the other side. */
export function rivalModel({ model, shape, batch }: Subject, { state }: Step, data: Dataset): RivalModel {
  const all = newBatch(data, BATCHES * batch);
  data.read(order.subarray(0, BATCHES * batch), all);
  const [x, y] = [all.x!.data as Float32Array, all.y!.data as BigInt64Array];
  const entries = Object.entries(viewsOf(state.parameters, state.layout));
  return {
    model,
    parameters: Object.fromEntries(entries.map(([name, { data }]) => [name, base64(data as Float32Array)])),
    images: base64(x),
    shape,
    labels: Array.from({ length: BATCHES }, (_, i) => Array.from(y.subarray(i * batch, (i + 1) * batch), Number)),
    firstRate: FIRST_RATE,
    learningRate: LEARNING_RATE,
    momentum: MOMENTUM,
  };
}

/** The first two steps on both sides must give the same numbers; throws where they do not. */
export async function assertSame(subject: Subject, { state, gradient, update }: Step, theirs: FirstSteps) {
  const loss = await gradient();
  assertClose(subject, "loss", Math.abs(loss - theirs.loss) / Math.abs(theirs.loss));
  assertClose(subject, "gradient", difference(state, state.sums, theirs.gradients, subject.batch));
  await update();
  await gradient();
  await update();
  assertClose(subject, "weights after two steps", difference(state, state.parameters, theirs.after, 1));
}

/** ‖a − b·scale‖ / ‖b·scale‖ over all parameters; NaN where one is missing or has another size. */
function difference({ layout }: TrainingState, flat: Float32Array, b: Readonly<Record<string, string>>, scale: number) {
  let [between, norm] = [0, 0];
  for (const [name, { data }] of Object.entries(viewsOf(flat, layout))) {
    const other = fromBase64(b[name] ?? "");
    if (other.length !== data.length) return Number.NaN;
    for (const [i, value] of other.entries()) {
      between += (Number(data[i]) - value * scale) ** 2;
      norm += (value * scale) ** 2;
    }
  }
  return Math.sqrt(between / norm);
}

function assertClose({ model, batch, tolerance }: Subject, what: string, difference: number): void {
  if (!(difference <= tolerance))
    throw new Error(
      `bench: expected the ${what} of ${model} at batch ${batch} within ${tolerance} of theirs, got a difference of ${difference}; do not trust the times`,
    );
}

function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

function fromBase64(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
