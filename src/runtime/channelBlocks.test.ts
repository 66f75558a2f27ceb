import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, fromNumbers, type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import { findBlockSize } from "./blockSize.ts";
import { blockChannels } from "./channelBlocks.ts";
import type { Engine } from "./engine.ts";
import { lowerForCpu } from "./lower.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";

const native = nativeEngine();
const binding = bindingEngine();
const reference = evaluateOn(openReference(native));
const sizes = await Promise.all([native, binding].map((engine) => findBlockSize((graph) => engine.load(graph))));
const [block] = sizes;

function graphOf(
  shapes: Readonly<Record<string, Shape>>,
  write: (g: Builder, inputs: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>,
  type: ElementType = "float32",
): Graph {
  const graph = newGraph("g");
  const inputs = Object.entries(shapes).map(([name, shape]) => [name, addInput(graph, name, type, shape)] as const);
  for (const [name, value] of Object.entries(write(builder(graph), Object.fromEntries(inputs))))
    addOutput(graph, name, value);
  return graph;
}

interface Convolution {
  readonly X: Shape;
  readonly W: Shape;
  readonly bias?: boolean;
  readonly type?: ElementType;
  readonly attributes?: object;
}

const convolution = ({ X, W, bias, type, attributes = {} }: Convolution) =>
  graphOf({ X, W, ...(bias && { B: [W[0]!] }) }, (g, io) => ({ Y: g.conv(io.X!, io.W!, io.B, attributes) }), type);

/** Small integers: sums of products are exact in float32 in any order. */
function drawn(graph: Graph): Record<string, Tensor> {
  const stream = random(3);
  const numbers = (shape: Shape) => Array.from({ length: sizeOf(shape) }, () => stream.integer(9) - 4);
  return Object.fromEntries(
    graph.inputs.map(({ name, type, shape }) => [name, fromNumbers(type, shape, numbers(shape))]),
  );
}

const operators = (graph: Graph) => graph.nodes.map(({ domain, op }) => (domain ? `${domain}.${op}` : op));
const inBlocks = (graph: Graph) => operators(graph).filter((op) => op === "com.microsoft.nchwc.Conv").length;

const taken: [about: string, Convolution][] = [
  ["dense", { X: [2, 32, 6, 8], W: [16, 32, 3, 3], attributes: { pads: [1, 1, 1, 1] } }],
  ["dense, with a bias", { X: [3, 16, 7, 6], W: [32, 16, 2, 3], bias: true }],
  ["five blocks of filters", { X: [3, 16, 7, 6], W: [80, 16, 2, 3] }],
  ["strided", { X: [4, 16, 9, 8], W: [16, 16, 3, 3], attributes: { strides: [2, 1], pads: [1, 0, 1, 1] } }],
  ["dilated", { X: [4, 16, 9, 8], W: [16, 16, 3, 2], attributes: { dilations: [2, 3], pads: [2, 0, 2, 1] } }],
  ["resolved padding", { X: [4, 16, 5, 6], W: [16, 16, 2, 3], attributes: { auto_pad: "SAME_LOWER" } }],
  ["groups of whole blocks", { X: [6, 32, 5, 6], W: [32, 16, 3, 2], attributes: { group: 2 } }],
  ["a series", { X: [4, 16, 20], W: [16, 16, 3], attributes: { pads: [2, 1], dilations: [2] } }],
  ["fewer channels than a block", { X: [2, 5, 9, 9], W: [16, 5, 4, 4], attributes: { pads: [1, 2, 0, 1] } }],
  ["a series of few channels", { X: [3, 7, 40], W: [16, 7, 10], attributes: { strides: [1] } }],
  ["a filter per channel", { X: [2, 16, 5, 4], W: [16, 1, 3, 3], attributes: { group: 16, pads: [1, 1, 1, 1] } }],
  ["a filter per channel, with a bias", { X: [1, 32, 5, 4], W: [32, 1, 2, 2], bias: true, attributes: { group: 32 } }],
  ["a filter per channel of a series", { X: [2, 16, 9], W: [16, 1, 3], attributes: { group: 16, strides: [2] } }],
  [
    "a filter as large as the image",
    { X: [1, 16, 5, 4], W: [16, 1, 5, 4], attributes: { group: 16, pads: [1, 1, 1, 1] } },
  ],
];

const left: [about: string, Convolution][] = [
  ["channels that are no whole blocks", { X: [4, 24, 6, 6], W: [16, 24, 3, 3] }],
  ["filters that are no whole blocks", { X: [4, 16, 6, 6], W: [24, 16, 3, 3] }],
  ["groups that are no whole blocks", { X: [4, 16, 6, 6], W: [16, 8, 3, 3], attributes: { group: 2 } }],
  ["two filters per channel", { X: [4, 16, 6, 6], W: [32, 1, 3, 3], attributes: { group: 16 } }],
  ["one tap", { X: [4, 16, 6, 6], W: [16, 16, 1, 1] }],
  ["few taps of few channels", { X: [4, 3, 6, 6], W: [16, 3, 3, 3] }],
  ["few positions", { X: [1, 16, 6, 6], W: [16, 16, 3, 3] }],
  ["volumes", { X: [4, 16, 4, 4, 4], W: [16, 16, 2, 2, 2] }],
  ["float64", { X: [4, 16, 6, 6], W: [16, 16, 3, 3], type: "float64" }],
];

test("both engines find the same blocks", () => {
  expect([8, 16, undefined]).toContain(block);
  expect(sizes).toEqual([block, block]);
});

test("there are no blocks where the operator is not known", async () => {
  const refuse = () => Promise.reject(new Error("ReorderInput(1) is not a registered function/op"));
  expect(await findBlockSize(refuse)).toBeUndefined();
});

describe.each([8, 16] as const)("in blocks of %i", (size) => {
  test.each(taken)("%s", (_, one) => expect(inBlocks(blockChannels(convolution(one), size))).toBe(1));
});

describe("left as it is", () => {
  test.each(left)("%s", (_, one) => {
    const graph = convolution(one);
    expect(blockChannels(graph, 16).nodes).toEqual(graph.nodes);
  });
});

async function expectExact(graph: Graph, engines: readonly Engine[] = [native, binding]): Promise<void> {
  const feeds = drawn(graph);
  const [expected] = await reference(graph, [feeds]);
  for (const engine of engines) {
    const [found] = await evaluateOn(engine)(graph, [feeds]);
    for (const name of graph.outputs.keys())
      expect(toNumbers(found![name]!), name).toEqual(toNumbers(expected![name]!));
  }
}

describe.skipIf(!block)("computes what a plain loop does", () => {
  test.each(taken)("%s", (_, one) => expectExact(convolution(one)));

  const strides = [1, 2, 3];
  const kernels = [1, 2, 3, 5];
  const cases = strides.flatMap((stride) =>
    kernels.flatMap((kernel) => [1, 2].map((dilation) => ({ stride, kernel, dilation }))),
  );
  test.each(cases)(
    "at every border: stride $stride, kernel $kernel, dilation $dilation",
    async ({ stride, kernel, dilation }) => {
      const span = dilation * (kernel - 1) + 1;
      const borders = [0, 1, 3].flatMap((before) => [0, 2].map((after) => [before, after] as const));
      for (const size of [5, 6]) {
        const shapes = {
          one: [1, 16, size, size],
          filter: [16, 1, kernel, kernel],
          few: [8, 13, size, size],
          filters: [16, 13, kernel, kernel],
        };
        const graph = graphOf(shapes, (g, { one, filter, few, filters }) => {
          const results = borders
            .filter(([before, after]) => size + before + after >= span)
            .flatMap(([before, after]) => {
              const a = {
                pads: [before, after, after, before],
                strides: [stride, stride],
                dilations: [dilation, dilation],
              };
              return [g.conv(one!, filter!, undefined, { ...a, group: 16 }), g.conv(few!, filters!, undefined, a)];
            });
          return Object.fromEntries(results.map((result, i) => [`y${i}`, g.reduceSum(result, [0])]));
        });
        await expectExact(graph, [native]);
      }
    },
  );
});

test.each(taken)("%s: the same bits from one thread and two", async (_, one) => {
  const graph = convolution(one);
  const { normal } = random(5);
  const draw = ({ type, shape }: Value) =>
    fromNumbers(
      type,
      shape,
      Array.from({ length: sizeOf(shape) }, () => normal()),
    );
  const feeds = Object.fromEntries(graph.inputs.map((value) => [value.name, draw(value)]));
  const results = [1, 2].map((threads) => {
    const engine: Engine = { name: native.name, load: (given) => native.load(given, { threads }) };
    return evaluateOn(engine)(graph, [feeds]);
  });
  const [[alone], [together]] = (await Promise.all(results)) as [Record<string, Tensor>[], Record<string, Tensor>[]];
  expect(together!.Y!.data).toEqual(alone!.Y!.data);
});

test("what two convolutions read is laid out once, and what one wrote is not laid out again", () => {
  const graph = graphOf({ X: [2, 16, 4, 4], V: [16, 1, 3, 3], W: [16, 1, 3, 3] }, (g, { X, V, W }) => {
    const a = { group: 16, pads: [1, 1, 1, 1] };
    return { Y: g.conv(g.conv(X!, V!, undefined, a), W!, undefined, a), Z: g.conv(X!, W!, undefined, a) };
  });
  expect(operators(lowerForCpu(graph, 16)).filter((op) => op.endsWith("ReorderInput"))).toHaveLength(3);
});

test("the gradient of a depthwise weight reads what the convolution and the gradient of its input read", () => {
  const graph = graphOf({ X: [2, 16, 4, 5], dY: [2, 16, 4, 5], W: [16, 1, 3, 3] }, (g, { X, dY, W }) => {
    const pads = [1, 1, 1, 1];
    const all = g.conv(g.reshape(X!, [1, 32, 4, 5]), g.reshape(dY!, [32, 1, 4, 5]), undefined, { group: 32, pads });
    return {
      Y: g.conv(X!, W!, undefined, { group: 16, pads }),
      dX: g.conv(dY!, W!, undefined, { group: 16, pads }),
      all,
    };
  });
  expect(printGraph(lowerForCpu(graph, 16))).toMatchInlineSnapshot(`
    "graph g(X: float32[2, 16, 4, 5], dY: float32[2, 16, 4, 5], W: float32[16, 1, 3, 3]) {
      ReorderInput_out: float32[2, 16, 4, 5] = com.microsoft.nchwc.ReorderInput(X)
      ReorderInput_1_out: float32[2, 16, 4, 5] = com.microsoft.nchwc.ReorderInput(dY)
      Reshape_2_out: float32[1, 32, 4, 5] = Reshape(ReorderInput_out, [1, 32, 4, 5])
      Reshape_3_out: float32[32, 1, 4, 5] = Reshape(ReorderInput_1_out, [32, 1, 4, 5])
      Conv_3_out: float32[1, 32, 3, 3] = com.microsoft.nchwc.Conv(Reshape_2_out, Reshape_3_out, kernel_shape=[4, 5], strides=[1, 1], dilations=[1, 1], pads=[1, 1, 1, 1], group=32)
      Conv_out: float32[1, 32, 3, 3] = com.microsoft.nchwc.ReorderOutput(Conv_3_out, channels=32)
      Reshape_4_out: float32[1, 16, 3, 3] = Reshape(W, [1, 16, 3, 3])
      ReorderInput_2_out: float32[1, 16, 3, 3] = com.microsoft.nchwc.ReorderInput(Reshape_4_out)
      Reshape_5_out: float32[16, 1, 3, 3] = Reshape(ReorderInput_2_out, [16, 1, 3, 3])
      Conv_4_out: float32[2, 16, 4, 5] = com.microsoft.nchwc.Conv(ReorderInput_out, Reshape_5_out, kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], pads=[1, 1, 1, 1], group=16)
      Conv_1_out: float32[2, 16, 4, 5] = com.microsoft.nchwc.ReorderOutput(Conv_4_out, channels=16)
      Reshape_6_out: float32[16, 1, 3, 3] = Reshape(ReorderInput_2_out, [16, 1, 3, 3])
      Conv_5_out: float32[2, 16, 4, 5] = com.microsoft.nchwc.Conv(ReorderInput_1_out, Reshape_6_out, kernel_shape=[3, 3], strides=[1, 1], dilations=[1, 1], pads=[1, 1, 1, 1], group=16)
      Conv_2_out: float32[2, 16, 4, 5] = com.microsoft.nchwc.ReorderOutput(Conv_5_out, channels=16)
      return Y = Conv_1_out, dX = Conv_2_out, all = Conv_out
    }"
  `);
});
