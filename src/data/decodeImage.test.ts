import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test, vi } from "vitest";
import { DataError, UnsupportedError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { openImageDecoder } from "./decodeImage.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-images-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

test("16 bits become 8, and grey is seen", async () => {
  const values = Uint16Array.from({ length: 16 }, (_, i) => i * 4096);
  const raw = { width: 4, height: 4, channels: 1 } as const;
  await sharp(values, { raw }).toColourspace("grey16").png().toFile(path("deep.png"));
  const decoder = await openImageDecoder();
  expect(await decoder.header(path("deep.png"))).toEqual({ height: 4, width: 4, grey: true });
  const pixels = await decoder.pixels(path("deep.png"), { height: 4, width: 4, channels: 1 });
  for (const [i, byte] of pixels.entries()) expect(Math.abs(byte - (i * 4096) / 257)).toBeLessThan(1);
});

test("transparency is left out, the colours stay", async () => {
  const background = { r: 10, g: 20, b: 30, alpha: 0.5 };
  await sharp({ create: { width: 2, height: 1, channels: 4, background } })
    .png()
    .toFile(path("glass.png"));
  const pixels = await (await openImageDecoder()).pixels(path("glass.png"), { height: 1, width: 2, channels: 3 });
  expect([...pixels]).toEqual([10, 20, 30, 10, 20, 30]);
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
