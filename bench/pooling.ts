/**
 * Three ways to differentiate a 2 × 2 maximum pool, forward and backward in one graph, at LeNet's shapes on one thread.
 * The inputs are rectified normal numbers, so that windows of equal elements (zeros) are common as in a network: all
 * three must give dY to the first of them before anything is timed. Every run has other inputs: a processor learns by
 * heart which way the comparisons of a small array go, and then takes half the time.
 *
 *   node bench/pooling.ts
 */
import { backward } from "../src/gradient/backward.ts";
import { addInput, addNode, addOutput, newGraph, type Value } from "../src/graph/graph.ts";
import { type Builder, builder } from "../src/ops/builder.ts";
import type { Bound, Engine } from "../src/runtime/engine.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor, zeros } from "../src/tensor/tensor.ts";
import { milliseconds, quantile, table, time, withSpread } from "./measure.ts";

const POOL = { kernel_shape: [2, 2], strides: [2, 2] };
const SHAPES = [
  [4, 6, 28, 28],
  [32, 6, 28, 28],
  [4, 16, 10, 10],
  [32, 16, 10, 10],
];
const BLOCKS = 40;
const COUNT = 50;

interface Pooled {
  readonly Y: Value;
  readonly dX: Value;
}

type Formulation = (g: Builder, X: Value, dY: Value) => Pooled;

function withIndices(g: Builder, X: Value): [Y: Value, indices: Value] {
  const shape = [...X.shape.slice(0, 2), ...X.shape.slice(2).map((size) => size / 2)];
  const attributes = Object.fromEntries(
    Object.entries(POOL).map(([name, value]) => [name, { kind: "ints" as const, value }]),
  );
  const outputs = [
    { type: X.type, shape },
    { type: "int64" as const, shape },
  ];
  return addNode(g.graph, { op: "MaxPool", inputs: [X], attributes, outputs }) as [Value, Value];
}

const formulations: Readonly<Record<string, Formulation>> = {
  /** What src/ops/pooling.ts does. */
  "marks by rank": (g, X, dY) => {
    const Y = g.maxPool(X, POOL);
    return { Y, dX: backward(g, Y, [X], dY)[0]! };
  },
  "Indices + ScatterElements": (g, X, dY) => {
    const [Y, indices] = withIndices(g, X);
    const flat = g.scatterElements(g.zeros(X.type, [sizeOf(X.shape)]), g.reshape(indices, [-1]), g.reshape(dY, [-1]), {
      axis: 0,
      reduction: "add",
    });
    return { Y, dX: g.reshape(flat, X.shape) };
  },
  "Indices + MaxUnpool": (g, X, dY) => {
    const [Y, indices] = withIndices(g, X);
    const kernel = { kind: "ints" as const, value: POOL.kernel_shape };
    const [dX] = addNode(g.graph, {
      op: "MaxUnpool",
      inputs: [dY, indices],
      attributes: { kernel_shape: kernel, strides: kernel },
      outputs: [X],
    });
    return { Y, dX: dX! };
  },
};

interface Prepared {
  readonly bound: Bound;
  readonly X: Tensor;
  readonly dX: Tensor;
}

async function prepare(engine: Engine, formulation: Formulation, shape: Shape): Promise<Prepared> {
  const graph = newGraph("pool");
  const g = builder(graph);
  const X = addInput(graph, "X", "float32", shape);
  const half = [...shape.slice(0, 2), ...shape.slice(2).map((size) => size / 2)];
  const dY = addInput(graph, "dY", "float32", half);
  const pooled = formulation(g, X, dY);
  addOutput(graph, "Y", pooled.Y);
  addOutput(graph, "dX", pooled.dX);
  const tensors = {
    X: zeros("float32", shape),
    dY: gradient(half),
    Y: zeros("float32", half),
    dX: zeros("float32", shape),
  };
  const session = await engine.load(graph);
  return { bound: session.bind(tensors), ...tensors };
}

function gradient(shape: Shape): Tensor {
  const stream = random(1);
  return fromNumbers("float32", shape, Float32Array.from({ length: sizeOf(shape) }, stream.normal));
}

const activations = Float32Array.from(
  { length: 2 ** 20 },
  (
    (stream) => () =>
      Math.max(0, stream.normal())
  )(random(2)),
);

/** Fills X with the numbers from `position` on. */
function fill({ X }: Prepared, position: number): void {
  const start = (position * 7919) % (activations.length - X.data.length);
  (X.data as Float32Array).set(activations.subarray(start, start + X.data.length));
}

async function measure(engine: Engine, shape: Shape): Promise<string[][]> {
  const names = Object.keys(formulations);
  const prepared = await Promise.all(names.map((name) => prepare(engine, formulations[name]!, shape)));
  for (const one of prepared) {
    fill(one, 0);
    await one.bound.run();
  }
  for (const [i, { dX }] of prepared.entries())
    if (!dX.data.every((value, at) => value === prepared[0]!.dX.data[at]))
      throw new Error(
        `bench: expected "${names[i]}" to give the gradient of "${names[0]}", got another; do not trust it`,
      );
  const times: number[][][] = names.map(() => []);
  for (let block = 0; block < BLOCKS; block++)
    for (const [i, one] of prepared.entries()) times[i]!.push(await timeBlock(one, block));
  const middles = times.map((blocks) => blocks.map((block) => quantile(block, 0.5)));
  return names.map((name, i) => [
    `[${shape.join(", ")}] ${name}`,
    milliseconds(times[i]!.flat()),
    withSpread(middles[i]!.map((value, block) => value / middles[0]![block]!)),
  ]);
}

async function timeBlock(prepared: Prepared, block: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < COUNT; i++) {
    fill(prepared, block * COUNT + i);
    seconds.push(...(await time(1, prepared.bound.run)));
  }
  return seconds;
}

async function main() {
  const engine = await openEngine();
  const rows = [["", "ms, forward + backward", "ratio to marks by rank"]];
  for (const shape of SHAPES) rows.push(...(await measure(engine, shape)));
  console.log(
    `Maximum pool 2 × 2, ${engine.name} engine, 1 thread; median (p10–p90), ratio over ${BLOCKS} alternating blocks\n`,
  );
  console.log(table(rows));
}

await main();
