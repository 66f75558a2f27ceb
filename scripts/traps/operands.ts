import { arrayClass, type ElementType, isFloat, type Shape, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";

/** Bits and sign of the integer types. */
const integers: Partial<Record<ElementType, readonly [bits: number, signed: boolean]>> = {
  int8: [8, true],
  uint8: [8, false],
  int32: [32, true],
  int64: [64, true],
};
const largest: Partial<Record<ElementType, number>> = {
  float16: 65504,
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
};

/** Numbers of a type at which operators of a processor or a library have gone wrong. */
export function nastyNumbers(type: ElementType): readonly (number | bigint)[] {
  const big = largest[type] ?? 1;
  if (isFloat(type)) return [0, -1, big, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const [bits, signed] = integers[type] ?? [0, false];
  // Truth values are bytes, of which only 0 and 1 mean something.
  if (bits === 0) return [0, 1, 255];
  const [least, most] = signed
    ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
    : [0n, 2n ** BigInt(bits) - 1n];
  return [least, most, 0n, 1n, ...(signed ? [-1n] : []), most / 2n + 1n].map((x) => (bits === 64 ? x : Number(x)));
}

/** Nothing but these numbers, one after the other and again. */
export function filled(type: ElementType, shape: Shape, numbers: readonly (number | bigint)[]): Tensor {
  const data = new (arrayClass(type))(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = numbers[i % numbers.length]!;
  return { type, shape, data };
}
