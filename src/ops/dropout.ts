import type { Value } from "../graph/graph.ts";
import { defineOp, discrete, int, notDifferentiable, type Op, requireFloat } from "./op.ts";
import { elementwiseRows } from "./rows.ts";

/**
 * Dropout outside training is the identity, and so the operator is in every model that is imported: it would draw its
 * mask from a stream hidden inside the engine, which could be neither repeated nor resumed, and the gradient would see
 * another mask than the loss did. A mask that trains is an input of the graph that the host fills, and a product.
 */
export const dropout: Op = defineOp({
  type: "Dropout",
  inputs: ["data", "ratio?", "training_mode?"],
  outputs: ["output", "mask?"],
  attributes: { seed: int() },
  doc: "Dropout-13 as the identity, which it is outside training; training multiplies by a mask that is an input.",
  shape({ data }, _attributes, outputs) {
    const output = { type: requireFloat("Dropout", data), shape: data.shape };
    return outputs > 1 ? { output, mask: { type: "bool" as const, shape: data.shape } } : { output };
  },
  gradient: (_g, { ratio, training_mode, doutput }) => ({
    data: isIdentity(ratio, training_mode)
      ? doutput
      : notDifferentiable("its random mask is hidden in the engine; multiply by a mask that is an input"),
    ratio: notDifferentiable("a probability of dropping is taken as a constant"),
    training_mode: discrete,
  }),
  rows: elementwiseRows,
});

function isIdentity(ratio: Value | undefined, training: Value | undefined): boolean {
  const isZero = (value: Value | undefined) => Number(value?.constant?.data[0] ?? NaN) === 0;
  return !training || isZero(training) || isZero(ratio);
}
