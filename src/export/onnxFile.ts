import { create, toBinary } from "@bufbuild/protobuf";
import {
  type ModelProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from "onnx-buf";
import { toBfloat16 } from "../graph/bfloat16.ts";
import { parseModel } from "../graph/decode.ts";
import { elementTypeOf, isBfloat16, onnxTypes } from "../graph/onnxTypes.ts";
import { convert, type Tensor, toNumbers } from "../tensor/tensor.ts";

/** A model as the files that hold it. */
export interface OnnxFiles {
  /** The `.onnx` file. */
  readonly model: Uint8Array;
  /** The contents of the file beside it, one piece after the other; none where everything is in the model. */
  readonly external: readonly Uint8Array[];
}

/** Weights beyond this go into a file of their own: a protobuf message ends at 2 GiB, and is slow long before. */
export const EXTERNAL_FROM = 2 ** 30;

/** Tensors in an external file begin at multiples of this, so that they can be mapped into memory. */
const ALIGNMENT = 4096;

/** Smaller tensors stay in the model: shapes and axes must be there when it is loaded. */
const SMALLEST = 1024;

/** Of the ONNX type with this code, to which the numbers are rounded. */
export function initializerOf(code: number, name: string, contents: Tensor): TensorProto {
  if (!isBfloat16(code)) return initializer(name, convert(contents, elementTypeOf(code)!));
  const rawData = new Uint8Array(toBfloat16(toNumbers(contents)).buffer);
  return create(TensorProtoSchema, { name, dims: contents.shape.map(BigInt), dataType: code, rawData });
}

export function initializer(name: string, { type, shape, data }: Tensor): TensorProto {
  const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: onnxTypes[type], rawData });
}

/** Adds key and value pairs that every ONNX runtime can show; those of the same key are replaced. */
export function setMetadata(model: ModelProto, metadata: Readonly<Record<string, string>>): void {
  const others = model.metadataProps.filter(({ key }) => !Object.hasOwn(metadata, key));
  const own = Object.entries(metadata).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  model.metadataProps = [...others, ...own];
}

/** What a model's file says of itself. Throws `DataError` for a damaged file. */
export function readMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  return new Map(parseModel(bytes).metadataProps.map(({ key, value }) => [key, value]));
}

/**
 * The bytes of a model, with its weights in a second file called `location` where they are `externalFrom` bytes or more
 * (ONNX, docs/ExternalData.md).
 */
export function encodeFiles(model: ModelProto, location: string, externalFrom = EXTERNAL_FROM): OnnxFiles {
  const weights = model.graph!.initializer;
  const total = weights.reduce((sum, { rawData }) => sum + rawData.length, 0);
  if (total < externalFrom) return { model: toBinary(ModelProtoSchema, model), external: [] };
  const external: Uint8Array[] = [];
  let offset = 0;
  for (const weight of weights) {
    const { rawData } = weight;
    if (rawData.length < SMALLEST) continue;
    const padding = (ALIGNMENT - (offset % ALIGNMENT)) % ALIGNMENT;
    external.push(new Uint8Array(padding), rawData);
    offset += padding;
    moveOut(weight, { location, offset: String(offset), length: String(rawData.length) });
    offset += rawData.length;
  }
  return { model: toBinary(ModelProtoSchema, model), external };
}

function moveOut(weight: TensorProto, place: Readonly<Record<string, string>>): void {
  weight.rawData = new Uint8Array();
  weight.dataLocation = TensorProto_DataLocation.EXTERNAL;
  weight.externalData = Object.entries(place).map(([key, value]) =>
    create(StringStringEntryProtoSchema, { key, value }),
  );
}
