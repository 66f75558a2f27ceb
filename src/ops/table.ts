import {
  hardmax,
  leakyRelu,
  logSoftmax,
  mish,
  relu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  tanh,
} from "./activation.ts";
import {
  abs,
  add,
  cast,
  clip,
  div,
  exp,
  identity,
  log,
  mul,
  neg,
  pow,
  reciprocal,
  sign,
  sqrt,
  sub,
} from "./arithmetic.ts";
import { bitShift, bitwiseAnd, bitwiseNot, bitwiseOr, bitwiseXor } from "./bitwise.ts";
import { depthToSpace, spaceToDepth, split, tile } from "./blocks.ts";
import { conv } from "./convolution.ts";
import { convTranspose } from "./convTranspose.ts";
import { constantOfShape, eyeLike, range, shape, size } from "./creation.ts";
import { dropout } from "./dropout.ts";
import { einsum } from "./einsum.ts";
import { erf, gelu } from "./gelu.ts";
import { gather, gatherElements, gatherND } from "./indexing.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { gemm, matMul } from "./linear.ts";
import {
  and,
  argMax,
  argMin,
  equal,
  greater,
  greaterOrEqual,
  isInf,
  isNotANumber,
  less,
  lessOrEqual,
  not,
  or,
  where,
  xor,
} from "./logic.ts";
import { compress, nonZero, oneHot, trilu } from "./masks.ts";
import { batchNormalization } from "./normalization.ts";
import type { Op } from "./op.ts";
import { cumSum, topK } from "./ordered.ts";
import { pad } from "./pad.ts";
import { averagePool, globalAveragePool, maxPool, resize } from "./pooling.ts";
import { celu, elu, hardSigmoid, hardSwish, pRelu, selu, thresholdedRelu } from "./rectifier.ts";
import {
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reduceSumSquare,
} from "./reduction.ts";
import { ceil, floor, mod, round } from "./rounding.ts";
import { scatterElements, scatterND } from "./scatter.ts";
import { concat, expand, flatten, reshape, slice, squeeze, transpose, unsqueeze } from "./shape.ts";
import { acos, acosh, asin, asinh, atan, atanh, cos, cosh, sin, sinh, tan } from "./trigonometry.ts";
import { max, mean, min, sum } from "./variadic.ts";

/**
 * Every operator that Batchscope differentiates. `cases.ts` must have cases for each; a missing one does not compile.
 */
export const ops = {
  Abs: abs,
  Acos: acos,
  Acosh: acosh,
  Add: add,
  And: and,
  ArgMax: argMax,
  ArgMin: argMin,
  Asin: asin,
  Asinh: asinh,
  Atan: atan,
  Atanh: atanh,
  AveragePool: averagePool,
  BatchNormalization: batchNormalization,
  BitShift: bitShift,
  BitwiseAnd: bitwiseAnd,
  BitwiseNot: bitwiseNot,
  BitwiseOr: bitwiseOr,
  BitwiseXor: bitwiseXor,
  Cast: cast,
  Ceil: ceil,
  Celu: celu,
  Clip: clip,
  Compress: compress,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Conv: conv,
  ConvTranspose: convTranspose,
  Cos: cos,
  Cosh: cosh,
  CumSum: cumSum,
  DepthToSpace: depthToSpace,
  Div: div,
  Dropout: dropout,
  Einsum: einsum,
  Elu: elu,
  Equal: equal,
  Erf: erf,
  Exp: exp,
  Expand: expand,
  EyeLike: eyeLike,
  Flatten: flatten,
  Floor: floor,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalAveragePool,
  Greater: greater,
  GreaterOrEqual: greaterOrEqual,
  Hardmax: hardmax,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Identity: identity,
  IsInf: isInf,
  IsNaN: isNotANumber,
  LayerNormalization: layerNormalization,
  LeakyRelu: leakyRelu,
  Less: less,
  LessOrEqual: lessOrEqual,
  Log: log,
  LogSoftmax: logSoftmax,
  MatMul: matMul,
  Max: max,
  MaxPool: maxPool,
  Mean: mean,
  Min: min,
  Mish: mish,
  Mod: mod,
  Mul: mul,
  Neg: neg,
  NonZero: nonZero,
  Not: not,
  OneHot: oneHot,
  Or: or,
  Pad: pad,
  Pow: pow,
  PRelu: pRelu,
  Range: range,
  Reciprocal: reciprocal,
  ReduceL1: reduceL1,
  ReduceL2: reduceL2,
  ReduceLogSum: reduceLogSum,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceMin: reduceMin,
  ReduceProd: reduceProd,
  ReduceSum: reduceSum,
  ReduceSumSquare: reduceSumSquare,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Round: round,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Selu: selu,
  Shape: shape,
  Sigmoid: sigmoid,
  Sign: sign,
  Sin: sin,
  Sinh: sinh,
  Size: size,
  Slice: slice,
  Softmax: softmax,
  Softplus: softplus,
  Softsign: softsign,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Sqrt: sqrt,
  Squeeze: squeeze,
  Sub: sub,
  Sum: sum,
  Tan: tan,
  Tanh: tanh,
  ThresholdedRelu: thresholdedRelu,
  Tile: tile,
  TopK: topK,
  Transpose: transpose,
  Trilu: trilu,
  Unsqueeze: unsqueeze,
  Where: where,
  Xor: xor,
} satisfies Record<string, Op>;

/** The operators that have a gradient rule, or a reason for having none. */
export type OpName = keyof typeof ops;

export function isOpName(name: string): name is OpName {
  return Object.hasOwn(ops, name);
}
