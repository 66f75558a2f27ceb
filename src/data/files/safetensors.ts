import { is, requireArguments } from "../../tensor/arguments.ts";
import { DataError } from "../../tensor/errors.ts";
import { arrayClass, type ElementType, sizeOf, type Tensor, tensor } from "../../tensor/tensor.ts";

export interface Safetensors {
  /** In the order of the file's header. */
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Element types and their names in the file, largest alignment first: the order in which the reference library stores
 * tensors.
 */
const names = new Map<ElementType, string>([
  ["int64", "I64"],
  ["float64", "F64"],
  ["float32", "F32"],
  ["int32", "I32"],
  ["float16", "F16"],
  ["int8", "I8"],
  ["uint8", "U8"],
  ["bool", "BOOL"],
]);
const types = new Map([...names].map(([type, name]) => [name, type]));

/** A type that a file may hold. bfloat16 has no array of ours: only who reads bytes takes it (`storedLayout`). */
export type StoredType = ElementType | "bfloat16";
const storedTypes = new Map<string, StoredType>([...types, ["BF16", "bfloat16"]]);

export function storedBytes(type: StoredType): number {
  return type === "bfloat16" ? 2 : arrayClass(type).BYTES_PER_ELEMENT;
}

const order = [...names.keys()];

type Entry = StoredEntry & { readonly type: ElementType };

/** The specification's limit on the header, in bytes. */
const MAXIMUM_HEADER = 100_000_000;

export interface StoredEntry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * The bytes of a .safetensors file (https://github.com/huggingface/safetensors, "Format"): header length as
 * little-endian uint64, a JSON header padded with spaces to a multiple of 8, then the tensors without gaps. Tensors
 * are laid out by alignment and name, so every one is aligned and equal contents give equal bytes, the same bytes that
 * the reference library writes.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  requireArguments("encodeSafetensors", { tensors, metadata }, { tensors: is.map, metadata: is.object });
  const sorted = [...tensors].sort(
    ([a, x], [b, y]) => order.indexOf(x.type) - order.indexOf(y.type) || (a < b ? -1 : a > b ? 1 : 0),
  );
  // Members are joined by hand because a JavaScript object would move names like "0" to the front.
  const members = Object.keys(metadata).length === 0 ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  let position = 0;
  for (const [name, { type, shape, data }] of sorted) {
    const data_offsets = [position, position + data.byteLength];
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype: names.get(type), shape, data_offsets })}`);
    position += data.byteLength;
  }
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + position);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.fill(0x20, 8, start).set(json, 8);
  position = start;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a .safetensors file: views of `bytes` where they are aligned, copies where they are not.
 * Throws `DataError`, naming `file` and the tensor, for whatever the specification forbids: an ill-formed or oversized
 * header, a name given twice, sizes that disagree with shapes, tensors that overlap, leave a hole or reach beyond the
 * file.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): Safetensors {
  requireArguments("decodeSafetensors", { bytes, file }, { bytes: is.bytes, file: is.text });
  const { entries, start, metadata } = safetensorsLayout((from, to) => bytes.subarray(from, to), bytes.length, file);
  return { tensors: new Map(entries.map((entry) => [entry.name, view(bytes, start, entry)])), metadata };
}

/**
 * Where the tensors of a file of `size` bytes lie, `begin` and `end` counted from `start`; `read` gives the bytes from
 * one position up to another, and nothing but the header is read. Throws as `decodeSafetensors`.
 */
export function safetensorsLayout(read: (from: number, to: number) => Uint8Array, size: number, file: string) {
  const { entries, ...rest } = storedLayout(read, size, file);
  const known = entries.map((entry): Entry => {
    if (entry.type === "bfloat16") throw unknownType(file, entry.name, "BF16", types);
    return { ...entry, type: entry.type };
  });
  return { entries: known, ...rest };
}

/** The same with tensors of bfloat16. */
export function storedLayout(
  read: (from: number, to: number) => Uint8Array,
  size: number,
  file: string,
): { entries: StoredEntry[]; start: number; metadata: Record<string, string> } {
  const header = readHeader(read, size, file);
  const start = 8 + header.length;
  const { __metadata__: metadata = {}, ...rest } = header.json;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string"))
    throw invalid(file, "__metadata__", "a map of strings", JSON.stringify(metadata));
  const entries = header.names.map((name) => readEntry(file, name, rest[name]));
  checkLayout(file, entries, size - start);
  return { entries, start, metadata: metadata as Record<string, string> };
}

function readHeader(read: (from: number, to: number) => Uint8Array, size: number, file: string) {
  if (size < 8) throw new DataError(`${file}: expected at least 8 bytes, got ${size}; write the file again`);
  const first = read(0, 8);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > MAXIMUM_HEADER)
    throw new DataError(
      `${file}: expected a header of at most ${MAXIMUM_HEADER} bytes, got ${length}; is it a .safetensors file?`,
    );
  if (8 + Number(length) > size)
    throw new DataError(
      `${file}: expected a header of ${length} bytes, got ${size - 8}; the file is truncated, write it again`,
    );
  const raw = read(8, 8 + Number(length));
  const { text, json } = parseHeader(raw, file);
  const names = namesIn(text, file);
  return { length: raw.length, json, names: names.filter((name) => name !== "__metadata__") };
}

function parseHeader(raw: Uint8Array, file: string): { text: string; json: Record<string, unknown> } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    const json: unknown = JSON.parse(text);
    if (text.startsWith("{") && isRecord(json)) return { text, json };
  } catch {
    // Reported below, with what the file does contain.
  }
  const start = new TextDecoder("latin1").decode(raw.subarray(0, 20));
  throw new DataError(
    `${file}: expected a JSON object as header, got ${JSON.stringify(start)}…; is it a .safetensors file?`,
  );
}

/** Nesting that the reference library's parser does not follow any more. */
const DEEPEST = 127;

/**
 * The names of the tensors in their order. `JSON.parse` keeps only the last of two equal names, reorders names like
 * "0", and takes half a character and any depth for good. Throws `DataError` for these.
 */
function namesIn(json: string, file: string): string[] {
  const names = new Set<string>();
  let members = new Set<string>();
  let [depth, name] = [0, ""];
  for (const [token, string = token, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++;
    if (token === "}" || token === "]") depth--;
    if (depth > DEEPEST) throw invalid(file, name, `nesting of at most ${DEEPEST}`, "more");
    if (!string.startsWith('"')) continue;
    const text: string = JSON.parse(string);
    if (!text.isWellFormed()) throw invalid(file, name, "whole characters", `half a one in ${string}`);
    if (colon === undefined || depth > 2) continue;
    if (depth === 1) [name, members] = [text, new Set()];
    const known = depth === 1 ? names : members;
    if (known.has(text)) throw invalid(file, name, "each name once", `the name ${string} twice in the header`);
    known.add(text);
  }
  return [...names];
}

function readEntry(file: string, name: string, entry: unknown): StoredEntry {
  const { dtype, shape, data_offsets } = isRecord(entry) ? entry : {};
  const type = storedTypes.get(String(dtype));
  if (type === undefined) throw unknownType(file, name, dtype, storedTypes);
  if (!isCounts(shape)) throw invalid(file, name, "a shape of whole numbers", `${JSON.stringify(shape)}`);
  if (!isCounts(data_offsets) || data_offsets.length !== 2)
    throw invalid(file, name, "two data_offsets", `${JSON.stringify(data_offsets)}`);
  const [begin, end] = data_offsets as [number, number];
  const size = sizeOf(shape) * storedBytes(type);
  if (end - begin !== size)
    throw invalid(file, name, `${size} bytes for ${type}[${shape.join(", ")}]`, `${end - begin} bytes`);
  return { name, type, shape, begin, end };
}

function unknownType(file: string, name: string, dtype: unknown, known: ReadonlyMap<string, StoredType>): DataError {
  return invalid(file, name, `a dtype of ${[...known.keys()].join(", ")}`, `${JSON.stringify(dtype)}`);
}

function checkLayout(file: string, entries: readonly StoredEntry[], length: number): void {
  let position = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position) throw invalid(file, name, `to begin at byte ${position}`, `an overlap from byte ${begin}`);
    if (begin > position) throw invalid(file, name, `to begin at byte ${position}`, `a hole up to byte ${begin}`);
    if (end > length) throw invalid(file, name, `to end within the ${length} bytes of data`, `an end at byte ${end}`);
    position = end;
  }
  if (position !== length)
    throw new DataError(
      `${file}: expected ${position} bytes of data, got ${length}; the last ones belong to no tensor, ` +
        "write the file again",
    );
}

function view(bytes: Uint8Array, start: number, { type, shape, begin, end }: Entry): Tensor {
  const TypedArray = arrayClass(type);
  const aligned = (bytes.byteOffset + start + begin) % TypedArray.BYTES_PER_ELEMENT === 0;
  const own = bytes.subarray(start + begin, start + end);
  const { buffer, byteOffset } = aligned ? own : new Uint8Array(own);
  return tensor(type, shape, new TypedArray(buffer as ArrayBuffer, byteOffset, sizeOf(shape)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((x) => Number.isSafeInteger(x) && x >= 0);
}

function invalid(file: string, name: string, expected: string, got: string): DataError {
  return new DataError(`${file}: tensor "${name}": expected ${expected}, got ${got}; write the file again`);
}
