/**
 * Convolutions as ONNX Runtime's own operator and as they are lowered (src/runtime/channelBlocks.ts), on one thread,
 * in alternating blocks: times of the processor, which other programs disturb least.
 *
 *   node bench/channelBlocks.ts
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { encode } from "../src/graph/encode.ts";
import { addInput, addOutput, type Graph, newGraph, prune } from "../src/graph/graph.ts";
import { builder } from "../src/ops/builder.ts";
import { findBlockSize } from "../src/runtime/blockSize.ts";
import { type BlockSize, blockChannels } from "../src/runtime/channelBlocks.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { random } from "../src/tensor/random.ts";
import { type Shape, sizeOf } from "../src/tensor/tensor.ts";
import { block as blockOf, milliseconds, table, withSpread } from "./measure.ts";

const BLOCKS = 15;
const CALLS = 5;

interface Convolution {
  readonly about: string;
  readonly X: Shape;
  readonly W: Shape;
  readonly group?: number;
  readonly stride?: number;
  readonly pad?: number;
}

const convolutions: readonly Convolution[] = [
  { about: "16 → 16, 32 × 32", X: [32, 16, 32, 32], W: [16, 16, 3, 3], pad: 1 },
  { about: "32 → 32, 16 × 16", X: [32, 32, 16, 16], W: [32, 32, 3, 3], pad: 1 },
  { about: "64 → 64, 8 × 8", X: [32, 64, 8, 8], W: [64, 64, 3, 3], pad: 1 },
  { about: "64 → 64, 8 × 8, one image", X: [1, 64, 8, 8], W: [64, 64, 3, 3], pad: 1 },
  { about: "256 → 256, 4 × 4", X: [32, 256, 4, 4], W: [256, 256, 3, 3], pad: 1 },
  { about: "16 → 32, 32 × 32, stride 2", X: [32, 16, 32, 32], W: [32, 16, 3, 3], stride: 2, pad: 1 },
  { about: "6 → 16, 12 × 12, kernel 5", X: [32, 6, 12, 12], W: [16, 6, 5, 5] },
  { about: "depthwise 144, 32 × 32", X: [32, 144, 32, 32], W: [144, 1, 3, 3], group: 144, pad: 1 },
  { about: "depthwise 192, 16 × 16", X: [32, 192, 16, 16], W: [192, 1, 3, 3], group: 192, pad: 1 },
  { about: "depthwise 384, 8 × 8", X: [32, 384, 8, 8], W: [384, 1, 3, 3], group: 384, pad: 1 },
  { about: "depthwise 960, 4 × 4", X: [32, 960, 4, 4], W: [960, 1, 3, 3], group: 960, pad: 1 },
];

function graphOf({ X: shape, W: filter, group = 1, stride = 1, pad = 0 }: Convolution): Graph {
  const graph = newGraph("convolution");
  const [X, W] = [addInput(graph, "X", "float32", shape), addInput(graph, "W", "float32", filter)];
  const attributes = { group, strides: [stride, stride], pads: [pad, pad, pad, pad], kernel_shape: filter.slice(2) };
  addOutput(graph, "Y", builder(graph).conv(X, W, undefined, attributes));
  return graph;
}

/** Through the npm binding, which takes a graph as it is; the engines lower it themselves. */
async function prepare(graph: Graph): Promise<() => Promise<Float32Array>> {
  const { normal } = random(1);
  const options = { graphOptimizationLevel: "disabled", intraOpNumThreads: 1 } as const;
  const session = await InferenceSession.create(encode(graph), options);
  const drawn = (shape: Shape) => Float32Array.from({ length: sizeOf(shape) }, normal);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, new Tensor("float32", drawn(shape), shape)]),
  );
  return async () => (await session.run(feeds)).Y!.data as Float32Array;
}

async function measure(one: Convolution, size: BlockSize): Promise<string[]> {
  const graph = graphOf(one);
  const forms = [await prepare(graph), await prepare(prune(blockChannels(graph, size)))];
  const [a, b] = await Promise.all(forms.map((run) => run()));
  const largest = a!.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (a!.some((value, i) => !(Math.abs(value - b![i]!) < 1e-5 * largest)))
    throw new Error(`bench: expected both to convolve alike, got others for ${one.about}; do not trust it`);
  const seconds: number[][] = forms.map(() => []);
  for (let i = 0; i < BLOCKS; i++)
    for (const [form, run] of forms.entries()) seconds[form]!.push((await blockOf(CALLS, run)).processor / CALLS);
  const [before, after] = seconds as [number[], number[]];
  const ratios = after.map((value, i) => value / before[i]!);
  return [one.about, milliseconds(before), milliseconds(after), withSpread(ratios)];
}

async function main() {
  const size = await findBlockSize((graph) => nativeEngine().load(graph));
  if (!size)
    throw new Error("bench: expected a processor with kernels for blocks of channels, got another; use x86 or ARM");
  const rows = [["", "own, ms", "in blocks, ms", "ratio"]];
  for (const one of convolutions) rows.push(await measure(one, size));
  console.log(
    `Convolutions in blocks of ${size} channels, npm binding, 1 thread; median (p10–p90) over ${BLOCKS} blocks\n`,
  );
  console.log(table(rows));
}

await main();
