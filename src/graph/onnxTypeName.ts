import { TensorProto_DataType } from "onnx-buf";

/** The name in onnx.proto, for errors. */
export function onnxTypeName(code: number): string {
  return TensorProto_DataType[code]?.toLowerCase() ?? `type ${code}`;
}
