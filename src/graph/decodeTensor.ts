import { type TensorProto, TensorProto_DataLocation } from "onnx-buf";
import { DataError } from "../tensor/errors.ts";
import { arrayClass, type ElementType, show, sizeOf, type Tensor, type TensorData, tensor } from "../tensor/tensor.ts";
import { elementTypeOf, onnxTypeName } from "./onnxTypes.ts";

/**
 * A `TensorProto` as a tensor of its own memory. `label` says whose it is. What cannot be held (external data, strings,
 * …) is appended to `problems` and gives `undefined`; a wrong number of elements is a `DataError`.
 */
export function decodeTensor(proto: TensorProto, label: string, problems: string[]): Tensor | undefined {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    problems.push(`${label} with external data`);
    return undefined;
  }
  const type = elementTypeOf(proto.dataType);
  if (!type) {
    problems.push(`${label} of type ${onnxTypeName(proto.dataType)}`);
    return undefined;
  }
  const shape = proto.dims.map(Number);
  const data = proto.rawData.length > 0 ? fromRaw(type, proto.rawData) : fromFields(type, proto);
  if (!data || data.length !== sizeOf(shape) || shape.some((size) => size < 0))
    throw new DataError(
      `onnx: expected ${sizeOf(shape)} elements in ${label} ${show({ type, shape })}, got ${data?.length ?? `${proto.rawData.length} bytes`}; the file is damaged`,
    );
  return tensor(type, shape, data);
}

/** Copied, because the file's bytes are not aligned. `undefined` when they are not a whole number of elements. */
function fromRaw(type: ElementType, raw: Uint8Array): TensorData | undefined {
  const Elements = arrayClass(type);
  if (raw.length % Elements.BYTES_PER_ELEMENT !== 0) return undefined;
  return new Elements(new Uint8Array(raw).buffer);
}

/** Small tensors may be stored in typed fields; onnx.proto says which field holds which type. */
function fromFields(type: ElementType, proto: TensorProto): TensorData {
  switch (type) {
    case "float32":
      return Float32Array.from(proto.floatData);
    case "float64":
      return Float64Array.from(proto.doubleData);
    case "int64":
      return BigInt64Array.from(proto.int64Data);
    case "float16":
      return new Float16Array(Uint16Array.from(proto.int32Data).buffer);
    default:
      return arrayClass(type).from(proto.int32Data);
  }
}
