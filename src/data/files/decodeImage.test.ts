import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { afterAll, expect, test, vi } from "vitest";
import { DataError, UnsupportedError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { openImageDecoder } from "./decodeImage.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-images-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

test("16 bits become 8 where 8 are asked for, and grey is seen", async () => {
  const values = Uint16Array.from({ length: 16 }, (_, i) => i * 4096);
  const raw = { width: 4, height: 4, channels: 1 } as const;
  await sharp(values, { raw }).toColourspace("grey16").png().toFile(path("deep.png"));
  const decoder = await openImageDecoder();
  expect(await decoder.header(path("deep.png"))).toMatchObject({ height: 4, width: 4, grey: true });
  const pixels = await decoder.pixels(path("deep.png"), { height: 4, width: 4, channels: 1 });
  for (const [i, byte] of pixels.entries()) expect(Math.abs(byte - (i * 4096) / 257)).toBeLessThan(1);
});

test("a chunk of a PNG that is not that of its check sum is refused, even if no decoder needs it", async () => {
  const bytes = await sharp({ create: { width: 3, height: 2, channels: 3, background: "red" } })
    .withMetadata({ density: 72 })
    .png()
    .toBuffer();
  const at = bytes.indexOf("iCCP");
  expect(at).toBeGreaterThan(0);
  writeFileSync(path("profile.png"), bytes.fill(bytes[at + 30]! ^ 1, at + 30, at + 31));
  const decoder = await openImageDecoder();
  await expect(decoder.pixels(path("profile.png"), { height: 2, width: 3, channels: 3 })).rejects.toThrow(
    new RegExp(`profile.png: expected an image, got: a chunk of another CRC-32 at byte ${at - 4}; save it again`),
  );
  writeFileSync(path("cut.png"), bytes.subarray(0, at));
  await expect(decoder.pixels(path("cut.png"), { height: 2, width: 3, channels: 3 })).rejects.toThrow(
    /cut\.png: expected an image, got: \d+ bytes, which end before the image/,
  );
});

test("an image that takes more memory than it may is refused by its header", async () => {
  const blank = await sharp({ create: { width: 600, height: 500, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  writeFileSync(path("large.png"), blank);
  await expect((await openImageDecoder(2 ** 20)).header(path("large.png"))).rejects.toThrow(
    /large\.png \(600 × 500 pixels\): expected at most 1 MiB in memory, got 3 MiB; raise `dataMemory`/,
  );
  // A header of 60,000 × 60,000, with its check sum.
  const bomb = Uint8Array.from(blank);
  new DataView(bomb.buffer).setUint32(16, 60_000);
  new DataView(bomb.buffer).setUint32(20, 60_000);
  new DataView(bomb.buffer).setUint32(29, crc32(bomb.subarray(12, 29)));
  writeFileSync(path("bomb.png"), bomb);
  await expect((await openImageDecoder()).header(path("bomb.png"))).rejects.toThrow(
    /bomb\.png.*: expected (an image, got: .*pixel limit|at most 1024 MiB in memory, got 27466 MiB)/,
  );
});

test("drawings, which may name other files, are no images whatever they are called", async () => {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>`;
  writeFileSync(path("drawing.png"), drawing);
  await expect((await openImageDecoder()).header(path("drawing.png"))).rejects.toThrow(
    /drawing\.png: expected an image, got: .*unsupported image format; save it again/,
  );
});

test.each([
  ["grey", 1, "grey16"],
  ["colour", 3, "rgb16"],
] as const)("16 bits stay 16 where they are asked for: %s", async (name, channels, space) => {
  const values = Uint16Array.from({ length: 16 * channels }, (_, i) => i * 1000 + i);
  const raw = { width: 4, height: 4, channels } as const;
  await sharp(values, { raw })
    .toColourspace(space)
    .png()
    .toFile(path(`${name}.png`));
  const decoder = await openImageDecoder();
  const grey = channels === 1;
  expect(await decoder.header(path(`${name}.png`))).toEqual({
    height: 4,
    width: 4,
    grey,
    deep: true,
    transparent: false,
  });
  const pixels = await decoder.pixels(path(`${name}.png`), { height: 4, width: 4, channels, deep: true });
  expect([...pixels]).toEqual([...values]);
  // Of a picture of 8 bits, black stays black and white white.
  const black = { r: 0, g: 51, b: 255 };
  await sharp({ create: { width: 1, height: 1, channels: 3, background: black } })
    .png()
    .toFile(path("shallow.png"));
  const shallow = await decoder.pixels(path("shallow.png"), { height: 1, width: 1, channels: 3, deep: true });
  expect([...shallow]).toEqual([0, 51 * 257, 65535]);
});

test.each([
  ["8 bits", false, 4, [10, 20, 30, 128], [132, 137, 142]],
  ["8 bits, opaque", false, 4, [10, 20, 30, 255], [10, 20, 30]],
  ["8 bits, nothing to see", false, 4, [10, 20, 30, 0], [255, 255, 255]],
  ["grey of 8 bits", false, 2, [100, 51], [224]],
  ["16 bits, nothing to see", true, 4, [10, 20, 30, 0], [65535, 65535, 65535]],
  ["16 bits, opaque", true, 4, [10, 20000, 65535, 65535], [10, 20000, 65535]],
] as const)("what is transparent is laid on white: %s", async (name, deep, stored, values, expected) => {
  const data = deep ? Uint16Array.from(values) : Uint8Array.from(values);
  const space = deep ? "rgb16" : stored === 2 ? "b-w" : "srgb";
  await sharp(data, { raw: { width: 1, height: 1, channels: stored } })
    .toColourspace(space)
    .png()
    .toFile(path(`${name}.png`));
  const decoder = await openImageDecoder();
  expect(await decoder.header(path(`${name}.png`))).toMatchObject({ deep, transparent: true });
  const form = { height: 1, width: 1, channels: stored - 1, deep };
  expect([...(await decoder.pixels(path(`${name}.png`), form))]).toEqual([...expected]);
});

test("what a camera took sideways is turned upright", async () => {
  const raw = { width: 2, height: 1, channels: 1 } as const;
  await sharp(Uint8Array.of(0, 200), { raw }).withMetadata({ orientation: 6 }).png().toFile(path("turned.png"));
  const decoder = await openImageDecoder();
  const { height, width } = await decoder.header(path("turned.png"));
  expect([height, width]).toEqual([2, 1]);
  expect([...(await decoder.pixels(path("turned.png"), { height, width, channels: 1 }))]).toEqual([0, 200]);
});

test.each(["png", "jpeg", "webp"] as const)(
  "%s: whatever is changed, it is decoded or refused by name",
  async (format) => {
    const background = { r: 200, g: 40, b: 90 };
    const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
    const original = await sharp({ create: { width: 6, height: 5, channels: 3, background, noise } })
      .toFormat(format)
      .toBuffer();
    const decoder = await openImageDecoder();
    const { integer } = random(5);
    const file = path(`damaged.${format}`);
    const problem = async (bytes: Uint8Array) => {
      writeFileSync(file, bytes);
      try {
        const { height, width } = await decoder.header(file);
        if (!(height >= 1 && width >= 1)) return `${height} × ${width}`;
        return (await decoder.pixels(file, { height: 5, width: 6, channels: 3 })).length === 90 ? null : "another size";
      } catch (error) {
        return error instanceof DataError && !error.message.includes("\n") ? null : String(error);
      }
    };
    for (let position = 0; position < original.length; position += 3) {
      if (position % 4 === 0) expect(await problem(original.subarray(0, position))).toBeNull();
      const changed = Uint8Array.from(original);
      changed[position] = integer(256);
      expect(await problem(changed)).toBeNull();
    }
  },
);

test("without the package it says what to install", async () => {
  vi.resetModules();
  vi.doMock("sharp", () => {
    throw new Error("Cannot find package 'sharp'");
  });
  const { openImageDecoder: open } = await import("./decodeImage.ts");
  await expect(open()).rejects.toThrow(/^images: expected the package sharp, .* run: npm install sharp$/);
  await expect(open()).rejects.toMatchObject({ name: UnsupportedError.name });
  vi.doUnmock("sharp");
});
