import { arrayClass, type ElementType, type Shape, sizeOf, type Tensor, type TensorData } from "../../tensor/tensor.ts";
import type { RandomAccess } from "./randomAccess.ts";

/** What is read at once where examples are read in their order. */
const READ_AHEAD = 2 ** 16;

/** Examples of one shape, on axis 0, in memory or in a file. */
export interface Rows {
  readonly type: ElementType;
  /** [N, ...] */
  readonly shape: Shape;
  /** Memory that the examples take, in bytes; of a file, only what is read at once. */
  readonly bytesHeld: number;
  readonly inMemory: boolean;
  /** The elements of one example: a view, which the next call may overwrite. */
  at(index: number): TensorData;
  /** Of a file: gives back what it holds of the system. */
  close?(): void;
}

/** The examples of a tensor in memory, not copied. */
export function tensorRows({ type, shape, data }: Tensor): Rows {
  const length = sizeOf(shape.slice(1));
  const at = (index: number) => data.subarray(index * length, (index + 1) * length);
  return { type, shape, bytesHeld: data.byteLength, inMemory: true, at };
}

/**
 * Examples that stay in a file: little-endian elements, row-major, from byte `offset` on. Each is read when it is asked
 * for, some in advance where the one before was the last one asked for.
 */
export function rowsInFile(file: RandomAccess, offset: number, type: ElementType, shape: Shape): Rows {
  const [size = 0, ...rest] = shape;
  const TypedArray = arrayClass(type);
  const length = sizeOf(rest);
  const bytes = length * TypedArray.BYTES_PER_ELEMENT;
  const ahead = Math.max(1, Math.floor(READ_AHEAD / Math.max(1, bytes)));
  const buffer = new Uint8Array(ahead * bytes);
  const elements = new TypedArray(buffer.buffer, 0, ahead * length);
  let [first, held, last] = [0, 0, -2];
  return {
    type,
    shape,
    bytesHeld: buffer.byteLength,
    inMemory: false,
    at(index) {
      if (index < first || index >= first + held) {
        const wanted = index === last + 1 ? Math.min(ahead, size - index) : 1;
        // Nothing is held where the read fails.
        held = 0;
        file.read(buffer.subarray(0, wanted * bytes), offset + index * bytes);
        // NumPy writes 0 and 1, and reads every other byte as true.
        if (type === "bool") for (let i = 0; i < wanted * bytes; i++) buffer[i] = Number(buffer[i] !== 0);
        [first, held] = [index, wanted];
      }
      last = index;
      return elements.subarray((index - first) * length, (index - first + 1) * length);
    },
  };
}
