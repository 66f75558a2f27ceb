import { TensorProto_DataType } from "onnx-buf";
import type { ElementType } from "../tensor/tensor.ts";

/** TensorProto.DataType of onnx.proto. ONNX Runtime's `ONNXTensorElementDataType` has the same numbers. */
export const onnxTypes: Readonly<Record<ElementType, number>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

const elementTypes = new Map(Object.entries(onnxTypes).map(([type, code]) => [code, type as ElementType]));

/** `undefined` for an ONNX type that has no `ElementType`. */
export function elementTypeOf(code: number): ElementType | undefined {
  return elementTypes.get(code);
}

export function isBfloat16(code: number): boolean {
  return code === TensorProto_DataType.BFLOAT16;
}

/** What a value of that ONNX type is read as: bfloat16 as float32, which holds each of its numbers. */
export function readTypeOf(code: number): ElementType | undefined {
  return isBfloat16(code) ? "float32" : elementTypeOf(code);
}

/** The name in onnx.proto, for errors. */
export function onnxTypeName(code: number): string {
  return TensorProto_DataType[code]?.toLowerCase() ?? `type ${code}`;
}
