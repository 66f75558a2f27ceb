import type { OutputSpecification } from "../graph/graph.ts";
import { ShapeError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import {
  channelSums,
  convolutionAttributes,
  type KernelWindow,
  kernelWindow,
  requireAtLeast,
  requirePads,
} from "./convolution.ts";
import { defineOp, ints, type Op, sameType } from "./op.ts";
import { weightGradient } from "./weightGradient.ts";

export interface TransposedAttributes {
  readonly auto_pad: string;
  readonly output_padding?: readonly number[] | undefined;
  readonly output_shape?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly strides?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
}

/** Window and sizes of the output, with every way of saying them resolved. */
interface TransposedWindow {
  readonly window: KernelWindow;
  readonly output: readonly number[];
}

/**
 * Pads from output_shape or auto_pad: what the output is to be shorter than everything that X reaches is cut off at
 * both ends, an odd one at the start (SAME_UPPER: at the end). Explicit pads count where neither is given
 * (ConvTranspose-11).
 */
export function transposedWindow(
  input: readonly number[],
  kernel: readonly number[],
  a: TransposedAttributes,
): TransposedWindow {
  const { pads, ...rest } = a;
  const { strides, dilations } = kernelWindow("ConvTranspose", input, kernel, rest);
  requireSizes(input.length, a);
  const same = a.auto_pad === "SAME_UPPER" || a.auto_pad === "SAME_LOWER";
  const extra = input.map((_, i) => a.output_padding?.[i] ?? 0);
  if (same && extra.some((more) => more !== 0))
    throw new ShapeError(
      `ConvTranspose: expected output_padding 0 with auto_pad ${a.auto_pad}, got [${extra.join(", ")}]; use explicit pads`,
    );
  const reach = input.map((size, i) => (size - 1) * strides[i]! + dilations[i]! * (kernel[i]! - 1) + 1 + extra[i]!);
  const wanted = a.output_shape ?? (same ? input.map((size, i) => size * strides[i]!) : undefined);
  if (!wanted) {
    const given = (a.auto_pad === "NOTSET" && pads) || Array<number>(2 * input.length).fill(0);
    const output = reach.map((size, i) => size - given[i]! - given[i + input.length]!);
    return { window: { kernel, strides, dilations, pads: given }, output };
  }
  const cut = reach.map((size, i) => Math.max(0, size - wanted[i]!));
  const [small, large] = [cut.map((x) => Math.floor(x / 2)), cut.map((x) => Math.ceil(x / 2))];
  const both = a.auto_pad === "SAME_UPPER" ? [...small, ...large] : [...large, ...small];
  const output = a.output_shape ?? reach.map((size, i) => size - cut[i]!);
  if (output.some((size, i) => size - reach[i]! >= strides[i]!))
    throw new ShapeError(
      `ConvTranspose: expected output_shape less than a stride beyond [${reach.join(", ")}], got [${output.join(", ")}]; pad the result`,
    );
  return { window: { kernel, strides, dilations, pads: both }, output };
}

function requireSizes(rank: number, { output_padding, output_shape, pads }: TransposedAttributes): void {
  for (const [name, least, numbers] of [
    ["output_padding", 0, output_padding],
    ["output_shape", 1, output_shape],
  ] as const) {
    if (!numbers) continue;
    if (numbers.length !== rank)
      throw new ShapeError(
        `ConvTranspose: expected ${name} for ${rank} axes, got [${numbers.join(", ")}]; export the model again`,
      );
    requireAtLeast("ConvTranspose", name, least, numbers);
  }
  if (pads) requirePads("ConvTranspose", rank, pads);
}

/**
 * The transpose of Conv. X [N, C, ...size]   W [C, O/group, ...kernel]   Y [N, O, ...larger]
 *
 *   dX = Conv(dY, W)    dW = weight gradient of that Conv with dY as its input and X as its output's gradient
 */
export const convTranspose: Op = defineOp({
  type: "ConvTranspose",
  inputs: ["X", "W", "B?"],
  outputs: ["Y"],
  attributes: { ...convolutionAttributes, output_padding: ints(), output_shape: ints() },
  doc: "ConvTranspose-11 with 1 to 3 spatial axes.",
  shape({ X, W }, a): { Y: OutputSpecification } {
    const [N, C, ...size] = X.shape;
    const [C2, perGroup, ...kernel] = W.shape;
    if (N === undefined || C === undefined || C !== C2 || C % a.group !== 0)
      throw new ShapeError(
        `ConvTranspose: expected X [N, C, ...] and W [C, O/group, ...] with C divisible by ${a.group} groups, got X ${show(X)} and W ${show(W)}; check the channels`,
      );
    const { output } = transposedWindow(size, kernel, a);
    return { Y: { type: sameType("ConvTranspose", X, W), shape: [N, perGroup! * a.group, ...output] } };
  },
  gradient(g, { X, W, B, dY }, a) {
    const { window } = transposedWindow(X.shape.slice(2), W.shape.slice(2), a);
    const { strides, dilations, pads, kernel } = window;
    return {
      X: g.conv(dY, W, undefined, { group: a.group, strides, dilations, pads, kernel_shape: kernel }),
      W: weightGradient(g, dY, W, X, window, a.group),
      B: B && channelSums(g, dY),
    };
  },
  rows: {
    keepsGroups: ({ W, B }, _a, isGrouped) => !isGrouped(W) && !(B && isGrouped(B)),
    gradient(g, { X, W, B, dY }, a, groups) {
      const { window } = transposedWindow(X.shape.slice(2), W.shape.slice(2), a);
      return { W: weightGradient(g, dY, W, X, window, a.group, groups), ...(B && { B: channelSums(g, dY, groups) }) };
    },
  },
});
