/**
 * The largest eigenvalue of the Hessian of LeNet over 10,000 training digits: seconds, products, and the processor's
 * seconds beside those of one gradient over the same examples, of which other processes change less.
 * Usage: node bench/largestEigenvalue.ts [threads] [residual as a share of the eigenvalue]
 */

import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { openData } from "../src/data/registry.ts";
import { eigenvaluesOf, openObjective } from "../src/index.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { openEngine } from "../src/runtime/open.ts";
import { restoreTensors } from "../src/training/checkpoint.ts";
import { openModel } from "../src/training/openModel.ts";
import { modelAt, newTrainingState } from "../src/training/state.ts";
import { train } from "../src/training/train.ts";

const [threads, tolerance] = [Number(process.argv[2] ?? 2), Number(process.argv[3] ?? 0.01)];
const [EXAMPLES, STEPS] = [10_000, 300];

const engine = await openEngine();
const { train: data, validation } = await openData("mnist", {});
const model = await openModel("lenet", data, 1);
const state = newTrainingState(model, sgd());
const common = { train: data, validation, model, window: [64], seed: 1, threads, optimizer: sgd(), learningRate: 0.1 };
for await (const event of train(engine, { ...common, steps: STEPS, checkpointEvery: { steps: STEPS } }))
  if (event.kind === "checkpoint" && event.step === STEPS)
    restoreTensors(decodeSafetensors(event.bytes, "checkpoint").tensors, "checkpoint", state);

async function measured<T>(work: () => Promise<T>) {
  const [from, processor] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(processor);
  return { result, seconds: (performance.now() - from) / 1000, processor: (user + system) / 1e6 };
}
const opened = await measured(() =>
  openObjective(engine, { model: modelAt(model, state), data, examples: EXAMPLES, threads, memoryBudget: 2 ** 30 }),
);
const { size, start, gradientAt, productAt, roundingAt, release } = opened.result;
const search = await measured(() =>
  eigenvaluesOf(
    { size, apply: (v) => productAt(start, v), rounding: (v) => roundingAt!(start, v) },
    { count: 1, until: "largest", tolerance },
  ),
);
const gradient = await measured(() => gradientAt(start));
const [{ value, lower, upper }] = search.result.largest as [(typeof search.result.largest)[number]];
const say = (what: string, { seconds, processor }: { seconds: number; processor: number }) =>
  console.log(`${what}: ${seconds.toFixed(1)} s, processor ${processor.toFixed(1)} s`);
say("opening, with two gradients", opened);
say(
  `largest eigenvalue ${value.toFixed(3)} in [${lower.toFixed(3)}, ${upper.toFixed(3)}], ${search.result.products} products`,
  search,
);
say("one gradient", gradient);
release();
