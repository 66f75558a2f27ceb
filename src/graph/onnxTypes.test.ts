import { TensorProto_DataType } from "onnx-buf";
import { expect, test } from "vitest";
import { isBfloat16, onnxTypes } from "./onnxTypes.ts";

test("element types have the numbers of onnx.proto", () => {
  const { FLOAT, DOUBLE, FLOAT16, INT8, UINT8, INT32, INT64, BOOL, BFLOAT16 } = TensorProto_DataType;
  expect(onnxTypes).toEqual({
    ...{ float32: FLOAT, float64: DOUBLE, float16: FLOAT16 },
    ...{ int8: INT8, uint8: UINT8, int32: INT32, int64: INT64, bool: BOOL },
  });
  expect([isBfloat16(BFLOAT16), isBfloat16(FLOAT16)]).toEqual([true, false]);
});
