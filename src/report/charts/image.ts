import { zlibSync } from "fflate";

/**
 * Diverging colours for values in [−1, 1], as 256 palette entries of red, green, blue, alpha: blue for negative,
 * transparent at 0, orange-red for positive. Only the opacity carries the value, so the zero is white on a white
 * page and dark on a dark one, and one image serves both. Entry 0 is the neutral grey of what has no value.
 */
export function divergingPalette(): Uint8Array {
  const palette = new Uint8Array(4 * 256);
  palette.set([128, 128, 128, 110], 0);
  for (let entry = 1; entry < 256; entry++) {
    const value = (entry - 128) / 127;
    const strength = Math.abs(value);
    // Towards the ends the hue darkens too: more steps that the eye can tell apart than opacity alone gives.
    const [r, g, b] =
      value < 0
        ? [64 - 64 * strength, 150 - 46 * strength, 230 - 40 * strength]
        : [245 - 37 * strength, 150 - 84 * strength, 40 - 40 * strength];
    palette.set([r!, g!, b!, Math.round(255 * strength ** 0.85)], 4 * entry);
  }
  return palette;
}

/** The palette entry of a value in [−1, 1]; 0, the neutral one, for NaN. */
export function paletteEntry(value: number): number {
  return Number.isNaN(value) ? 0 : 128 + Math.round(127 * Math.max(-1, Math.min(1, value)));
}

/**
 * An indexed-colour PNG (ISO/IEC 15948, colour type 3, bit depth 8) as a data URL.
 *
 *   entries   [height · width] palette indices, row by row from the top
 *   palette   [4 · 256] red, green, blue, alpha
 *   zoom      every entry becomes zoom × zoom pixels, because browsers blur what they enlarge
 */
export function paletteImage(entries: Uint8Array, width: number, palette: Uint8Array, zoom: number): string {
  const height = entries.length / width;
  const lines = new Uint8Array(height * zoom * (width * zoom + 1));
  for (let y = 0; y < height * zoom; y++) {
    const start = y * (width * zoom + 1) + 1; // each line begins with its filter type, 0 = none
    const row = Math.floor(y / zoom) * width;
    for (let x = 0; x < width * zoom; x++) lines[start + x] = entries[row + Math.floor(x / zoom)]!;
  }
  return png(width * zoom, height * zoom, 3, lines, [
    chunk(
      "PLTE",
      palette.filter((_, i) => i % 4 !== 3),
    ),
    chunk(
      "tRNS",
      palette.filter((_, i) => i % 4 === 3),
    ),
  ]);
}

/**
 * Grey (1 channel) or red, green, blue (3) bytes [height × width × channels] as a PNG data URL: colour type 0 or 2, bit
 * depth 8.
 */
export function pixelImage(pixels: Uint8Array, width: number, channels: 1 | 3): string {
  const length = width * channels;
  const height = pixels.length / length;
  const lines = new Uint8Array(height * (length + 1));
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * length, (y + 1) * length), y * (length + 1) + 1);
  return png(width, height, channels === 1 ? 0 : 2, lines, []);
}

/** `lines`: filter type and pixels of each line. */
function png(
  width: number,
  height: number,
  colorType: number,
  lines: Uint8Array,
  chunks: readonly Uint8Array[],
): string {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colorType, 0, 0, 0], 8);
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...chunks,
    chunk("IDAT", zlibSync(lines, { level: 9 })),
    chunk("IEND", new Uint8Array(0)),
  ];
  return `data:image/png;base64,${base64(parts)}`;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** CRC-32 of ISO/IEC 15948 Annex D, polynomial 0xedb88320. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function base64(parts: readonly Uint8Array[]): string {
  let text = "";
  for (const part of parts) for (const byte of part) text += String.fromCharCode(byte);
  return btoa(text);
}
