/**
 * What an analysis costs. Two at scale, each in a process of its own: seconds, and the most memory that the process
 * ever held beside what it held once model and data were there. Then the overhead: the Gram of K = 64 mini-batches
 * against the plain gradients of the same examples in micro-batches of the same size, and the Gram, alone and with all
 * statistics of it, with a look at coordinates against without, taking turns on one thread; seconds are the
 * processor's.
 *
 *   node bench/analyze.ts                                        all
 *   node bench/analyze.ts mlp|gpt2|sketch|overhead|coordinates   one of them
 */
import { spawnSync } from "node:child_process";
import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { type GramMeter, type GramOptions, gramMeter } from "../src/analysis/gram.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { openData } from "../src/data/registry.ts";
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

const groups = 64;

function setting(name: string, batchSize: number, data: Dataset) {
  const model = buildModel(name, { shape: [1, 28, 28], classes: 10 }, random(0));
  const indices = random(0)
    .permutation(data.size)
    .subarray(0, groups * batchSize);
  const options = { groups, batchSize, indices, mode: "evaluation", threads: 1, memoryBudget } as const;
  return { model, state: newTrainingState(model, sgd()), indices, options };
}

/** Median of second ÷ first, taking turns. */
async function ratioOf(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<string> {
  const seconds = async (call: () => Promise<unknown>) => {
    const start = processorSeconds();
    await call();
    return processorSeconds() - start;
  };
  await first();
  await second();
  const ratios: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const without = await seconds(first);
    ratios.push((await seconds(second)) / without);
  }
  return withSpread(ratios);
}

async function overhead(name: string, batchSize: number, data: Dataset): Promise<string[]> {
  const { model, state, indices, options } = setting(name, batchSize, data);
  const meter = await gramMeter(engine, model, state, data, options);
  const pass = gradientPass(engine, model, state, { threads: 1 });
  const plain = async () => {
    for (let k = 0; k < groups; k++)
      await pass.run(data, indices.subarray(k * batchSize, (k + 1) * batchSize), k === 0);
  };
  return [name, `${groups} × ${batchSize}`, meter.way, await ratioOf(plain, () => meter.measure())];
}

async function coordinates(name: string, batchSize: number, data: Dataset): Promise<string[]> {
  const { model, state, options } = setting(name, batchSize, data);
  const alone = await gramMeter(engine, model, state, data, options);
  const looking = await gramMeter(engine, model, state, data, { ...options, coordinates: true });
  const analysis = async (meter: GramMeter) =>
    describeGradients(await meter.measure(), { datasetSize: data.size, seed: 0 });
  const ratios = [
    await ratioOf(
      () => alone.measure(),
      () => looking.measure(),
    ),
    await ratioOf(
      () => analysis(alone),
      () => analysis(looking),
    ),
  ];
  return [name, `${groups} × ${batchSize}`, looking.way, ...ratios];
}

async function overheads(heads: readonly string[], of: typeof overhead, batchSizes: readonly number[]): Promise<void> {
  const data = await mnist();
  const rows = [["model", "K × examples", "way", ...heads.map((head) => `${head}: median (p10–p90)`)]];
  for (const name of ["lenet", "mlp"]) for (const batchSize of batchSizes) rows.push(await of(name, batchSize, data));
  console.log(table(rows));
}

const overheadsByName: Readonly<Record<string, () => Promise<void>>> = {
  overhead: () => overheads(["Gram ÷ plain gradients"], overhead, [16, 64, 128]),
  coordinates: () =>
    overheads(["Gram, with ÷ without coordinates", "with its statistics"], coordinates, [1, 16, 64, 128]),
};

const [chosen] = process.argv.slice(2);
if (chosen === undefined)
  for (const name of [...Object.keys(scales), ...Object.keys(overheadsByName)])
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: "inherit" });
else await (overheadsByName[chosen]?.() ?? atScale(chosen));
