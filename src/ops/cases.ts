import { alongAxisCases, leakyReluCases } from "./cases/activation.ts";
import { binaryCases, castCases, clipCases, powCases, unaryCases } from "./cases/arithmetic.ts";
import type { Case } from "./cases/case.ts";
import { convCases, convTransposeCases } from "./cases/convolution.ts";
import { constantOfShapeCases, rangeCases, shapeCases, sizeCases } from "./cases/creation.ts";
import { gatherCases, gatherElementsCases, scatterElementsCases, scatterNDCases } from "./cases/indexing.ts";
import { gemmCases, matMulCases } from "./cases/linear.ts";
import { argMaxCases, comparisonCases, logicCases, whereCases } from "./cases/logic.ts";
import { batchNormalizationCases, layerNormalizationCases } from "./cases/normalization.ts";
import { averagePoolCases, globalAveragePoolCases, maxPoolCases, resizeCases } from "./cases/pooling.ts";
import { extremeCases, reductionCases } from "./cases/reduction.ts";
import {
  concatCases,
  expandCases,
  flattenCases,
  padCases,
  reshapeCases,
  sliceCases,
  squeezeCases,
  transposeCases,
  unsqueezeCases,
} from "./cases/shape.ts";
import type { OpName } from "./table.ts";

/**
 * Every operator's cases, in one table for all checks: gradients against differences, rows against group by group,
 * every engine against float64. An operator without cases does not compile.
 */
export const cases: Readonly<Record<OpName, readonly Case[]>> = {
  Abs: unaryCases("nonzero"),
  Add: binaryCases("any", "any"),
  And: logicCases,
  ArgMax: argMaxCases,
  AveragePool: averagePoolCases,
  BatchNormalization: batchNormalizationCases,
  Cast: castCases,
  Clip: clipCases,
  Concat: concatCases,
  ConstantOfShape: constantOfShapeCases,
  Conv: convCases,
  ConvTranspose: convTransposeCases,
  Div: binaryCases("nonzero", "nonzero"),
  Equal: comparisonCases,
  Exp: unaryCases("any"),
  Expand: expandCases,
  Flatten: flattenCases,
  Gather: gatherCases,
  GatherElements: gatherElementsCases,
  Gemm: gemmCases,
  GlobalAveragePool: globalAveragePoolCases,
  Greater: comparisonCases,
  GreaterOrEqual: comparisonCases,
  Identity: unaryCases("any"),
  LayerNormalization: layerNormalizationCases,
  LeakyRelu: leakyReluCases,
  Less: comparisonCases,
  LessOrEqual: comparisonCases,
  Log: unaryCases("positive"),
  LogSoftmax: alongAxisCases,
  MatMul: matMulCases,
  MaxPool: maxPoolCases,
  Mul: binaryCases("any", "any"),
  Neg: unaryCases("any"),
  Not: logicCases.map(({ about, inputs }) => ({ about, inputs: inputs.slice(1) })),
  Or: logicCases,
  Pad: padCases,
  Pow: powCases,
  Range: rangeCases,
  ReduceL2: reductionCases("nonzero"),
  ReduceMax: extremeCases,
  ReduceMean: reductionCases("any"),
  ReduceMin: extremeCases,
  ReduceSum: reductionCases("any"),
  ReduceSumSquare: reductionCases("any"),
  Relu: unaryCases("nonzero"),
  Reshape: reshapeCases,
  Resize: resizeCases,
  ScatterElements: scatterElementsCases,
  ScatterND: scatterNDCases,
  Shape: shapeCases,
  Sigmoid: unaryCases("any"),
  Sign: unaryCases("nonzero"),
  Size: sizeCases,
  Slice: sliceCases,
  Softmax: alongAxisCases,
  Sqrt: unaryCases("positive"),
  Squeeze: squeezeCases,
  Sub: binaryCases("any", "any"),
  Tanh: unaryCases("any"),
  Transpose: transposeCases,
  Unsqueeze: unsqueezeCases,
  Where: whereCases,
};
