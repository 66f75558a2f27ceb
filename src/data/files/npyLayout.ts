import { DataError, option } from "../../tensor/errors.ts";
import { arrayClass, type ElementType, type Shape, sizeOf } from "../../tensor/tensor.ts";

/** NumPy's names of the element types that we have, without their byte order. */
const types: Readonly<Record<string, ElementType>> = {
  f4: "float32",
  f8: "float64",
  f2: "float16",
  i1: "int8",
  u1: "uint8",
  i4: "int32",
  i8: "int64",
  b1: "bool",
};

/** NumPy reads no longer header unless it is told to trust the file. */
export const NPY_HEADER = 10_000 + 12;

/** NumPy knows no more axes. */
const MOST_AXES = 32;

/** What the header of a .npy file says. */
export interface NpyHeader {
  /** Undefined for what would have to be converted. */
  readonly type: ElementType | undefined;
  /** NumPy's name of the type. */
  readonly description: string;
  /** The same without the byte order where that is ours; undefined for other orders and for structures. */
  readonly code: string | undefined;
  readonly fortran: boolean;
  readonly shape: Shape;
  /** Where the elements begin, in bytes. */
  readonly start: number;
}

/**
 * The header of a .npy file from its first bytes (numpy.lib.format, versions 1 to 3), which NumPy would read too.
 * Throws `DataError` for another file.
 */
export function npyHeader(head: Uint8Array, file: string): NpyHeader {
  const text = new TextDecoder("latin1").decode(head);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [major = 0, minor] = [head[6], head[7]];
  if (head[0] !== 0x93 || !text.startsWith("NUMPY", 1) || head.length < 12) throw notNpy(file, "another");
  if (!(major >= 1 && major <= 3 && minor === 0)) throw notNpy(file, `version ${major}.${minor}`);
  const start = major === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (start > Math.min(head.length, NPY_HEADER)) throw notNpy(file, `a header of ${start} bytes in ${head.length}`);
  const header = text.slice(major === 1 ? 10 : 12, start);
  const { descr, fortran_order, shape } = parseDictionary(header, file);
  const description = /^(["'])(.*)\1$/.exec(descr!)?.[2] ?? "a structure";
  const code = /^(?:[<|=]?([a-z]\d+)|>([iub]1))$/.exec(description === "?" ? "b1" : description);
  return {
    type: types[code?.[1] ?? code?.[2] ?? ""],
    description,
    code: code?.[1] ?? code?.[2],
    fortran: fortran_order === "True",
    shape: parseShape(shape!, file),
    start,
  };
}

/** A key and its value: a text, a truth value, a tuple, or a list of whatever. */
const entry =
  /[ \t\n]*(['"])(descr|fortran_order|shape)\1[ \t\n]*:[ \t\n]*('[^'\\\n]*'|"[^"\\\n]*"|True|False|\([^()\n]*\)|\[.*\])[ \t\n]*(,|(?=\}))/sy;

/** The Python dictionary of a header, its values as they are written. */
function parseDictionary(text: string, file: string): Record<string, string> {
  const begin = /^[ \t]*\{/.exec(text)?.[0].length;
  const found = new Map<string, string>();
  entry.lastIndex = begin ?? text.length;
  for (let match = entry.exec(text), end = begin; ; match = entry.exec(text)) {
    if (match) {
      if (found.has(match[2]!)) throw notNpy(file, `the key ${match[2]} twice`);
      found.set(match[2]!, match[3]!);
      end = entry.lastIndex;
      continue;
    }
    const bool = /^(True|False)$/.test(found.get("fortran_order") ?? "");
    const others = /^['"[]/.test(found.get("descr") ?? "") && found.get("shape")?.startsWith("(");
    if (!bool || !others || !/^[ \t\n]*\}[ \t\n]*$/.test(text.slice(end)))
      throw notNpy(file, `the header ${JSON.stringify(text.slice(0, 80).trim())}`);
    return Object.fromEntries(found);
  }
}

/** A tuple of axes as Python writes it: (), (3,) or (3, 4). */
function parseShape(tuple: string, file: string): number[] {
  const sound = /^\([ \t]*(?:(?:0|[1-9]\d*)L?[ \t]*,[ \t]*)*(?:(?:0|[1-9]\d*)L?[ \t]*)?\)$/.test(tuple);
  const shape = (tuple.match(/\d+/g) ?? []).map(Number);
  // (3) is a number to Python, and no tuple.
  const isTuple = shape.length !== 1 || tuple.includes(",");
  const most = shape.reduce((product, axis) => product * Math.max(1, axis), 8);
  if (!sound || !isTuple || shape.length > MOST_AXES || !(most <= Number.MAX_SAFE_INTEGER))
    throw notNpy(file, `the shape ${tuple.slice(0, 80)}`);
  return shape;
}

function notNpy(file: string, got: string): DataError {
  return new DataError(`${file}: expected a .npy file, got ${got}; save the array with numpy.save`);
}

/**
 * What a .npy file of `size` bytes holds, from its first bytes (numpy.lib.format, versions 1 to 3), and where its
 * elements start: for arrays that are read an example at a time. Throws `DataError` for what cannot be read so: Fortran
 * order, and element types that would have to be converted.
 */
export function npyLayout(
  head: Uint8Array,
  size: number,
  file: string,
): { type: ElementType; shape: Shape; start: number } {
  const { type, description, fortran, shape, start } = npyHeader(head, file);
  if (type === undefined || fortran)
    throw new DataError(
      `${file}: expected an array in C order of ${Object.keys(types).join(", ")} to read it from disk, got ${description}` +
        `${type === undefined ? "" : " in Fortran order"}; save numpy.ascontiguousarray(a, "${littleEndian(description)}"), or raise ${option("dataMemory")}`,
    );
  checkNpySize(size, start, shape, type, file);
  return { type, shape, start };
}

/** NumPy's name of a type that can be read and holds what `description` does: whole numbers stay whole, so labels. */
export function littleEndian(description: string): string {
  const [, kind = "f", bytes = "4"] = /^[<>|=]?([iubf])(\d+)$/.exec(description) ?? [];
  if (kind === "f") return bytes === "8" ? "<f8" : "<f4";
  return kind === "b" ? "?" : bytes === "1" ? "i1" : kind === "i" && bytes === "4" ? "<i4" : "<i8";
}

/** Throws `DataError` where a file of `size` bytes is not the elements of an array behind its header. */
export function checkNpySize(size: number, start: number, shape: Shape, type: ElementType, file: string): void {
  const expected = start + sizeOf(shape) * arrayClass(type).BYTES_PER_ELEMENT;
  if (size !== expected)
    throw new DataError(
      `${file}: expected ${expected} bytes for ${type}[${shape.join(", ")}], got ${size}; save it again`,
    );
}
