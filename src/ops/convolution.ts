import type { OutputSpecification, Value } from "../graph/graph.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show, sizeOf } from "../tensor/tensor.ts";
import type { Builder } from "./builder.ts";
import { swapLastTwo } from "./linear.ts";
import { defineOp, int, ints, type Op, sameType, string } from "./op.ts";
import { sumExamples } from "./rows.ts";
import { weightGradient } from "./weightGradient.ts";

/** Sizes of a sliding window along the spatial axes, with every default filled in. */
export interface KernelWindow {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before each axis, then after each axis, as ONNX orders it. */
  readonly pads: readonly number[];
}

interface WindowAttributes {
  readonly auto_pad?: string;
  readonly kernel_shape?: readonly number[] | undefined;
  readonly strides?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
}

/**
 * Fills in defaults and resolves `auto_pad` for inputs of spatial shape `input` (ONNX Conv-11, "auto_pad"). Throws
 * `ShapeError` for a window that no specification allows.
 */
export function kernelWindow(
  op: string,
  input: readonly number[],
  kernel: readonly number[],
  a: WindowAttributes,
): KernelWindow {
  const rank = kernel.length;
  const strides = a.strides ?? Array(rank).fill(1);
  const dilations = a.dilations ?? Array(rank).fill(1);
  const mode = a.auto_pad ?? "NOTSET";
  if (input.length !== rank || strides.length !== rank || dilations.length !== rank)
    throw new ShapeError(
      `${op}: expected a kernel of ${input.length} axes, got kernel [${kernel.join(", ")}]; check kernel_shape`,
    );
  if (a.kernel_shape && !equalShapes(a.kernel_shape, kernel))
    throw new ShapeError(
      `${op}: expected kernel_shape [${kernel.join(", ")}] as the weight has it, got [${a.kernel_shape.join(", ")}]; leave it out`,
    );
  requireAtLeast(op, "kernel, strides and dilations", 1, [...kernel, ...strides, ...dilations]);
  const none = Array<number>(2 * rank).fill(0);
  const pads = mode === "NOTSET" ? requirePads(op, rank, a.pads ?? none) : mode === "VALID" ? none : undefined;
  if (pads) return { kernel, strides, dilations, pads };
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER")
    throw new ShapeError(
      `${op}: expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got "${mode}"; export the model again`,
    );
  const total = input.map((size, i) => {
    const steps = Math.ceil(size / strides[i]!);
    return Math.max(0, (steps - 1) * strides[i]! + dilations[i]! * (kernel[i]! - 1) + 1 - size);
  });
  const small = total.map((x) => Math.floor(x / 2));
  const large = total.map((x) => Math.ceil(x / 2));
  return { kernel, strides, dilations, pads: mode === "SAME_UPPER" ? [...small, ...large] : [...large, ...small] };
}

/** Steps and widths beyond this are damage, and overflow what the engine calculates with. */
const LARGEST = 2 ** 31;

/** Throws `ShapeError` unless all numbers are whole, `least` at least and small enough to count with. */
export function requireAtLeast(op: string, what: string, least: number, numbers: readonly number[]): void {
  const odd = numbers.find((x) => !Number.isInteger(x) || x < least || x > LARGEST);
  if (odd !== undefined)
    throw new ShapeError(`${op}: expected ${what} of at least ${least}, got ${odd}; export the model again`);
}

/** `pads` themselves: one in front of and one behind each axis. */
export function requirePads(op: string, rank: number, pads: readonly number[]): readonly number[] {
  if (pads.length !== 2 * rank)
    throw new ShapeError(
      `${op}: expected ${2 * rank} pads for ${rank} axes, got ${pads.length}; export the model again`,
    );
  requireAtLeast(op, "pads", 0, pads);
  return pads;
}

/**
 * Number of window positions along each axis. With `ceil`, a last window that starts in the data but leaves it counts
 * too. ONNX Runtime 1.30 drops one that would start behind the data, yet its shape inference counts it: refused.
 */
export function positions(op: string, input: readonly number[], w: KernelWindow, ceil = false): number[] {
  return input.map((size, i) => {
    const [before, after] = [w.pads[i]!, w.pads[i + input.length]!];
    const span = size + before + after - w.dilations[i]! * (w.kernel[i]! - 1) - 1;
    if (span < 0)
      throw new ShapeError(
        `${op}: expected an input at least as large as the kernel, got axis of ${size} for kernel ${w.kernel[i]}; pad it`,
      );
    const steps = Math.floor(span / w.strides[i]!) + 1;
    if (!ceil || span % w.strides[i]! === 0) return steps;
    if (steps * w.strides[i]! >= size + before)
      throw new ShapeError(
        `${op}: expected the last window of ceil_mode to start in the data, got one behind an axis of ${size}; use ceil_mode 0`,
      );
    return steps + 1;
  });
}

/** What Conv and ConvTranspose have in common. */
export const convolutionAttributes = {
  auto_pad: string("NOTSET"),
  dilations: ints(),
  group: int(1),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
};

/**
 * Cross-correlation. X [N, C, ...size]   W [O, C/group, ...kernel]   B [O]   Y [N, O, ...positions]
 *
 *   dX: the transposed convolution of dY with W; dW: each kernel tap's slice of X against dY; dB: dY summed to
 *          channels.
 *
 * dW forms [N, group, O/group, taps·C/group] per example and sums over N last, so that the rows of a Gram cost no
 * more than the sum.
 */
