import { is, requireArguments } from "./arguments.ts";
import { ShapeError } from "./errors.ts";

/** Element types, named as ONNX and NumPy name them. `bool` is one byte per element, 0 or 1. */
export type ElementType = "float32" | "float64" | "float16" | "int8" | "uint8" | "int32" | "int64" | "bool";

export type Shape = readonly number[];

export type TensorData =
  | Float32Array
  | Float64Array
  | Float16Array
  | Int8Array
  | Uint8Array
  | Int32Array
  | BigInt64Array;

/** A shape and the numbers, row-major. `data.length` is the product of `shape`. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: Shape;
  readonly data: TensorData;
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Float16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const;

/** The typed array class that holds `type`. */
export function arrayClass<T extends ElementType>(type: T): (typeof arrays)[T] {
  return arrays[type];
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** `float32[2, 3]`: how values are printed in every error and every printed graph. */
export function show(value: { readonly type: ElementType; readonly shape: Shape }): string {
  return `${value.type}[${value.shape.join(", ")}]`;
}

/** A tensor over existing memory, which is not copied. Throws `ShapeError` when the lengths disagree. */
export function tensor(type: ElementType, shape: Shape, data: TensorData): Tensor {
  requireArguments("tensor", { type, shape, data }, { type: is.elementType, shape: is.list, data: is.list });
  if (data.length !== sizeOf(shape))
    throw new ShapeError(
      `tensor: expected ${sizeOf(shape)} elements for ${show({ type, shape })}, got ${data.length}; pass data of that length`,
    );
  return { type, shape, data };
}

/** A tensor of zeros. */
export function zeros(type: ElementType, shape: Shape): Tensor {
  requireArguments("zeros", { type, shape }, { type: is.elementType, shape: is.list });
  return { type, shape, data: new arrays[type](sizeOf(shape)) };
}

/** A tensor of the given JavaScript numbers, converted to `type`. */
export function fromNumbers(type: ElementType, shape: Shape, numbers: ArrayLike<number>): Tensor {
  requireArguments("fromNumbers", { type, shape, numbers }, { type: is.elementType, shape: is.list, numbers: is.list });
  const data =
    type === "int64" ? BigInt64Array.from(Array.from(numbers, BigInt)) : arrays[type].from(numbers as number[]);
  return tensor(type, shape, data);
}

export function scalar(type: ElementType, value: number): Tensor {
  return fromNumbers(type, [], [value]);
}

/** The elements as JavaScript numbers. int64 beyond 2^53 saturates to ±2^53, which every shape and axis fits. */
export function toNumbers(source: Tensor): number[] {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  if (!(source.data instanceof BigInt64Array)) return Array.from(source.data);
  return Array.from(source.data, (x) => Number(x > limit ? limit : x < -limit ? -limit : x));
}

/** The same numbers in another element type; the tensor itself when it has that type already. */
export function convert(source: Tensor, type: ElementType): Tensor {
  if (source.type === type) return source;
  if (source.type === "int64" || type === "int64" || type === "bool") {
    const numbers = toNumbers(source);
    return fromNumbers(type, source.shape, type === "bool" ? numbers.map((x) => (x === 0 ? 0 : 1)) : numbers);
  }
  return tensor(type, source.shape, new arrays[type](source.data as Float32Array));
}

export function isFloat(type: ElementType): boolean {
  return type === "float32" || type === "float64" || type === "float16";
}
