/**
 * Ways to form the gradient of a convolution's weight, on one thread, in alternating blocks: the rule, which chooses by
 * channels, and what it chooses from or was preferred to. All must agree before anything is timed.
 *
 *   node bench/convolution.ts
 */
import { addInput, addOutput, newGraph, type Value } from "../src/graph/graph.ts";
import { type Builder, builder } from "../src/ops/builder.ts";
import { type KernelWindow, kernelWindow, positions } from "../src/ops/convolution.ts";
import { unfold, weightGradient } from "../src/ops/weightGradient.ts";
import type { Bound, Engine } from "../src/runtime/engine.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, zeros } from "../src/tensor/tensor.ts";
import { milliseconds, quantile, table, time, withSpread } from "./measure.ts";

const BLOCKS = 15;

interface Convolution {
  readonly about: string;
  readonly X: Shape;
  readonly W: Shape;
  readonly stride?: number;
  readonly group?: number;
}

const convolutions: readonly Convolution[] = [
  { about: "16 → 16", X: [32, 16, 32, 32], W: [16, 16, 3, 3] },
  { about: "16 → 32", X: [8, 16, 28, 28], W: [32, 16, 3, 3] },
  { about: "32 → 64", X: [8, 32, 28, 28], W: [64, 32, 3, 3] },
  { about: "64 → 64", X: [8, 64, 16, 16], W: [64, 64, 3, 3] },
  { about: "64 → 128, stride 2", X: [8, 64, 16, 16], W: [128, 64, 3, 3], stride: 2 },
  { about: "128 → 128", X: [8, 128, 8, 8], W: [128, 128, 3, 3] },
  { about: "256 → 256", X: [8, 256, 4, 4], W: [256, 256, 3, 3] },
  { about: "64 → 256, kernel 1", X: [8, 64, 16, 16], W: [256, 64, 1, 1] },
  { about: "64 → 64, batch 1", X: [1, 64, 16, 16], W: [64, 64, 3, 3] },
  { about: "depthwise 64, 16 × 16", X: [8, 64, 16, 16], W: [64, 1, 3, 3], group: 64 },
  { about: "depthwise 64, 16 × 16, stride 2", X: [8, 64, 16, 16], W: [64, 1, 3, 3], group: 64, stride: 2 },
  { about: "depthwise 32, 56 × 56", X: [8, 32, 56, 56], W: [32, 1, 3, 3], group: 32 },
  { about: "depthwise 256, 8 × 8", X: [8, 256, 8, 8], W: [256, 1, 3, 3], group: 256 },
  { about: "depthwise 64, 16 × 16, kernel 5", X: [8, 64, 16, 16], W: [64, 1, 5, 5], group: 64 },
  { about: "depthwise 16, 112 × 112", X: [4, 16, 112, 112], W: [16, 1, 3, 3], group: 16 },
];

interface Io {
  readonly X: Value;
  readonly W: Value;
  readonly dY: Value;
  readonly w: KernelWindow;
  readonly group: number;
}

type Formulation = (g: Builder, io: Io) => Value;

/** [N, C, ...] → [C, N, ...] */
function channelFirst(g: Builder, value: Value): Value {
  return g.transpose(value, [1, 0, ...value.shape.map((_, i) => i).slice(2)]);
}

function tapOf(g: Builder, x: Value, axis: number, tap: number, w: KernelWindow, steps: readonly number[]): Value {
  const start = tap * w.dilations[axis]!;
  const stride = w.strides[axis]!;
  return g.slice(x, [axis + 2], [start], [start + (steps[axis]! - 1) * stride + 1], [stride]);
}

/** Slices [C, N, ...] of every tap, in row-major order. */
function taps(g: Builder, x: Value, w: KernelWindow, steps: readonly number[]): Value[] {
  const [kh, kw] = w.kernel as [number, number];
  const columns = Array.from({ length: kw }, (_, j) => tapOf(g, x, 1, j, w, steps));
  return Array.from({ length: kh }, (_, i) => columns.map((column) => tapOf(g, column, 0, i, w, steps))).flat();
}

const full: Readonly<Record<string, Formulation>> = {
  "columns by example": columnsByExample,
  "a product per tap": (g, { X, W, dY, w }) => {
    const steps = dY.shape.slice(2);
    const [O, C] = W.shape as [number, number];
    const dy = g.reshape(channelFirst(g, dY), [O, sizeOf(dY.shape) / O]);
    const products = taps(g, channelFirst(g, g.pad(X, w.pads)), w, steps).map((tap) =>
      g.reshape(g.gemm(dy, g.reshape(tap, [C, sizeOf(dY.shape) / O]), undefined, { transB: 1 }), [1, O, C]),
    );
    return g.reshape(g.transpose(g.concat(products, 0), [1, 2, 0]), W.shape);
  },
  "one product": (g, { X, W, dY, w }) => {
    const steps = dY.shape.slice(2);
    const [O, C] = W.shape as [number, number];
    const columns = taps(g, channelFirst(g, g.pad(X, w.pads)), w, steps);
    const M = sizeOf(dY.shape) / O;
    const dy = g.reshape(channelFirst(g, dY), [O, M]);
    const stacked = g.reshape(g.concat(columns, 0), [columns.length * C, M]);
    const product = g.gemm(dy, stacked, undefined, { transB: 1 });
    return g.reshape(g.transpose(g.reshape(product, [O, columns.length, C]), [0, 2, 1]), W.shape);
  },
};