export const conv: Op = defineOp({
  type: "Conv",
  inputs: ["X", "W", "B?"],
  outputs: ["Y"],
  attributes: convolutionAttributes,
  doc: "Conv-11 with 1 to 3 spatial axes, stride, padding, dilation and groups.",
  shape({ X, W, B }, a): { Y: OutputSpecification } {
    const [N, C, ...size] = X.shape;
    const [O, perGroup, ...kernel] = W.shape;
    if (N === undefined || C === undefined || O === undefined || C !== perGroup! * a.group || O % a.group !== 0)
      throw new ShapeError(
        `Conv: expected X [N, C, ...] and W [O, C/${a.group}, ...] with O divisible by ${a.group} groups, got X ${show(X)} and W ${show(W)}; check the channels`,
      );
    if (B && (B.shape.length !== 1 || B.shape[0] !== O))
      throw new ShapeError(`Conv: expected a bias of shape [${O}], got ${show(B)}; check the layer`);
    const w = kernelWindow("Conv", size, kernel, a);
    return { Y: { type: sameType("Conv", X, W), shape: [N, O, ...positions("Conv", size, w)] } };
  },
  gradient(g, { X, W, B, dY }, a) {
    const w = kernelWindow("Conv", X.shape.slice(2), W.shape.slice(2), a);
    return {
      X: inputGradient(g, X.shape.slice(2), W, dY, w, a.group),
      W: weightGradient(g, X, W, dY, w, a.group),
      B: B && channelSums(g, dY),
    };
  },
  rows: {
    keepsGroups: ({ W, B }, _a, isGrouped) => !isGrouped(W) && !(B && isGrouped(B)),
    gradient(g, { X, W, B, dY }, a, groups) {
      const w = kernelWindow("Conv", X.shape.slice(2), W.shape.slice(2), a);
      return { W: weightGradient(g, X, W, dY, w, a.group, groups), ...(B && { B: channelSums(g, dY, groups) }) };
    },
  },
});

/** [N, C, ...size] summed to [C], or to [K, C] by group. */
export function channelSums(g: Builder, value: Value, groups?: number): Value {
  const spatial = value.shape.slice(2).map((_, i) => i + 2);
  return sumExamples(g, spatial.length > 0 ? g.reduceSum(value, spatial) : value, groups);
}

/**
 * dX of a convolution, with the spatial sizes of X: ConvTranspose of dY; output_padding restores the rows that a stride
 * left over. One axis is taken as two with one place in the first: ONNX Runtime 1.30 takes five times as long over a
 * single axis.
 */
function inputGradient(
  g: Builder,
  size: readonly number[],
  W: Value,
  dY: Value,
  w: KernelWindow,
  group: number,
): Value {
  const rank = w.kernel.length;
  if (rank === 1) {
    const plane = (value: Value) => g.reshape(value, [value.shape[0]!, value.shape[1]!, 1, value.shape[2]!]);
    const inSecond = (sizes: readonly number[]) => [1, sizes[0]!];
    const wide: KernelWindow = {
      kernel: inSecond(w.kernel),
      strides: inSecond(w.strides),
      dilations: inSecond(w.dilations),
      pads: [0, w.pads[0]!, 0, w.pads[1]!],
    };
    const dX = inputGradient(g, [1, size[0]!], plane(W), plane(dY), wide, group);
    return g.reshape(dX, [dX.shape[0]!, dX.shape[1]!, size[0]!]);
  }
  const output_padding = size.map((length, i) => {
    const covered = (dY.shape[i + 2]! - 1) * w.strides[i]! + w.dilations[i]! * (w.kernel[i]! - 1) + 1;
    return length + w.pads[i]! + w.pads[i + rank]! - covered;
  });
  if (output_padding.every((x) => x === 0) && turnsWell(W, dY, w, group)) return turnedConvolution(g, W, dY, w, group);
  const { strides, dilations, pads, kernel } = w;
  return g.convTranspose(dY, W, undefined, { group, strides, dilations, pads, kernel_shape: kernel, output_padding });
}

/** Where a convolution with the turned kernel is at least as fast as ConvTranspose: small kernels on many channels. */
function turnsWell(W: Value, dY: Value, { kernel, strides, dilations, pads }: KernelWindow, group: number): boolean {
  const dense = [...strides, ...dilations].every((x) => x === 1);
  const fits = pads.every((pad, i) => pad < kernel[i % kernel.length]!);
  const whole = group === 1 || group === dY.shape[1];
  return dense && fits && whole && kernel.length === 2 && sizeOf(kernel) < 10 && W.shape[0]! >= 16;
}

/**
 * dX of a dense convolution: dY against the kernel turned by 180°, with input and output channels changed over. All in
 * matrices, with the taps outside: that takes a sixth of the time of turning the taps where they are.
 */
function turnedConvolution(g: Builder, W: Value, dY: Value, { kernel, pads }: KernelWindow, group: number): Value {
  const [O, perGroup] = W.shape as [number, number];
  const taps = sizeOf(kernel);
  const outside = g.transpose(g.reshape(W, [O, perGroup, taps]), [2, 0, 1]);
  const turned = g.slice(outside, [0], [-1], [-taps - 1], [-1]);
  const swapped = g.transpose(group === 1 ? swapLastTwo(g, turned) : turned, [1, 2, 0]);
  const channels = group === 1 ? [perGroup, O] : [O, perGroup];
  const rest = pads.map((pad, i) => kernel[i % kernel.length]! - 1 - pad);
  return g.conv(dY, g.reshape(swapped, [...channels, ...kernel]), undefined, {
    group,
    pads: rest,
    kernel_shape: kernel,
  });
}
