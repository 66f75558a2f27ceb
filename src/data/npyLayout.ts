import { DataError } from "../tensor/errors.ts";
import { arrayClass, type ElementType, type Shape, sizeOf } from "../tensor/tensor.ts";

/** NumPy's names of the element types that we have. */
const types: Readonly<Record<string, ElementType>> = {
  "<f4": "float32",
  "<f8": "float64",
  "<f2": "float16",
  "|i1": "int8",
  "|u1": "uint8",
  "<i4": "int32",
  "<i8": "int64",
  "|b1": "bool",
};

/** What is read of a file for its header; NumPy's headers are shorter unless a structured type is described. */
export const NPY_HEADER = 2 ** 16;

/** What the header of a .npy file says. */
export interface NpyHeader {
  /** Undefined for what would have to be converted. */
  readonly type: ElementType | undefined;
  /** NumPy's name of the type. */
  readonly description: string;
  readonly fortran: boolean;
  readonly shape: Shape;
  /** Where the elements begin, in bytes. */
  readonly start: number;
}

/** The header of a .npy file from its first bytes (numpy.lib.format, versions 1 to 3). Throws `DataError` for another file. */
export function npyHeader(head: Uint8Array, file: string): NpyHeader {
  const text = new TextDecoder("latin1").decode(head);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const major = head[6] ?? 0;
  if (head[0] !== 0x93 || !text.startsWith("NUMPY", 1) || major < 1 || major > 3 || head.length < 12)
    throw new DataError(`${file}: expected a .npy file, got another; save the array with numpy.save`);
  const start = major === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  const header = text.slice(major === 1 ? 10 : 12, start);
  const description = /'descr': *'([^']*)'/.exec(header)?.[1] ?? "a structure";
  const shape = (/'shape': *\(([\d, ]*)\)/.exec(header)?.[1] ?? "?")
    .split(",")
    .filter((axis) => axis.trim() !== "")
    .map(Number);
  return { type: types[description], description, fortran: !/'fortran_order': *False/.test(header), shape, start };
}

/**
 * What a .npy file of `size` bytes holds, from its first bytes (numpy.lib.format, versions 1 to 3), and where its elements start: for
 * arrays that are read an example at a time. Throws `DataError` for what cannot be read so: Fortran order, and element types that
 * would have to be converted.
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
        `${type === undefined ? "" : " in Fortran order"}; save numpy.ascontiguousarray(a, "<f4"), or raise --data-memory`,
    );
  const expected = start + sizeOf(shape) * arrayClass(type).BYTES_PER_ELEMENT;
  if (size !== expected)
    throw new DataError(
      `${file}: expected ${expected} bytes for ${type}[${shape.join(", ")}], got ${size}; save it again`,
    );
  return { type, shape, start };
}
