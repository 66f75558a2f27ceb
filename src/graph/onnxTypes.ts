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

/** The name in onnx.proto, for errors. */
export function onnxTypeName(code: number): string {
  return TensorProto_DataType[code]?.toLowerCase() ?? `type ${code}`;
}
