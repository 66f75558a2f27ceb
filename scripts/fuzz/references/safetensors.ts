import type { ElementType, Tensor } from "../../../src/tensor/tensor.ts";
import { type Json, type JsonObject, parseJson } from "./json.ts";
import { digest } from "./numpy.ts";

/**
 * A second reader of safetensors, written from the published description of the format
 * (github.com/huggingface/safetensors, "Format") and nothing of ours.
 */

const types: Readonly<Record<string, readonly [ElementType | null, number]>> = {
  F64: ["float64", 8],
  F32: ["float32", 4],
  F16: ["float16", 2],
  BF16: [null, 2],
  I64: ["int64", 8],
  I32: ["int32", 4],
  I16: [null, 2],
  I8: ["int8", 1],
  U64: [null, 8],
  U32: [null, 4],
  U16: [null, 2],
  U8: ["uint8", 1],
  BOOL: ["bool", 1],
};

interface Stored {
  readonly type: ElementType | null;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** How what was read differs from what the description says; null where it does not. */
export function differsFromSpecification(file: Uint8Array, read: ReadonlyMap<string, Tensor>): string | null {
  const theirs = tensorsOf(file);
  if (typeof theirs === "string") return `taken, and the format forbids it: ${theirs}`;
  for (const [name, { type, shape, bytes }] of theirs) {
    const ours = read.get(name);
    const [expected, got] = [`${type}[${shape.join()}]`, ours && `${ours.type}[${ours.shape.join()}]`];
    if (got !== expected) return `taken with ${JSON.stringify(name)} as ${got}, and the file says ${expected}`;
    const { buffer, byteOffset, byteLength } = ours!.data;
    if (Buffer.compare(bytes, new Uint8Array(buffer, byteOffset, byteLength)) !== 0)
      return `taken with other values of ${JSON.stringify(name)}`;
  }
  return theirs.size === read.size ? null : `taken with ${read.size} tensors, and the file has ${theirs.size}`;
}

/** Digests of the tensors as numbers of 64 bits, by name, or what is wrong with the file. */
export function digestsOfSpecification(file: Uint8Array): Map<string, string> | string {
  const theirs = tensorsOf(file);
  if (typeof theirs === "string") return theirs;
  return new Map([...theirs].map(([name, stored]) => [name, digest(numbersOf(stored))]));
}

function numbersOf({ type, shape, bytes }: Stored): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = shape.reduce((product, axis) => product * axis, 1);
  const width = bytes.length / size;
  const get = (at: number) => {
    if (type === "float64") return view.getFloat64(at, true);
    if (type === "float32") return view.getFloat32(at, true);
    return type === "float16" ? view.getFloat16(at, true) : Number.NaN;
  };
  return Float64Array.from({ length: size }, (_, i) => get(i * width));
}

/** The tensors, or what is wrong with the file. */
function tensorsOf(file: Uint8Array): Map<string, Stored> | string {
  if (file.length < 8) return "no length of the header";
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > 100_000_000n || length > BigInt(file.length - 8)) return `a header of ${length} bytes`;
  const start = 8 + Number(length);
  const header = headerOf(file.subarray(8, start));
  if (typeof header === "string") return header;
  const names = header.members.map(([name]) => name);
  if (new Set(names).size < names.length) return "a name twice";
  const found = new Map<string, Stored & { begin: number; end: number }>();
  for (const [name, value] of header.members) {
    const problem = name === "__metadata__" ? problemOfMetadata(value) : add(found, name, value, file.subarray(start));
    if (problem !== null) return `"${name}": ${problem}`;
  }
  let at = 0;
  for (const { begin, end } of [...found.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) return `a hole or an overlap at ${at}`;
    at = end;
  }
  return at === file.length - start ? found : `${file.length - start - at} bytes behind the last tensor`;
}

function headerOf(bytes: Uint8Array): JsonObject | string {
  if (bytes[0] !== 0x7b) return "a header that does not begin with {";
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "a header that is not UTF-8";
  }
  const parsed = parseJson(text);
  if (parsed === null || parsed.end !== text.length) return "a header that is no JSON";
  return isObject(parsed.value) ? parsed.value : "a header that is no object";
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && "members" in value;
}

function problemOfMetadata(value: Json): string | null {
  if (!isObject(value) || value.members.some(([, text]) => typeof text !== "string")) return "no map of strings";
  return null;
}

function add(found: Map<string, Stored & { begin: number; end: number }>, name: string, value: Json, data: Uint8Array) {
  if (!isObject(value)) return "no object";
  const members = new Map(value.members.map(([key, member, text]) => [key, { member, text }]));
  if (members.size < value.members.length) return "a member twice";
  const [dtype, shape, offsets] = ["dtype", "shape", "data_offsets"].map((key) => members.get(key));
  const type = typeof dtype?.member === "string" ? new Map(Object.entries(types)).get(dtype.member) : undefined;
  if (type === undefined) return "no known type";
  if (!isCounts(shape) || !isCounts(offsets) || offsets.member.length !== 2) return "no shape or offsets";
  const [begin = 0, end = 0] = offsets.member;
  const size = shape.member.reduce((product, axis) => product * BigInt(axis), 1n) * BigInt(type[1]);
  if (begin > end || end > data.length || BigInt(end - begin) !== size) return `${size} bytes from ${begin} to ${end}`;
  found.set(name, { type: type[0], shape: shape.member, bytes: data.subarray(begin, end), begin, end });
  return null;
}

/** Whole numbers, written as such: the format stores them as unsigned integers of 64 bits. */
function isCounts(found: { member: Json; text: string } | undefined): found is { member: number[]; text: string } {
  return Array.isArray(found?.member) && /^\[[\s\d,]*\]$/.test(found.text) && found.member.every((n) => n < 2 ** 64);
}
