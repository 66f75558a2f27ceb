import { DataError, UnsupportedError } from "../tensor/errors.ts";

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
  /** Throws `DataError`, naming the file, where it is no image. */
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

/** Throws `UnsupportedError`, saying what to install, where the package `sharp` is not there. */
export async function openImageDecoder(): Promise<ImageDecoder> {
  const { default: sharp } = await import("sharp").catch(() => {
    throw new UnsupportedError(
      "images: expected the package sharp, which reads them, got none that runs here; run: npm install sharp",
    );
  });
  // Each image is decoded once; what sharp would keep of it is memory that nobody counts.
  sharp.cache(false);
  const open = (path: string) => sharp(path, { failOn: "warning", limitInputPixels: MAXIMUM_PIXELS }).autoOrient();
  return {
    header: (path) =>
      attempt(path, async () => {
        const { autoOrient, space = "" } = await open(path).metadata();
        return { height: autoOrient.height, width: autoOrient.width, grey: space === "b-w" || space === "grey16" };
      }),
    pixels: (path, { height, width, channels }) =>
      attempt(path, async () => {
        const { data, info } = await open(path)
          .removeAlpha()
          .toColourspace(channels === 1 ? "b-w" : "srgb")
          .resize({ width, height, fit: "cover" })
          .raw()
          .toBuffer({ resolveWithObject: true });
        if (info.channels !== channels) throw new Error(`${info.channels} channels`);
        return new Uint8Array(data.buffer, data.byteOffset, data.length);
      }),
  };
}

async function attempt<T>(path: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    const got = error instanceof Error ? error.message.replaceAll(path, "the file").split("\n", 1)[0] : String(error);
    throw new DataError(`${path}: expected an image, got: ${got}; save it again or remove it`);
  }
}
