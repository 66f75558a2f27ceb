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
}

/** Reads and decodes images, upright as their EXIF data say. */
export interface ImageDecoder {
  /** Throws `DataError`, naming the file, where it is no image, or one that takes more memory than it may. */
  header(path: string): Promise<ImageHeader>;
  /**
   * The bytes [height, width, channels] of an image of 1 (grey) or 3 (sRGB) channels without transparency. One of
   * another size is scaled, keeping its proportions, until it covers that size, and cut around its centre. Throws
   * `DataError`, naming the file, where it is damaged.
   */
  pixels(path: string, size: { height: number; width: number; channels: number }): Promise<Uint8Array>;
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
        const { autoOrient, space = "" } = await open(path).metadata();
        const { height, width } = autoOrient;
        const bytes = height * width * PIXEL;
        if (bytes > memory) throw tooLarge(`${path} (${width} × ${height} pixels)`, memory, bytes);
        largest = Math.max(largest, bytes);
        return { height, width, grey: space === "b-w" || space === "grey16" };
      }),
    pixels: (path, { height, width, channels }) =>
      attempt(path, () =>
        inTurn(async () => {
          const bytes = await readBytes(path, memory);
          if (isPng(bytes)) checkPngChunks(bytes, path);
          const { data, info } = await open(bytes)
            .removeAlpha()
            .toColourspace(channels === 1 ? "b-w" : "srgb")
            .resize({ width, height, fit: "cover" })
            .raw()
            .toBuffer({ resolveWithObject: true });
          if (info.channels !== channels) throw new Error(`${info.channels} channels`);
          return new Uint8Array(data.buffer, data.byteOffset, data.length);
        }),
      ),
  };
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