function columnsByExample(g: Builder, { X, W, dY, w, group }: Io): Value {
  const [N, C] = X.shape as [number, number];
  const O = dY.shape[1]!;
  const steps = dY.shape.slice(2);
  const area = sizeOf(steps);
  const count = sizeOf(w.kernel);
  const columns = g.reshape(unfold(g, g.pad(X, w.pads), w, steps, group), [N, group, (count * C) / group, area]);
  const perExample = g.matMul(g.reshape(dY, [N, group, O / group, area]), g.transpose(columns, [0, 1, 3, 2]));
  const split = g.reshape(g.sumTo(perExample, perExample.shape.slice(1)), [O, count, C / group]);
  return g.reshape(g.transpose(split, [0, 2, 1]), W.shape);
}

const depthwise: Readonly<Record<string, Formulation>> = {
  "columns by example": columnsByExample,
  "a sum of products per tap": (g, { X, W, dY, w }) => {
    const x = g.pad(X, w.pads);
    const sums = taps(g, x, w, dY.shape.slice(2)).map((tap) => g.reduceSum(g.mul(tap, dY), [2, 3]));
    const perExample = g.concat(
      sums.map((sum) => g.reshape(sum, [...sum.shape, 1])),
      2,
    );
    return g.reshape(g.sumTo(perExample, perExample.shape.slice(1)), W.shape);
  },
  "a convolution": (g, { X, W, dY, w }) => {
    const [N, C, ...size] = X.shape as [number, number, number, number];
    const x = g.reshape(channelFirst(g, X), [1, N * C, ...size]);
    const all = g.conv(x, channelFirst(g, dY), undefined, {
      group: C,
      dilations: w.strides,
      strides: w.dilations,
      pads: w.pads,
    });
    const [kh, kw] = w.kernel as [number, number];
    return g.reshape(g.slice(all, [2, 3], [0, 0], [kh, kw], [1, 1]), W.shape);
  },
};

const rule: Formulation = (g, { X, W, dY, w, group }) => weightGradient(g, X, W, dY, w, group);

interface Prepared {
  readonly bound: Bound;
  readonly dW: Tensor;
}

async function prepare(engine: Engine, one: Convolution, formulation: Formulation): Promise<Prepared> {
  const { X: shape, W: weight, stride = 1, group = 1 } = one;
  const graph = newGraph("weight_gradient");
  const g = builder(graph);
  const kernel = weight.slice(2);
  const half = kernel.map((k) => Math.floor(k / 2));
  const w = kernelWindow("Conv", shape.slice(2), kernel, {
    strides: kernel.map(() => stride),
    pads: [...half, ...half],
  });
  const steps = positions("Conv", shape.slice(2), w);
  const X = addInput(graph, "X", "float32", shape);
  const dY = addInput(graph, "dY", "float32", [shape[0]!, weight[0]!, ...steps]);
  const W: Value = { name: "W", type: "float32", shape: weight };
  addOutput(graph, "dW", formulation(g, { X, W, dY, w, group }));
  const { normal } = random(1);
  const drawn = (value: Value) =>
    fromNumbers("float32", value.shape, Array.from({ length: sizeOf(value.shape) }, normal));
  const session = await engine.load(graph);
  const dW = zeros("float32", weight);
  return { bound: session.bind({ X: drawn(X), dY: drawn(dY), dW }), dW };
}

function formulationsFor({ group = 1, X }: Convolution): Readonly<Record<string, Formulation>> {
  const others = group === X[1] ? depthwise : full;
  return { "src/ops/weightGradient.ts": rule, ...others };
}

async function measure(engine: Engine, one: Convolution): Promise<string[][]> {
  const formulations = formulationsFor(one);
  const names = Object.keys(formulations);
  const prepared = [];
  for (const name of names) prepared.push(await prepare(engine, one, formulations[name]!));
  for (const { bound } of prepared) await bound.run();
  for (const [i, { dW }] of prepared.entries()) requireEqual(names[i]!, dW, prepared[0]!.dW);
  const times: number[][][] = names.map(() => []);
  for (let block = 0; block < BLOCKS; block++)
    for (const [i, { bound }] of prepared.entries()) times[i]!.push(await time(5, bound.run));
  const middles = times.map((blocks) => blocks.map((block) => quantile(block, 0.5)));
  return names.map((name, i) => [
    `${one.about}: ${name}`,
    milliseconds(times[i]!.flat()),
    withSpread(middles[i]!.map((value, block) => value / middles[0]![block]!)),
  ]);
}

function requireEqual(name: string, found: Tensor, expected: Tensor): void {
  const [a, b] = [found.data as Float32Array, expected.data as Float32Array];
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (a.some((x, i) => !(Math.abs(x - b[i]!) < 1e-4 * largest)))
    throw new Error(`bench: expected "${name}" to give the gradient of the rule, got another; do not trust it`);
}

async function main() {
  const engine = await openEngine();
  const rows = [["", "ms", "ratio to the rule"]];
  for (const one of convolutions) rows.push(...(await measure(engine, one)));
  console.log(
    `Weight gradient of a convolution, ${engine.name} engine, 1 thread; median (p10–p90), ${BLOCKS} blocks\n`,
  );
  console.log(table(rows));
}

await main();
