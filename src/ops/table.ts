import { leakyRelu, logSoftmax, relu, sigmoid, softmax, tanh } from "./activation.ts";
import { abs, add, cast, clip, div, exp, identity, log, mul, neg, pow, sign, sqrt, sub } from "./arithmetic.ts";
import { conv, convTranspose } from "./convolution.ts";
import { constantOfShape, range, shape, size } from "./creation.ts";
import { gather, gatherElements, scatterElements, scatterND } from "./indexing.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { gemm, matMul } from "./linear.ts";
import { and, argMax, equal, greater, greaterOrEqual, less, lessOrEqual, not, or, where } from "./logic.ts";
import { batchNormalization } from "./normalization.ts";
import type { Op } from "./op.ts";
import { averagePool, globalAveragePool, maxPool, resize } from "./pooling.ts";
import { reduceL2, reduceMax, reduceMean, reduceMin, reduceSum, reduceSumSquare } from "./reduction.ts";
import { concat, expand, flatten, pad, reshape, slice, squeeze, transpose, unsqueeze } from "./shape.ts";

/**
 * Every operator that Batchscope differentiates. `cases.ts` must have cases for each; a missing one does not compile.
 */
export const ops = {
  Abs: abs,
  Add: add,
  And: and,
  ArgMax: argMax,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Conv: conv,
  ConvTranspose: convTranspose,
  Div: div,
  Equal: equal,
  Exp: exp,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  GatherElements: gatherElements,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  Greater: greater,
  GreaterOrEqual: greaterOrEqual,
  Identity: identity,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Less: less,
  LessOrEqual: lessOrEqual,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  MaxPool: maxPool,
  Mul: mul,
  Neg: neg,
  Not: not,
  Or: or,
  Pad: pad,
  Pow: pow,
  Range: range,
  ReduceL2: reduceL2,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMin,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Shape: shape,
  Sigmoid: sigmoid,
  Sign: sign,
  Size: size,
  Slice: slice,
  Softmax: softmax,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: sub,
  Tanh: tanh,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Where: where,
} satisfies Record<string, Op>;

export type OpName = keyof typeof ops;

export function isOpName(name: string): name is OpName {
  return Object.hasOwn(ops, name);
}
