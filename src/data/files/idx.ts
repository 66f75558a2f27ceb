import { DataError } from "../../tensor/errors.ts";
import { arrayClass, type ElementType, sizeOf, type Tensor, tensor } from "../../tensor/tensor.ts";

interface Element {
  readonly type: ElementType;
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
}

/** By the third byte of the magic number. There is no 16-bit element type here, so shorts widen to int32. */
const elements: Readonly<Record<number, Element>> = {
  8: { type: "uint8", bytes: 1, read: (view, offset) => view.getUint8(offset) },
  9: { type: "int8", bytes: 1, read: (view, offset) => view.getInt8(offset) },
  11: { type: "int32", bytes: 2, read: (view, offset) => view.getInt16(offset) },
  12: { type: "int32", bytes: 4, read: (view, offset) => view.getInt32(offset) },
  13: { type: "float32", bytes: 4, read: (view, offset) => view.getFloat32(offset) },
  14: { type: "float64", bytes: 8, read: (view, offset) => view.getFloat64(offset) },
};

/**
 * The array of an IDX file, the format of MNIST (LeCun, Cortes & Burges, "THE IDX FILE FORMAT"): two zero bytes,
 * element type, rank, one big-endian uint32 per axis, big-endian elements in row-major order. uint8 contents are a
 * view of `bytes`.
 *
 * Throws `DataError`, naming `file`, for a wrong magic number and for fewer or more bytes than the header announces.
 */
export function parseIdx(bytes: Uint8Array, file: string): Tensor {
  const { element, shape, start } = idxLayout(bytes, bytes.length, file);
  if (element.type === "uint8")
    return tensor("uint8", shape, new Uint8Array(bytes.buffer, bytes.byteOffset + start, sizeOf(shape)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = new (arrayClass(element.type))(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = element.read(view, start + i * element.bytes);
  return tensor(element.type, shape, data);
}

/** At most so many bytes say what is in an IDX file. */
export const IDX_HEADER = 4 + 4 * 255;

/** What a file of `size` bytes holds, from its first bytes, and where its elements start. Throws as `parseIdx`. */
export function idxLayout(head: Uint8Array, size: number, file: string) {
  const [first, second, code, rank] = head;
  const element = elements[code ?? 0];
  if (first !== 0 || second !== 0 || element === undefined || rank === undefined)
    throw new DataError(
      `${file}: expected an IDX file (0, 0, element type 8, 9 or 11–14, rank), ` +
        `got the bytes ${describeStart(head)}; is it still compressed?`,
    );
  const start = 4 + 4 * rank;
  if (size < start) throw wrongSize(file, `at least ${start} bytes of header`, size);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = start + sizeOf(shape) * element.bytes;
  if (size !== expected) throw wrongSize(file, `${expected} bytes for ${element.type}[${shape.join(", ")}]`, size);
  return { element, shape, start };
}

function describeStart(bytes: Uint8Array): string {
  return bytes.length === 0 ? "of an empty file" : bytes.subarray(0, 4).join(", ");
}

function wrongSize(file: string, expected: string, got: number): DataError {
  return new DataError(`${file}: expected ${expected}, got ${got} bytes; download or copy the file again`);
}
