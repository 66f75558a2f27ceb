import { DataError, NotFoundError, UnsupportedError } from "../../tensor/errors.ts";
import { defaultMemory } from "../openOptions.ts";
import { tooLarge } from "./compression.ts";
import { fileSizes, readBytes } from "./files.ts";
import { checkPngChunks, isPng } from "./pngChunks.ts";

/** The endings of files that are read as images. */
export const imageEnding = /\.(png|jpe?g|webp)$/i;

export interface ImageHeader {
  readonly height: number;
  readonly width: number;
  /** Whether all it shows is grey. */
  readonly grey: boolean;
  /** Whether its levels have 16 bits. */
  readonly deep: boolean;
  /** Whether its pixels may be transparent. */
  readonly transparent: boolean;
}

/** What an image is brought to. `deep`: levels of 16 bits, 8 by default. */
interface PixelForm {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly deep?: boolean;
}

/** Reads and decodes images, upright as their EXIF data say. */
export interface ImageDecoder {
  /** Throws `DataError`, naming the file, where it is no image, or one that takes more memory than it may. */
  header(path: string): Promise<ImageHeader>;
  /**
   * The levels [height, width, channels] of an image of 1 (grey) or 3 (sRGB) channels, what is transparent laid on
   * white. One of another size is scaled, keeping its proportions, until it covers that size, and cut around its
   * centre; one of 8 bits is the same in 16. Throws `DataError`, naming the file, where it is damaged.
   */
  pixels(path: string, form: PixelForm): Promise<Uint8Array | Uint16Array>;
}

/** Images of 2^28 pixels decode into a gigabyte; no training example is as large. */
const MAXIMUM_PIXELS = 2 ** 26;

/** Bytes of a pixel at most, while an image is decoded: four channels of 16 bits. */
const PIXEL = 8;

/** The loaders that are for pictures of pixels; of the others some read files that a picture names. */
const loaders = ["Jpeg", "Png", "Webp", "Nsgif"].map((format) => `VipsForeignLoad${format}`);

/**
 * A decoder that takes at most about `memory` bytes at a time. Throws `UnsupportedError`, saying what to install, where
 * the package `sharp` is not there.
 */
export async function openImageDecoder(memory: number = defaultMemory): Promise<ImageDecoder> {
  const { default: sharp } = await import("sharp").catch(() => {
    throw new UnsupportedError(
      "images: expected the package sharp, which reads them, got none that runs here; run: npm install sharp",
    );
  });
  // Each image is decoded once; what sharp would keep of it is memory that nobody counts.
  sharp.cache(false);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: loaders });
  const open = (image: string | Uint8Array) =>
    sharp(image, { failOn: "warning", limitInputPixels: MAXIMUM_PIXELS }).autoOrient();
  let largest = PIXEL;
  const inTurn = limiter(() => Math.max(1, Math.floor(memory / largest)));
  return {
    header: (path) =>
      attempt(path, async () => {
        // What is no file may never come to an end.
        await fileSizes([path]);
        const { autoOrient, space = "", depth, hasAlpha } = await open(path).metadata();
        const { height, width } = autoOrient;
        const bytes = height * width * PIXEL;
        if (bytes > memory) throw tooLarge(`${path} (${width} × ${height} pixels)`, memory, bytes);
        largest = Math.max(largest, bytes);
        return { height, width, grey: isGrey(space), deep: depth === "ushort", transparent: hasAlpha };
      }),
    pixels: (path, { height, width, channels, deep = false }) =>
      attempt(path, () =>
        inTurn(async () => {
          const bytes = await readBytes(path, memory);
          if (isPng(bytes)) checkPngChunks(bytes, path);
          const image = open(bytes);
          const { depth, hasAlpha } = channels === 1 || deep ? await image.metadata() : {};
          // What has 8 bits is decoded so, as a conversion of colours to 16 would leave out the highest level.
          const own = deep && depth === "ushort";
          // Of grey levels alone the library gives no transparency.
          const grey = channels === 1 && !hasAlpha;
          const { data, info } = await image
            .toColourspace(grey ? (own ? "grey16" : "b-w") : own ? "rgb16" : "srgb")
            .resize({ width, height, fit: "cover" })
            .raw({ depth: own ? "ushort" : "uchar" })
            .toBuffer({ resolveWithObject: true });
          const levels = own
            ? new Uint16Array(new Uint8Array(data).buffer)
            : new Uint8Array(data.buffer, data.byteOffset, data.length);
          const wanted = grey ? 1 : 3;
          if (info.channels !== wanted && info.channels !== 4) throw new Error(`${info.channels} channels`);
          const shown = info.channels > wanted ? onWhite(levels, wanted) : levels;
          const opaque = wanted > channels ? shown.filter((_, i) => i % wanted === 0) : shown;
          return deep && !own ? Uint16Array.from(opaque, (level) => level * 257) : opaque;
        }),
      ),
  };
}

function isGrey(space: string): boolean {
  return space === "b-w" || space === "grey16";
}

/** Pixels whose last channel says how opaque they are, before white. */
function onWhite<T extends Uint8Array | Uint16Array>(levels: T, channels: number): T {
  const highest = levels instanceof Uint16Array ? 65535 : 255;
  const opaque = levels.slice(0, (levels.length / (channels + 1)) * channels) as T;
  for (let i = 0; i < opaque.length; i++) {
    const pixel = Math.floor(i / channels) * (channels + 1);
    const alpha = levels[pixel + channels]!;
    const level = levels[pixel + (i % channels)]!;
    opaque[i] = Math.round((level * alpha + highest * (highest - alpha)) / highest);
  }
  return opaque;
}

/** Runs actions when they are given, but no more at a time than `most` says; the others wait for their turn. */
function limiter(most: () => number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(action: () => Promise<T>): Promise<T> => {
    while (running >= most()) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      return await action();
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

async function attempt<T>(path: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof DataError || error instanceof NotFoundError) throw error;
    const got = error instanceof Error ? error.message.replaceAll(path, "the file").split("\n", 1)[0] : String(error);
    throw new DataError(`${path}: expected an image, got: ${got}; save it again or remove it`);
  }
}
