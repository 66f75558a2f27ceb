import { unzipSync, zipSync } from "fflate";
import { type DType, dump, type NpyArray, parse } from "npyjs";
import { DataError } from "../tensor/errors.ts";
import { arrayClass, type ElementType, sizeOf, type Tensor, type TensorData, tensor } from "../tensor/tensor.ts";

const names: Readonly<Record<ElementType, DType>> = {
  float32: "f4",
  float64: "f8",
  float16: "f2",
  int8: "i1",
  uint8: "u1",
  int32: "i4",
  int64: "i8",
  bool: "b1",
};

/** NumPy's names to ours. Integer types that we lack widen to the next one that holds every value; uint64 has none. */
const types: Readonly<Partial<Record<DType, ElementType>>> = {
  ...Object.fromEntries(Object.entries(names).map(([type, name]) => [name, type])),
  i2: "int32",
  u2: "int32",
  u4: "int64",
};

/**
 * The array of a .npy file, format versions 1 to 3 (numpy.lib.format). Fortran order is transposed to row-major.
 * Throws `DataError`, naming `file`, for a damaged file and for what is not a little-endian array of numbers.
 */
export function decodeNpy(bytes: Uint8Array, file: string): Tensor {
  const { data, shape, dtype, fortranOrder } = parseNpy(bytes, file);
  const type = types[dtype];
  if (type === undefined) throw unreadable(file, `elements of type ${dtype}`);
  if (shape.some((axis) => !(axis >= 0))) throw unreadable(file, `the shape (${shape.join(", ")})`);
  if (data.length !== sizeOf(shape))
    throw new DataError(
      `${file}: expected ${sizeOf(shape)} elements for ${type}[${shape.join(", ")}], got ${data.length}; ` +
        "write the file again",
    );
  const elements = toElements(type, data);
  return tensor(type, shape, fortranOrder ? toRowMajor(elements, shape) : elements);
}

/** The bytes of a .npy file, format version 1.0. */
export function encodeNpy({ type, shape, data }: Tensor): Uint8Array {
  // The library knows no Float16Array, only the name of its bits.
  const array = data instanceof Float16Array ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data;
  return new Uint8Array(dump(array, [...shape], { dtype: names[type] }));
}

/**
 * The arrays of a .npz file by name. The checksums of the archive are not verified.
 * Throws `DataError`, naming `file` and the array, as `decodeNpy` does.
 */
export function decodeNpz(bytes: Uint8Array, file: string): Map<string, Tensor> {
  return new Map(
    Object.entries(unzip(bytes, file)).map(([member, contents]) => [
      member.replace(/\.npy$/, ""),
      decodeNpy(contents, `${file}/${member}`),
    ]),
  );
}

/** The bytes of an uncompressed .npz file. Equal contents give equal bytes: every member is dated 1980. */
export function encodeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const members = [...tensors].map(([name, value]) => [`${name}.npy`, encodeNpy(value)]);
  return zipSync(Object.fromEntries(members), { level: 0, mtime: new Date(1980, 0, 1) });
}

function parseNpy(bytes: Uint8Array, file: string): NpyArray & { data: ArrayLike<number | bigint> } {
  try {
    // The library wants an ArrayBuffer that begins with the file, which a view of a larger buffer is not.
    const array = parse(new Uint8Array(bytes).buffer, { convertFloat16: false });
    return array as NpyArray & { data: ArrayLike<number | bigint> };
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(file: string, got: string): DataError {
  // NumPy's codes of texts, bytes and objects.
  const advice = /[USO]\d*$/.test(got)
    ? "number what they stand for, e.g. with numpy.unique(a, return_inverse=True)[1], or save a table as CSV"
    : 'convert it, e.g. with .astype("<f4")';
  return new DataError(
    `${file}: expected a NumPy array of little-endian integers, floats or booleans, got: ${got}; ${advice}`,
  );
}

function toElements(type: ElementType, data: ArrayLike<number | bigint>): TensorData {
  if (type === "float16") return new Float16Array((data as Uint16Array).buffer, (data as Uint16Array).byteOffset);
  if (type === "int64") return data instanceof BigInt64Array ? data : BigInt64Array.from(Array.from(data, BigInt));
  const TypedArray = arrayClass(type);
  return data instanceof TypedArray ? data : new TypedArray(data as ArrayLike<number>);
}

function toRowMajor(source: TensorData, shape: readonly number[]): TensorData {
  const target = source.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  let from = 0;
  for (let to = 0; to < source.length; to++) {
    target[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}

function unzip(bytes: Uint8Array, file: string): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new DataError(`${file}: expected a .npz archive, got: ${got}; write the file again`);
  }
}
