import { joined } from "../bytes.ts";

/**
 * Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md) without a schema: what stands in a file is
 * decoded as it is and encoded again, so that any field can be changed.
 */
export type Thrift =
  | { readonly kind: "boolean"; value: boolean }
  | { readonly kind: "number"; type: number; value: bigint }
  | { readonly kind: "double"; bytes: Uint8Array }
  | { readonly kind: "binary"; bytes: Uint8Array }
  | { readonly kind: "list"; type: number; type2: number; items: Thrift[]; count: number | null }
  | { readonly kind: "struct"; fields: Field[] };

export interface Field {
  id: number;
  value: Thrift;
}

interface Place {
  readonly bytes: Uint8Array;
  at: number;
}

function varint(place: Place): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = place.bytes[place.at++]!;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
}

const unzigzag = (value: bigint) => (value >> 1n) ^ -(value & 1n);
const zigzag = (value: bigint) => (value >= 0n ? value << 1n : (-value << 1n) - 1n);

export function decodeStruct(bytes: Uint8Array): Thrift {
  return decodeValue({ bytes, at: 0 }, 12);
}

/** A structure that begins at a place, and where it ends. */
export function decodeFrom(bytes: Uint8Array, at: number): { readonly value: Thrift; readonly end: number } {
  const place = { bytes, at };
  const value = decodeValue(place, 12);
  return { value, end: place.at };
}

function decodeValue(place: Place, type: number): Thrift {
  const take = (length: number) => {
    place.at += length;
    return place.bytes.slice(place.at - length, place.at);
  };
  if (type === 1 || type === 2) return { kind: "boolean", value: type === 1 };
  if (type === 3) return { kind: "number", type, value: BigInt(place.bytes[place.at++]!) };
  if (type <= 6) return { kind: "number", type, value: unzigzag(varint(place)) };
  if (type === 7) return { kind: "double", bytes: take(8) };
  if (type === 8) return { kind: "binary", bytes: take(Number(varint(place))) };
  if (type === 9 || type === 10) return decodeList(place, type);
  return { kind: "struct", fields: decodeFields(place) };
}

function decodeList(place: Place, type2: number): Thrift {
  const head = place.bytes[place.at++]!;
  const size = head >> 4 === 15 ? Number(varint(place)) : head >> 4;
  const type = head & 15;
  // Booleans in a list take a byte each.
  const item = () => (type <= 2 ? decodeValue(place, place.bytes[place.at++]!) : decodeValue(place, type));
  return { kind: "list", type, type2, items: Array.from({ length: size }, item), count: null };
}

function decodeFields(place: Place): Field[] {
  const fields: Field[] = [];
  for (let id = 0; ; ) {
    const head = place.bytes[place.at++]!;
    if (head === 0) return fields;
    id = head >> 4 === 0 ? Number(unzigzag(varint(place))) : id + (head >> 4);
    fields.push({ id, value: decodeValue(place, head & 15) });
  }
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(70, value);
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function encodeValue(value: Thrift): Uint8Array {
  switch (value.kind) {
    case "boolean":
      return new Uint8Array(0);
    case "number":
      return value.type === 3 ? Uint8Array.of(Number(value.value & 255n)) : varintBytes(zigzag(value.value));
    case "double":
      return value.bytes;
    case "binary":
      return joined(varintBytes(BigInt(value.bytes.length)), value.bytes);
    case "list":
      return encodeList(value);
    case "struct":
      return encodeStruct(value.fields);
  }
}

function typeOf(value: Thrift): number {
  if (value.kind === "boolean") return value.value ? 1 : 2;
  if (value.kind === "number") return value.type;
  if (value.kind === "list") return value.type2;
  return { double: 7, binary: 8, struct: 12 }[value.kind];
}

function encodeList({ items, type, count }: Extract<Thrift, { kind: "list" }>): Uint8Array {
  const size = count ?? items.length;
  const head =
    size < 15 ? [Uint8Array.of((size << 4) | type)] : [Uint8Array.of(0xf0 | type), varintBytes(BigInt(size))];
  const bytes = (item: Thrift) => (item.kind === "boolean" ? Uint8Array.of(typeOf(item)) : encodeValue(item));
  return joined(...head, ...items.map(bytes));
}

function encodeStruct(fields: readonly Field[]): Uint8Array {
  let last = 0;
  const parts = fields.map(({ id, value }) => {
    const step = id - last;
    last = id;
    const head =
      step > 0 && step < 16
        ? [Uint8Array.of((step << 4) | typeOf(value))]
        : [Uint8Array.of(typeOf(value)), varintBytes(zigzag(BigInt(id)))];
    return joined(...head, encodeValue(value));
  });
  return joined(...parts, Uint8Array.of(0));
}

/** All values, those inside others too. */
export function everyValue(value: Thrift): Thrift[] {
  if (value.kind === "struct") return [value, ...value.fields.flatMap((field) => everyValue(field.value))];
  return value.kind === "list" ? [value, ...value.items.flatMap(everyValue)] : [value];
}
