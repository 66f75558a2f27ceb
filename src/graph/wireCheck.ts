import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { DataError } from "../tensor/errors.ts";

/** Messages in messages, as in Google's own readers: a graph in a graph takes three. */
const DEPTH = 100;

interface Part {
  readonly message: DescMessage;
  readonly end: number;
}

/**
 * Throws `DataError` where bytes are no message by protobuf's encoding: fields that leave the message around them,
 * fields without a number or encoded as no field of its type is, ends of groups that nobody began, more than 100
 * messages in each other. Our parser reads on over such damage. Takes no memory and looks at no contents.
 */
export function requireWire(message: DescMessage, bytes: Uint8Array): void {
  const around: Part[] = [{ message, end: bytes.length }];
  let at = 0;
  const damaged = (what: string) =>
    new DataError(`onnx: expected an ONNX model, got ${bytes.length} damaged bytes (${what}); export it again`);
  const varint = (most: number): number => {
    let value = 0;
    for (let i = 0; i < most; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw damaged("premature end");
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw damaged(`a number of more than ${most} bytes at ${at}`);
  };
  while (around.length > 0) {
    const { message: own, end } = around.at(-1)!;
    if (at > end) throw damaged(`a field that leaves its message at ${at}`);
    if (at === end) {
      around.pop();
      continue;
    }
    const tag = varint(5);
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (number === 0 || tag >= 2 ** 32) throw damaged(`a field without a number at ${at}`);
    const field = fieldsOf(own).get(number);
    if (field && !field.wires.includes(wire)) throw damaged(`the field ${field.name} in another encoding at ${at}`);
    if (wire === 0) varint(10);
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint(10);
      const inner = field?.message;
      if (at + length > end) throw damaged(`a field of ${length} bytes that leaves its message at ${at}`);
      if (!inner) at += length;
      else if (around.push({ message: inner, end: at + length }) > DEPTH)
        throw damaged(`more than ${DEPTH} messages in each other`);
    } else throw damaged(`a field of no type at ${at}`);
  }
}

interface Field {
  readonly name: string;
  /** The wire types that it may have: 0 varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. */
  readonly wires: readonly number[];
  readonly message: DescMessage | undefined;
}

const known = new Map<DescMessage, ReadonlyMap<number, Field>>();

function fieldsOf(message: DescMessage): ReadonlyMap<number, Field> {
  const fields = known.get(message) ?? new Map(message.fields.map((field) => [field.number, describe(field)] as const));
  known.set(message, fields);
  return fields;
}

const eightBytes: readonly unknown[] = [ScalarType.DOUBLE, ScalarType.FIXED64, ScalarType.SFIXED64];
const fourBytes: readonly unknown[] = [ScalarType.FLOAT, ScalarType.FIXED32, ScalarType.SFIXED32];
const bytes: readonly unknown[] = [ScalarType.STRING, ScalarType.BYTES];

function describe({ name, message, scalar, fieldKind }: DescField): Field {
  if (message || bytes.includes(scalar) || fieldKind === "map") return { name, wires: [2], message };
  const own = eightBytes.includes(scalar) ? 1 : fourBytes.includes(scalar) ? 5 : 0;
  // Numbers of a list may stand one by one or packed.
  return { name, wires: fieldKind === "list" ? [own, 2] : [own], message: undefined };
}
