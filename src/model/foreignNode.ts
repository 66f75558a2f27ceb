import type { DecodedNode } from "../graph/decode.ts";
import type { Attributes, Value } from "../graph/graph.ts";
import { readTypeOf } from "../graph/onnxTypes.ts";
import { dataTypeCode } from "../ops/arithmetic.ts";
import { convert, fromNumbers, isFloat, type Tensor } from "../tensor/tensor.ts";
import type { ForeignNode } from "./rewrites/node.ts";

/** A node with what it reads, as its operator is defined in operator set 20. */
export interface ModernNode extends ForeignNode {
  /** How many outputs it has. */
  readonly outputs: number;
}

type MakeConstant = (contents: Tensor) => Value;

/**
 * Every difference between operator sets 13 and 20 that changes an operator's form, and none that only adds types
 * (onnx/docs/Changelog.md); floating-point types become float32, as parameters do.
 */
export function modernize(
  node: DecodedNode,
  inputs: readonly (Value | undefined)[],
  opset: number,
  constant: MakeConstant,
): ModernNode {
  const call: ModernNode = {
    name: node.name || node.op,
    op: node.op,
    inputs,
    attributes: node.attributes,
    outputs: node.outputs.length,
  };
  if (node.op.startsWith("Reduce")) return axesAsInput(call, constant);
  return changes[node.op]?.(call, opset) ?? call;
}

const changes: Readonly<Record<string, (call: ModernNode, opset: number) => ModernNode>> = {
  BatchNormalization: (call, opset) => (opset < 14 ? trainingByOutputs(call) : call),
  Cast: (call) => {
    const read = readTypeOf(Number(call.attributes.to?.value));
    return read && isFloat(read) ? withAttributes(call, { to: { kind: "int", value: dataTypeCode("float32") } }) : call;
  },
  ConstantOfShape: (call) => {
    const value = call.attributes.value;
    return value?.kind === "tensor"
      ? withAttributes(call, { value: { kind: "tensor", value: inSinglePrecision(value.value) } })
      : call;
  },
  Resize: (call) => ({ ...call, inputs: call.inputs.map((value, i) => (i > 0 && isEmpty(value) ? undefined : value)) }),
  Split: (call, opset) =>
    opset < 18 && !call.inputs[1] ? withAttributes(call, { num_outputs: { kind: "int", value: call.outputs } }) : call,
};

function withAttributes(call: ModernNode, added: Attributes): ModernNode {
  return { ...call, attributes: { ...call.attributes, ...added } };
}

/** The axes of ReduceSum became an input in operator set 13, those of the other reductions in 18. */
function axesAsInput(call: ModernNode, constant: MakeConstant): ModernNode {
  const { axes, ...attributes } = call.attributes;
  if (axes?.kind !== "ints") return call;
  const input = constant(fromNumbers("int64", [axes.value.length], axes.value));
  return { ...call, attributes, inputs: [call.inputs[0], input] };
}

/**
 * BatchNormalization-9 trains when it has more than one output; the fourth and fifth, which only its own gradient was
 * to read, went with version 14.
 */
function trainingByOutputs(call: ModernNode): ModernNode {
  const training = call.outputs > 1 ? 1 : 0;
  return {
    ...withAttributes(call, { training_mode: { kind: "int", value: training } }),
    outputs: Math.min(call.outputs, 3),
  };
}

/** Before operator set 13, and in many files since, an omitted region or scale is a tensor without elements. */
function isEmpty(value: Value | undefined): boolean {
  return value?.shape.length === 1 && value.shape[0] === 0;
}

/** float16 and float64 as float32 (bfloat16 was read as such); other types as they are. */
export function inSinglePrecision(contents: Tensor): Tensor {
  return isFloat(contents.type) ? convert(contents, "float32") : contents;
}
