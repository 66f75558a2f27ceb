/**
 * What an analysis costs. Two at scale, each in a process of its own: seconds, and the most memory that the process ever held beside
 * what it held once model and data were there. Then the overhead: the Gram of K = 64 mini-batches against the plain gradients of the
 * same examples in micro-batches of the same size, taking turns on one thread; seconds are the processor's.
 *
 *   node bench/analyze.ts                            all
 *   node bench/analyze.ts mlp|gpt2|sketch|overhead   one of them
 */
import { spawnSync } from "node:child_process";
import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Dataset } from "../src/data/dataset.ts";
import { openData } from "../src/data/registry.ts";
import { type GramOptions, gramMeter } from "../src/experiment/gram.ts";
import { flatten, linear, relu, sequential } from "../src/model/layers.ts";
import type { Model } from "../src/model/model.ts";
import { buildModel } from "../src/model/zoo.ts";
import { sgd } from "../src/optimizer/sgd.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { describeGradients } from "../src/statistics/describe.ts";
import { random } from "../src/tensor/random.ts";
import { sizeOf } from "../src/tensor/tensor.ts";
import { gradientPass } from "../src/training/microBatch.ts";
import { newTrainingState } from "../src/training/state.ts";
import { table, withSpread } from "./measure.ts";

const engine = nativeEngine();
const BLOCKS = 12;
const GIBIBYTE = 2 ** 30;

/** About a million numbers: 784 · 1000 + 1000 · 200 + 200 · 10 and biases. */
function million(): Model {
  const draw = random(0);
  const layers = [784, 1000, 200].flatMap((width, i, all) => [
    linear(`linear${i}`, width, all[i + 1] ?? 10, draw),
    relu,
  ]);
  const input = { name: "x", type: "float32", shape: [1, 28, 28] } as const;
  return sequential("mlp 784-1000-200-10", input, [flatten, ...layers.slice(0, -1)]);
}

const mnist = async () => (await openData("mnist", {})).train;
const mobyDick = async () => (await openData("moby-dick", { text: { sequenceLength: 128 } })).train;
const gpt2 = () => buildModel("gpt2:small", { shape: [128], classes: 50257 }, random(0));

interface Scale {
  readonly model: () => Model;
  readonly data: () => Promise<Dataset>;
  readonly groups: number;
  readonly batchSize: number;
  readonly products: NonNullable<GramOptions["products"]>;
}

const scales: Readonly<Record<string, Scale>> = {
  mlp: { model: million, data: mnist, groups: 512, batchSize: 64, products: "exact" },
  gpt2: { model: gpt2, data: mobyDick, groups: 64, batchSize: 1, products: "exact" },
  sketch: { model: gpt2, data: mobyDick, groups: 64, batchSize: 1, products: "sketch" },
};

/** Of a quarter of this machine's memory, as the command takes it. */
const memoryBudget = totalmem() / 4;

async function atScale(name: string): Promise<void> {
  const { groups, batchSize, products, ...rest } = scales[name]!;
  const [model, data] = [rest.model(), await rest.data()];
  const state = newTrainingState(model, sgd());
  const indices = random(0)
    .permutation(data.size)
    .subarray(0, groups * batchSize);
  const options = { groups, batchSize, indices, mode: "evaluation", threads: 2, memoryBudget, products } as const;
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const meter = await gramMeter(engine, model, state, data, options);
  const gram = await meter.measure({ progress: progressOf(name, indices.length * meter.passes) });
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  const { noiseScale } = describeGradients(gram, { datasetSize: data.size, seed: 0 });
  const numbers = model.parameters.reduce((sum, { initial }) => sum + sizeOf(initial.shape), 0);
  const error = gram.sketch ? `, cosines within ${gram.sketch.cosineError.toPrecision(2)}` : "";
  console.log(
    table([
      [
        "analysis",
        "parameters",
        "K × examples",
        "way",
        "passes",
        "seconds",
        "peak GiB",
        "above model GiB",
        "noise scale",
      ],
      [
        name,
        String(numbers),
        `${groups} × ${batchSize}`,
        `${meter.way}${error}`,
        String(meter.passes),
        seconds.toFixed(1),
        (peak / GIBIBYTE).toFixed(2),
        ((peak - before) / GIBIBYTE).toFixed(2),
        `${noiseScale.value.toPrecision(3)} [${noiseScale.lower.toPrecision(3)}, ${noiseScale.upper.toPrecision(3)}]`,
      ],
    ]),
  );
  console.log(`budget ${(memoryBudget / GIBIBYTE).toFixed(2)} GiB of ${(totalmem() / GIBIBYTE).toFixed(1)}`);
}

function progressOf(name: string, total: number) {
  let done = 0;
  return (examples: number) => {
    done += examples;
    if (done % Math.ceil(total / 20) < examples) process.stderr.write(`${name}: ${done} of ${total} examples\n`);
  };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function overhead(name: string, batchSize: number, data: Dataset): Promise<string[]> {
  const groups = 64;
  const model = buildModel(name, { shape: [1, 28, 28], classes: 10 }, random(0));
  const state = newTrainingState(model, sgd());
  const indices = random(0)
    .permutation(data.size)
    .subarray(0, groups * batchSize);
  const options = { groups, batchSize, indices, mode: "evaluation", threads: 1, memoryBudget } as const;
  const meter = await gramMeter(engine, model, state, data, options);
  const pass = gradientPass(engine, model, state, { threads: 1 });
  const plain = async () => {
    for (let k = 0; k < groups; k++)
      await pass.run(data, indices.subarray(k * batchSize, (k + 1) * batchSize), k === 0);
  };
  const seconds = async (call: () => Promise<unknown>) => {
    const start = processorSeconds();
    await call();
    return processorSeconds() - start;
  };
  await plain();
  await meter.measure();
  const ratios: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const without = await seconds(plain);
    ratios.push((await seconds(() => meter.measure())) / without);
  }
  return [name, `${groups} × ${batchSize}`, meter.way, withSpread(ratios)];
}

async function overheads(): Promise<void> {
  const data = await mnist();
  const rows = [["model", "K × examples", "way", "Gram ÷ plain gradients: median (p10–p90)"]];
  for (const name of ["lenet", "mlp"])
    for (const batchSize of [16, 64, 128]) rows.push(await overhead(name, batchSize, data));
  console.log(table(rows));
}

const [chosen] = process.argv.slice(2);
if (chosen === "overhead") await overheads();
else if (chosen !== undefined) await atScale(chosen);
else
  for (const name of [...Object.keys(scales), "overhead"])
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: "inherit" });
