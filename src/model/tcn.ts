import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";
import { uniform } from "./initial.ts";
import { chain, dropout, type Layer, linear, relu, sequential } from "./layers.ts";
import type { Model, Parameter } from "./model.ts";
import type { ModelTask } from "./task.ts";

/** Of the paper's network for MNIST pixel by pixel (Table 2). */
const CHANNELS = 25;
const KERNEL = 7;

/**
 * Temporal convolutional network for series [channels, length], or for images pixel by pixel, row after row: Bai et al.
 * 2018, arXiv:1803.01271, §3. Blocks of two causal convolutions with weight normalisation, dilated by 1, 2, 4, … until
 * the last output sees the whole series; the class is read there. Named as in the authors' `locuslab/TCN`. 25 channels,
 * kernels of 7.
 */
export function tcn({ shape, classes }: ModelTask, random: Random): Model {
  const [channels, ...axes] = shape;
  if (channels === undefined || axes.length === 0 || axes.length > 2)
    throw new ShapeError(
      `tcn: expected series [channels, length] or images [channels, height, width], got [${shape.join(", ")}]; use mlp`,
    );
  const length = sizeOf(axes);
  return sequential("tcn", { name: "x", type: "float32", shape }, [
    { parameters: [], forward: (g, x) => g.reshape(x, [x.shape[0]!, channels, length]) },
    ...Array.from({ length: levelsFor(length) }, (_, level) =>
      block(
        `tcn.network.${level}`,
        { from: level === 0 ? channels : CHANNELS, to: CHANNELS, dilation: 2 ** level },
        random,
      ),
    ),
    { parameters: [], forward: (g, x) => g.reshape(g.slice(x, [2], [length - 1], [length], [1]), x.shape.slice(0, 2)) },
    linear("linear", CHANNELS, classes, random),
  ]);
}

/** The fewest blocks whose receptive field, 1 + 2·(kernel − 1)·(2^levels − 1), covers the series. */
function levelsFor(length: number): number {
  return Math.max(1, Math.ceil(Math.log2(1 + (length - 1) / (2 * (KERNEL - 1)))));
}

interface Sizes {
  readonly from: number;
  readonly to: number;
  readonly dilation: number;
}

/** relu(x + relu(conv2(relu(conv1(x))))), Figure 1(b); a 1 × 1 convolution brings x to as many channels. */
function block(name: string, sizes: Sizes, random: Random): Layer {
  const { from, to } = sizes;
  const main = chain([
    causalConvolution(`${name}.conv1`, sizes, random),
    relu,
    dropout(`${name}.dropout1`),
    causalConvolution(`${name}.conv2`, { ...sizes, from: to }, random),
    relu,
    dropout(`${name}.dropout2`),
  ]);
  const [weight, bias] = [`${name}.downsample.weight`, `${name}.downsample.bias`];
  const bound = 1 / Math.sqrt(from);
  const downsample: Parameter[] =
    from === to
      ? []
      : [
          { name: weight, initial: uniform([to, from, 1], bound, random) },
          { name: bias, initial: uniform([to], bound, random) },
        ];
  return {
    parameters: [...main.parameters, ...downsample],
    dropout: main.dropout!,
    forward(g, x, io) {
      const { parameters } = io;
      const filtered = main.forward(g, x, io);
      const shortcut = from === to ? x : g.conv(x, parameters[weight]!, parameters[bias]!, { kernel_shape: [1] });
      return g.relu(g.add(filtered, shortcut));
    },
  };
}

/**
 * y[t] reads x[t], x[t − dilation], … only. Weight normalisation, w = g·v/‖v‖ with one length g per output channel:
 * Salimans & Kingma 2016, arXiv:1602.07868, eq. 2. g starts as ‖v‖, so that training starts from PyTorch's default
 * weights.
 */
function causalConvolution(name: string, { from, to, dilation }: Sizes, random: Random): Layer {
  const [length, direction, bias] = [`${name}.weight_g`, `${name}.weight_v`, `${name}.bias`];
  const bound = 1 / Math.sqrt(from * KERNEL);
  const initial = uniform([to, from, KERNEL], bound, random);
  return {
    parameters: [
      { name: length, initial: norms(initial) },
      { name: direction, initial },
      { name: bias, initial: uniform([to], bound, random) },
    ],
    forward(g, x, { parameters }) {
      const weight = normalized(g, parameters[length]!, parameters[direction]!);
      const pads = [(KERNEL - 1) * dilation, 0];
      return g.conv(x, weight, parameters[bias]!, { kernel_shape: [KERNEL], dilations: [dilation], pads });
    },
  };
}

/** g·v/‖v‖, the norm over everything but the first axis. */
function normalized(g: Builder, length: Value, direction: Value): Value {
  return g.mul(direction, g.div(length, g.sqrt(g.reduceSumSquare(direction, [1, 2], true))));
}

/** L2 norms of the slices along the first axis, [to, 1, 1]. */
function norms({ shape, data }: Tensor): Tensor {
  const [to = 0] = shape;
  const size = sizeOf(shape) / to;
  const values = Float32Array.from({ length: to }, (_, i) =>
    Math.hypot(...(data as Float32Array).subarray(i * size, (i + 1) * size)),
  );
  return tensor("float32", [to, 1, 1], values);
}
