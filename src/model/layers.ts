import type { Value } from "../graph/graph.ts";
import { apply, type Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { type Shape, show, sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";
import { even, normal } from "./initial.ts";
import type { DropoutLayer, ForwardIo, Model, ModelInput, Parameter } from "./model.ts";

/** What a layer reads of the whole network's, and where it puts new values of its running statistics. */
export interface LayerIo extends Omit<ForwardIo, "inputs"> {
  readonly newState: Record<string, Value>;
}

/** A piece of a network with one input and one output. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  readonly state?: readonly Parameter[];
  readonly dropout?: readonly DropoutLayer[];
  forward(g: Builder, x: Value, io: LayerIo): Value;
}

/** Uniform in ±1/√fanIn, PyTorch's default for linear layers and convolutions (Kaiming uniform with a = √5). */
function uniform(shape: Shape, fanIn: number, random: Random): Tensor {
  const bound = 1 / Math.sqrt(fanIn);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound;
  return tensor("float32", shape, data);
}

/** y = x·Wᵀ + b. x [N, from], W [to, from], b [to], y [N, to]. */
export function linear(name: string, from: number, to: number, random: Random): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [
      { name: weight, initial: uniform([to, from], from, random) },
      { name: bias, initial: uniform([to], from, random) },
    ],
    forward: (g, x, { parameters }) => g.gemm(x, parameters[weight]!, parameters[bias]!, { transB: 1 }),
  };
}

/** y = x·Wᵀ + b with the given W [to, from] and b = 0. x [N, from], y [N, to]. */
export function linearOf(name: string, initial: Tensor): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [{ name: weight, initial }, even(bias, initial.shape[0]!, 0)],
    forward: (g, x, { parameters }) => g.gemm(x, parameters[weight]!, parameters[bias]!, { transB: 1 }),
  };
}

export interface ConvolutionSizes {
  readonly from: number;
  readonly to: number;
  /** Square kernel, in pixels. */
  readonly kernel: number;
  /** Zeros on every side, in pixels. Default 0. */
  readonly padding?: number;
  /** Default 1. */
  readonly stride?: number;
}

/** Two-dimensional convolution with bias. x [N, from, H, W], weight [to, from, kernel, kernel], bias [to]. */
export function convolution(name: string, sizes: ConvolutionSizes, random: Random): Layer {
  const { from, to, kernel } = sizes;
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const fanIn = from * kernel * kernel;
  return {
    parameters: [
      { name: weight, initial: uniform([to, from, kernel, kernel], fanIn, random) },
      { name: bias, initial: uniform([to], fanIn, random) },
    ],
    forward: (g, x, { parameters }) => g.conv(x, parameters[weight]!, parameters[bias]!, windowOf(sizes)),
  };
}

function windowOf({ kernel, padding = 0, stride = 1 }: ConvolutionSizes) {
  return { kernel_shape: [kernel, kernel], pads: Array(4).fill(padding), strides: [stride, stride] };
}

/**
 * Convolution without bias, as it stands before a batch normalisation, in `groups` groups of channels; weights normal
 * with variance 2/(kernel²·to/groups): He et al. 2015, arXiv:1502.01852, eq. 14, as `kaiming_normal_(mode="fan_out")`.
 */
export function filters(name: string, sizes: ConvolutionSizes & { readonly groups?: number }, random: Random): Layer {
  const { from, to, kernel, groups = 1 } = sizes;
  const weight = `${name}.weight`;
  const deviation = Math.sqrt(2 / ((kernel * kernel * to) / groups));
  return {
    parameters: [{ name: weight, initial: normal([to, from / groups, kernel, kernel], deviation, random) }],
    forward: (g, x, { parameters }) => g.conv(x, parameters[weight]!, undefined, { ...windowOf(sizes), group: groups }),
  };
}

/** How much of the old running statistics stays: PyTorch's momentum of 0.1, as ONNX counts it. */
const KEPT = 0.9;

/**
 * Batch normalisation over every axis but the channels (axis 1), as `torch.nn.BatchNorm2d`: epsilon 1e-5, running
 * statistics 0.9·old + 0.1·batch with the unbiased variance. Ioffe & Szegedy 2015, arXiv:1502.03167, Algorithm 1.
 *
 * In training mode throws `ShapeError` for a single value per channel, which has no variance.
 */
export function batchNormalization(name: string, channels: number): Layer {
  const [weight, bias, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map(
    (x) => `${name}.${x}`,
  ) as [string, string, string, string];
  return {
    parameters: [even(weight, channels, 1), even(bias, channels, 0)],
    state: [even(mean, channels, 0), even(variance, channels, 1)],
    forward(g, x, { parameters, state, mode, newState }) {
      const inputs = [x, parameters[weight]!, parameters[bias]!, state[mean]!, state[variance]!];
      if (mode === "evaluation") return apply(g.graph, "BatchNormalization", inputs)[0]!;
      const count = sizeOf(x.shape) / channels;
      if (count < 2)
        throw new ShapeError(
          `${name}: expected more than one value per channel to normalise, got ${show(x)}; use a larger micro-batch`,
        );
      // With momentum 0 the operator hands out the batch's own statistics, which its gradient needs.
      const outputs = apply(g.graph, "BatchNormalization", inputs, { momentum: 0, training_mode: 1 }, 3, name);
      const [y, batchMean, batchVariance] = outputs as [Value, Value, Value];
      const running = (old: Value, now: Value, share: number) => g.add(g.mul(old, KEPT), g.mul(now, share));
      newState[mean] = running(state[mean]!, batchMean, 1 - KEPT);
      newState[variance] = running(state[variance]!, batchVariance, ((1 - KEPT) * count) / (count - 1));
      return y;
    },
  };
}

/** A place where training may drop values; nothing at all where it does not. */
export function dropout(name: string): Layer {
  return { parameters: [], dropout: [{ name }], forward: (g, x, io) => dropped(g, x, name, io) };
}

/** x times the layer's mask, if it has one. */
export function dropped(g: Builder, x: Value, name: string, { mask }: Pick<LayerIo, "mask">): Value {
  const factor = mask?.(name, x);
  return factor ? g.mul(x, factor) : x;
}

export const relu: Layer = { parameters: [], forward: (g, x) => g.relu(x) };

/** The largest of each 2 × 2 square. */
export const maxPool: Layer = {
  parameters: [],
  forward: (g, x) => g.maxPool(x, { kernel_shape: [2, 2], strides: [2, 2] }),
};

/** [N, …] to [N, everything else]. */
export const flatten: Layer = { parameters: [], forward: (g, x) => g.flatten(x) };

/** [N, C, H, W] to [N, C]: the mean over the image. */
export const globalMean: Layer = { parameters: [], forward: (g, x) => g.reduceMean(x, [2, 3]) };

/** Layers one after the other, as one layer. */
export function chain(layers: readonly Layer[]): Layer {
  return {
    parameters: layers.flatMap((layer) => layer.parameters),
    state: layers.flatMap((layer) => layer.state ?? []),
    dropout: layers.flatMap((layer) => layer.dropout ?? []),
    forward: (g, x, io) => layers.reduce((value, layer) => layer.forward(g, value, io), x),
  };
}

/** Layers one after the other, on one input. */
export function sequential(name: string, input: ModelInput, layers: readonly Layer[]): Model {
  const { parameters, state = [], dropout, forward } = chain(layers);
  return {
    name,
    inputs: [input],
    parameters,
    state,
    dropout,
    forward(g, { inputs, ...io }) {
      const newState: Record<string, Value> = {};
      return { logits: forward(g, inputs[input.name]!, { ...io, newState }), state: newState };
    },
  };
}
