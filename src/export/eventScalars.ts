import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { type ReadAt, readRecords } from "./tfrecord.ts";

/** A number of an event file, by its tag, at a step. */
export interface EventScalar {
  readonly step: number;
  readonly tag: string;
  readonly value: number;
}

/**
 * Scalars of a TensorBoard event file, whoever wrote it, in their order, up to the first record that is cut or whose
 * check sum is another's. Field numbers as in `tensorboard.ts`, and of framework/tensor.proto, in which TensorFlow 2
 * puts scalars:
 *
 *   Value        simple_value 2 float · tensor 8 TensorProto
 *   TensorProto  dtype 1 enum (1 float, 2 double) · tensor_content 4 bytes · float_val 5 · double_val 6
 */
export function* eventScalars(read: ReadAt): Generator<EventScalar> {
  for (const { data } of readRecords(read)) yield* scalarsOf(data);
}

function scalarsOf(data: Uint8Array): EventScalar[] {
  const reader = new BinaryReader(data);
  let [step, summaries]: [number, Uint8Array[]] = [0, []];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 2) step = Number(reader.int64());
    else if (number === 5 && type === WireType.LengthDelimited) summaries = [...summaries, reader.bytes()];
    else reader.skip(type, number);
  }
  return summaries.flatMap((summary) => valuesOf(summary).map((one) => ({ step, ...one })));
}

function valuesOf(summary: Uint8Array): Omit<EventScalar, "step">[] {
  const reader = new BinaryReader(summary);
  const found: Omit<EventScalar, "step">[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number !== 1) {
      reader.skip(type, number);
      continue;
    }
    const one = scalarIn(reader.bytes());
    if (one) found.push(one);
  }
  return found;
}

function scalarIn(bytes: Uint8Array): Omit<EventScalar, "step"> | null {
  const reader = new BinaryReader(bytes);
  let [tag, value]: [string, number | null] = ["", null];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) tag = reader.string();
    else if (number === 2) value = reader.float();
    else if (number === 8) value = scalarOf(reader.bytes()) ?? value;
    else reader.skip(type, number);
  }
  return value === null ? null : { tag, value };
}

/** Null where a tensor holds no single number of a type that is known here. */
function scalarOf(bytes: Uint8Array): number | null {
  const reader = new BinaryReader(bytes);
  let [kind, content, value]: [number, Uint8Array | null, number | null] = [0, null, null];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === 1) kind = reader.int32();
    else if (number === 4) content = reader.bytes();
    else if (number === 5 || number === 6) value = packed(reader, type, number === 6);
    else reader.skip(type, number);
  }
  if (value !== null || content === null) return value;
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  if (kind === 1 && content.length === 4) return view.getFloat32(0, true);
  return kind === 2 && content.length === 8 ? view.getFloat64(0, true) : null;
}

function packed(reader: BinaryReader, type: WireType, isDouble: boolean): number {
  if (type === WireType.LengthDelimited) reader.uint32();
  return isDouble ? reader.double() : reader.float();
}
