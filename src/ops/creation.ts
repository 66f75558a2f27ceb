import { ShapeError } from "../tensor/errors.ts";
import { show, toNumbers } from "../tensor/tensor.ts";
import { dataTypeCode } from "./arithmetic.ts";
import { defineOp, int, notDifferentiable, type Op, tensorAttribute } from "./op.ts";
import { constantIntegers } from "./shape.ts";

/**
 * Operators that make values from shapes. Exported models use them for shape arithmetic, which `fold` does away with.
 */

const discreteResult = notDifferentiable("the result depends on shapes only");
const shared = { keepsGroups: () => false };

/** The axes start … end − 1 of the input's shape. Shapes are concrete, so it is always a constant. */
export const shape: Op = defineOp({
  type: "Shape",
  inputs: ["data"],
  outputs: ["shape"],
  attributes: { start: int(0), end: int() },
  doc: "Shape-19.",
  shape({ data }, { start, end }) {
    const rank = data.shape.length;
    return { shape: { type: "int64", shape: [data.shape.slice(start, end ?? rank).length] } };
  },
  gradient: discreteResult,
  rows: shared,
});

export const size: Op = defineOp({
  type: "Size",
  inputs: ["data"],
  outputs: ["size"],
  doc: "Size-19.",
  shape: () => ({ size: { type: "int64", shape: [] } }),
  gradient: discreteResult,
  rows: shared,
});

export const constantOfShape: Op = defineOp({
  type: "ConstantOfShape",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { value: tensorAttribute() },
  doc: "ConstantOfShape-9 with a shape known when the graph is built.",
  shape: ({ input }, { value }) => ({
    output: { type: value?.type ?? "float32", shape: constantIntegers("ConstantOfShape", "input", input) },
  }),
  gradient: discreteResult,
  rows: shared,
});

/** start, start + delta, … below (or above) limit. */
export const range: Op = defineOp({
  type: "Range",
  inputs: ["start", "limit", "delta"],
  outputs: ["output"],
  doc: "Range-11 with bounds known when the graph is built.",
  shape({ start, limit, delta }) {
    if (!start.constant || !limit.constant || !delta.constant)
      throw new ShapeError(
        "Range: expected bounds known when the graph is built, got a computed one; export with fixed shapes",
      );
    const [first, last, step] = [start, limit, delta].map((bound) => toNumbers(bound.constant!)[0]!) as [
      number,
      number,
      number,
    ];
    return { output: { type: start.type, shape: [Math.max(0, Math.ceil((last - first) / step))] } };
  },
  gradient: discreteResult,
  rows: shared,
});

const eyeTypes = ["float32", "float64", "int32", "int64"] as const;

/** Ones on diagonal k of a matrix of the input's shape. Shapes are concrete, so it is always a constant. */
export const eyeLike: Op = defineOp({
  type: "EyeLike",
  inputs: ["input"],
  outputs: ["output"],
  attributes: { dtype: int(), k: int(0) },
  doc: "EyeLike-9 of float32, float64, int32 and int64.",
  shape({ input }, { dtype }) {
    const type = eyeTypes.find((known) => (dtype ? dataTypeCode(known) === dtype : known === input.type));
    if (input.shape.length !== 2 || !type)
      throw new ShapeError(
        `EyeLike: expected a matrix and one of ${eyeTypes.join(", ")}, got ${show(input)} and ONNX data type ${dtype ?? "none"}; set dtype`,
      );
    return { output: { type, shape: input.shape } };
  },
  gradient: discreteResult,
  rows: shared,
});
