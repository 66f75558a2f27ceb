import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import type { Random } from "../tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { Model, ModelInput, Parameter } from "./model.ts";

/** A piece of a network with one input and one output. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  forward(g: Builder, x: Value, parameters: Readonly<Record<string, Value>>): Value;
}

/** Uniform in ±1/√fanIn, PyTorch's default for linear layers and convolutions (Kaiming uniform with a = √5). */
function uniform(shape: Shape, fanIn: number, random: Random): Tensor {
  const bound = 1 / Math.sqrt(fanIn);
  return fromNumbers(
    "float32",
    shape,
    Array.from({ length: sizeOf(shape) }, () => (2 * random.uniform() - 1) * bound),
  );
}

/** y = x·Wᵀ + b. x [N, from], W [to, from], b [to], y [N, to]. */
export function linear(name: string, from: number, to: number, random: Random): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [
      { name: weight, initial: uniform([to, from], from, random) },
      { name: bias, initial: uniform([to], from, random) },
    ],
    forward: (g, x, parameters) => g.gemm(x, parameters[weight]!, parameters[bias]!, { transB: 1 }),
  };
}

export interface ConvolutionSizes {
  readonly from: number;
  readonly to: number;
  /** Square kernel, in pixels. */
  readonly kernel: number;
  /** Zeros on every side, in pixels. Default 0. */
  readonly padding?: number;
}

/** Two-dimensional convolution with bias. x [N, from, H, W], weight [to, from, kernel, kernel], bias [to]. */
export function convolution(name: string, { from, to, kernel, padding = 0 }: ConvolutionSizes, random: Random): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const fanIn = from * kernel * kernel;
  return {
    parameters: [
      { name: weight, initial: uniform([to, from, kernel, kernel], fanIn, random) },
      { name: bias, initial: uniform([to], fanIn, random) },
    ],
    forward: (g, x, parameters) =>
      g.conv(x, parameters[weight]!, parameters[bias]!, {
        kernel_shape: [kernel, kernel],
        pads: Array(4).fill(padding),
      }),
  };
}

export const relu: Layer = { parameters: [], forward: (g, x) => g.relu(x) };

/** The largest of each 2 × 2 square. */
export const maxPool: Layer = {
  parameters: [],
  forward: (g, x) => g.maxPool(x, { kernel_shape: [2, 2], strides: [2, 2] }),
};

/** [N, …] to [N, everything else]. */
export const flatten: Layer = { parameters: [], forward: (g, x) => g.flatten(x) };

/** Layers one after the other, on one input. */
export function sequential(name: string, input: ModelInput, layers: readonly Layer[]): Model {
  return {
    name,
    inputs: [input],
    parameters: layers.flatMap((layer) => layer.parameters),
    state: [],
    forward: (g, { inputs, parameters }) => ({
      logits: layers.reduce((x, layer) => layer.forward(g, x, parameters), inputs[input.name]!),
      state: {},
    }),
  };
}
