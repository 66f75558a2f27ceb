import type { ElementType } from "../tensor/tensor.ts";

/** TensorProto.DataType of onnx.proto. ONNX Runtime's `ONNXTensorElementDataType` has the same numbers. */
export const onnxTypes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  float64: 11,
  float16: 10,
  int8: 3,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};

const BFLOAT16 = 16;

const elementTypes = new Map(Object.entries(onnxTypes).map(([type, code]) => [code, type as ElementType]));

/** `undefined` for an ONNX type that has no `ElementType`. */
export function elementTypeOf(code: number): ElementType | undefined {
  return elementTypes.get(code);
}

export function isBfloat16(code: number): boolean {
  return code === BFLOAT16;
}

/** What a value of that ONNX type is read as: bfloat16 as float32, which holds each of its numbers. */
export function readTypeOf(code: number): ElementType | undefined {
  return isBfloat16(code) ? "float32" : elementTypeOf(code);
}
