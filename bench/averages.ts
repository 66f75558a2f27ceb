/**
 * Average pools as ONNX Runtime's own operator and as they are lowered (src/runtime/averages.ts), on one thread, in
 * alternating blocks.
 *
 *   node bench/averages.ts
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { encode } from "../src/graph/encode.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../src/graph/graph.ts";
import { apply, builder } from "../src/ops/builder.ts";
import { replaceAverages } from "../src/runtime/averages.ts";
import { random } from "../src/tensor/random.ts";
import { type Shape, sizeOf } from "../src/tensor/tensor.ts";
import { milliseconds, quantile, table, time, withSpread } from "./measure.ts";

const BLOCKS = 25;

interface Pool {
  readonly shape: Shape;
  /** None for a global pool. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly pad?: number;
}

const pools: readonly Pool[] = [
  { shape: [32, 32, 32, 32], kernel: 2, stride: 2 },
  { shape: [4, 6, 28, 28], kernel: 2, stride: 2 },
  { shape: [8, 64, 28, 28], kernel: 3, stride: 1, pad: 1 },
  { shape: [8, 64, 28, 28], kernel: 3, stride: 2, pad: 1 },
  { shape: [4, 192, 17, 17], kernel: 3, stride: 1, pad: 1 },
  { shape: [8, 512, 7, 7], kernel: 7 },
  { shape: [8, 64, 28, 28], kernel: 7, stride: 7 },
  { shape: [32, 32, 32, 32] },
  { shape: [8, 512, 7, 7] },
];

function graphOf({ shape, kernel, stride = 1, pad = 0 }: Pool): Graph {
  const graph = newGraph("pool");
  const X = addInput(graph, "X", "float32", shape);
  const square = (value: number) => [value, value];
  const attributes = kernel && {
    kernel_shape: square(kernel),
    strides: square(stride),
    pads: [...square(pad), ...square(pad)],
  };
  const Y = attributes ? apply(graph, "AveragePool", [X], attributes)[0]! : builder(graph).globalAveragePool(X);
  addOutput(graph, "Y", Y);
  return graph;
}

interface Prepared {
  /** Through the npm binding, which takes a graph as it is; the engines lower it themselves. */
  run(): Promise<Float32Array>;
}

async function prepare(graph: Graph): Promise<Prepared> {
  const [X] = graph.inputs as [Value];
  const { normal } = random(1);
  const contents = Float32Array.from({ length: sizeOf(X.shape) }, normal);
  const options = { graphOptimizationLevel: "disabled", intraOpNumThreads: 1 } as const;
  const session = await InferenceSession.create(encode(graph), options);
  const feeds = { X: new Tensor("float32", contents, X.shape) };
  return { run: async () => (await session.run(feeds)).Y!.data as Float32Array };
}

async function measure(pool: Pool): Promise<string[]> {
  const graph = graphOf(pool);
  const [own, lowered] = [await prepare(graph), await prepare(replaceAverages(graph))];
  const [a, b] = [await own.run(), await lowered.run()];
  if (a.some((value, i) => !(Math.abs(value - b[i]!) < 1e-5)))
    throw new Error("bench: expected both to give the same averages, got others; do not trust it");
  const [before, after]: [number[][], number[][]] = [[], []];
  for (let block = 0; block < BLOCKS; block++) {
    before.push(await time(10, own.run));
    after.push(await time(10, lowered.run));
  }
  const ratios = after.map((block, i) => quantile(block, 0.5) / quantile(before[i]!, 0.5));
  const { shape, kernel, stride = 1, pad = 0 } = pool;
  const name = kernel ? `kernel ${kernel}, stride ${stride}, padding ${pad}` : "global";
  return [`[${shape.join(", ")}] ${name}`, milliseconds(before.flat()), milliseconds(after.flat()), withSpread(ratios)];
}

async function main() {
  const rows = [["", "own, ms", "lowered, ms", "ratio"]];
  for (const pool of pools) rows.push(await measure(pool));
  console.log(`Average pools, npm binding, 1 thread; median (p10–p90), ratio over ${BLOCKS} alternating blocks\n`);
  console.log(table(rows));
}

await main();
