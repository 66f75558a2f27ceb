import { type TensorProto, TensorProto_DataLocation } from "onnx-buf";
import { DataError } from "../tensor/errors.ts";
import { arrayClass, type ElementType, show, sizeOf, type Tensor, type TensorData, tensor } from "../tensor/tensor.ts";
import { fromBfloat16 } from "./bfloat16.ts";
import { onnxTypeName } from "./onnxTypeName.ts";
import { isBfloat16, readTypeOf } from "./onnxTypes.ts";

/** Where a tensor lies outside the model's file. */
export interface ExternalData {
  /** Whose data, for errors: `initializer "fc.weight"`. */
  readonly label: string;
  /** A path relative to the model's folder, as the file says it: not yet checked. */
  readonly location: string;
  /** In bytes. */
  readonly offset: number;
  /** In bytes, as the tensor's type and shape have it. */
  readonly length: number;
}

/** Returns exactly `length` bytes at the start of their own memory, or throws one of our errors. */
export type ReadExternal = (data: ExternalData) => Uint8Array<ArrayBuffer>;

/**
 * A `TensorProto` as a tensor of its own memory. `label` says whose it is. What cannot be held (strings, external data
 * without a reader, …) is appended to `problems` and gives `undefined`; a wrong number of elements is a `DataError`.
 */
export function decodeTensor(
  proto: TensorProto,
  label: string,
  problems: string[],
  readExternal?: ReadExternal,
): Tensor | undefined {
  const type = readTypeOf(proto.dataType);
  if (!type) {
    problems.push(`${label} of type ${onnxTypeName(proto.dataType)}`);
    return undefined;
  }
  const shape = proto.dims.map(Number);
  if (shape.some((size) => size < 0) || !Number.isSafeInteger(sizeOf(shape)))
    throw new DataError(
      `onnx: expected sizes of at least 0, got ${label} ${show({ type, shape })}; the file is damaged`,
    );
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const data = externalData(proto, sizeOf(shape) * elementBytes(type, proto), label);
    if (!readExternal) {
      problems.push(`${label} with external data in "${data.location}" (open the model by its path)`);
      return undefined;
    }
    return tensor(type, shape, fromRaw(type, proto, readExternal(data))!);
  }
  const data = proto.rawData.length > 0 ? fromRaw(type, proto, proto.rawData) : fromFields(type, proto);
  if (!data || data.length !== sizeOf(shape))
    throw new DataError(
      `onnx: expected ${sizeOf(shape)} elements in ${label} ${show({ type, shape })}, got ${data?.length ?? `${proto.rawData.length} bytes`}; the file is damaged`,
    );
  return tensor(type, shape, data);
}

function elementBytes(type: ElementType, { dataType }: TensorProto): number {
  return isBfloat16(dataType) ? Uint16Array.BYTES_PER_ELEMENT : arrayClass(type).BYTES_PER_ELEMENT;
}

/**
 * The entries of `TensorProto.external_data`; a length that is given must be `length`, which type and shape ask for.
 */
function externalData(proto: TensorProto, length: number, label: string): ExternalData {
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const number = (key: string, fallback: number) => {
    const text = entries.get(key);
    const value = text === undefined ? fallback : /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw new DataError(`onnx: expected ${key} of ${label} in bytes, got "${text}"; export the model again`);
  };
  if (number("length", length) !== length)
    throw new DataError(
      `onnx: expected ${length} bytes for ${label}, got length "${entries.get("length")}"; export the model again`,
    );
  return { label, location: entries.get("location") ?? "", offset: number("offset", 0), length };
}

/** Copied, because the file's bytes are not aligned. `undefined` when they are not a whole number of elements. */
function fromRaw(type: ElementType, proto: TensorProto, raw: Uint8Array): TensorData | undefined {
  if (raw.length % elementBytes(type, proto) !== 0) return undefined;
  const bytes = new Uint8Array(raw).buffer;
  return isBfloat16(proto.dataType) ? fromBfloat16(new Uint16Array(bytes)) : new (arrayClass(type))(bytes);
}

/** Small tensors may be stored in typed fields; onnx.proto says which field holds which type. */
function fromFields(type: ElementType, proto: TensorProto): TensorData {
  if (isBfloat16(proto.dataType)) return fromBfloat16(proto.int32Data);
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
