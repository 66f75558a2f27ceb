import type { DescMessage } from "@bufbuild/protobuf";
import { DataError } from "../tensor/errors.ts";

/** Messages in messages, as in Google's own readers: a graph in a graph takes three. */
const DEPTH = 100;

interface Part {
  readonly message: DescMessage;
  readonly end: number;
}

/**
 * Throws `DataError` where bytes are no message by protobuf's encoding: fields that leave the message around them, fields without a
 * number, ends of groups that nobody began, more than 100 messages in each other. Our parser reads on over such damage. Takes no
 * memory and looks at no contents.
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
    if (wire === 0) varint(10);
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint(10);
      const inner = fieldsOf(own).get(number);
      if (at + length > end) throw damaged(`a field of ${length} bytes that leaves its message at ${at}`);
      if (!inner) at += length;
      else if (around.push({ message: inner, end: at + length }) > DEPTH)
        throw damaged(`more than ${DEPTH} messages in each other`);
    } else throw damaged(`a field of no type at ${at}`);
  }
}

const known = new Map<DescMessage, ReadonlyMap<number, DescMessage>>();

/** The messages that a message holds, by field number. */
function fieldsOf(message: DescMessage): ReadonlyMap<number, DescMessage> {
  const fields =
    known.get(message) ??
    new Map(message.fields.flatMap(({ number, message: inner }) => (inner ? [[number, inner]] : [])));
  known.set(message, fields);
  return fields;
}
