/** bfloat16 is the upper half of a float32: its sign, its exponent and seven bits of the fraction. */

/** The numbers that these bits stand for. */
export function fromBfloat16(bits: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(bits, (upper) => upper << 16).buffer);
}

/** The bits of the nearest numbers, of two equally near ones that with an even last bit. */
export function toBfloat16(numbers: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(Float32Array.from(numbers).buffer);
  const quietNaN = 0x7fc0;
  return Uint16Array.from(bits, (all, i) =>
    Number.isNaN(numbers[i]) ? quietNaN : (all + 0x7fff + ((all >>> 16) & 1)) >>> 16,
  );
}
