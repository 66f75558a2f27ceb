/**
 * A second reader of Snappy's blocks, from google/snappy's format_description.txt and nothing of ours. Throws
 * `RangeError` for what is none.
 */
export function unsnapped(bytes: Uint8Array): Uint8Array {
  const place = { at: 0 };
  const result = new Uint8Array(varint(bytes, place));
  let size = 0;
  while (place.at < bytes.length) {
    const tag = bytes[place.at++]!;
    const high = tag >> 2;
    if ((tag & 3) === 0) {
      const length = high < 60 ? high + 1 : number(bytes, place, high - 59) + 1;
      if (place.at + length > bytes.length || size + length > result.length)
        throw new RangeError("a literal beyond the end");
      for (let i = 0; i < length; i++) result[size++] = bytes[place.at++]!;
      continue;
    }
    const near = (tag & 3) === 1;
    const length = near ? (high & 7) + 4 : high + 1;
    const back = near ? ((tag >> 5) << 8) + number(bytes, place, 1) : number(bytes, place, (tag & 3) === 2 ? 2 : 4);
    if (back < 1 || back > size || size + length > result.length) throw new RangeError("a copy of what is not there");
    for (let i = 0; i < length; i++, size++) result[size] = result[size - back]!;
  }
  if (size !== result.length) throw new RangeError(`${size} of ${result.length} bytes`);
  return result;
}

function varint(bytes: Uint8Array, place: { at: number }): number {
  for (let [value, factor] = [0, 1]; ; factor *= 128) {
    const byte = number(bytes, place, 1);
    value += (byte & 127) * factor;
    if (byte < 128) return value;
  }
}

/** Little-endian. */
function number(bytes: Uint8Array, place: { at: number }, width: number): number {
  if (place.at + width > bytes.length) throw new RangeError("the end");
  let value = 0;
  for (let i = 0; i < width; i++) value += bytes[place.at++]! * 256 ** i;
  return value;
}
