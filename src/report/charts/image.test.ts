import { createCanvas, loadImage } from "@napi-rs/canvas";
import { expect, test } from "vitest";
import { divergingPalette, paletteEntry, paletteImage, pixelImage } from "./image.ts";

async function pixels(url: string) {
  const image = await loadImage(url);
  const context = createCanvas(image.width, image.height).getContext("2d");
  context.drawImage(image, 0, 0);
  return { width: image.width, height: image.height, data: context.getImageData(0, 0, image.width, image.height).data };
}

test("another decoder reads back every entry, each as zoom × zoom pixels", async () => {
  const palette = new Uint8Array(1024).map((_, i) => (i % 4 === 3 ? 255 : (i * 7) % 256));
  const entries = Uint8Array.of(0, 1, 255, 17, 128, 3);
  const { width, height, data } = await pixels(paletteImage(entries, 3, palette, 2));
  expect([width, height]).toEqual([6, 4]);
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 6; x++) {
      const entry = entries[3 * Math.floor(y / 2) + Math.floor(x / 2)]!;
      expect([...data.slice(4 * (6 * y + x), 4 * (6 * y + x) + 4)]).toEqual([
        ...palette.slice(4 * entry, 4 * entry + 4),
      ]);
    }
});

test("colours grow in opacity to both ends, and blue and orange-red never look alike", () => {
  const palette = divergingPalette();
  const color = (value: number) => [...palette.slice(4 * paletteEntry(value), 4 * paletteEntry(value) + 4)];
  expect(color(0)[3]).toBe(0);
  expect(color(Number.NaN)).toEqual([128, 128, 128, 110]);
  expect(color(-5)).toEqual(color(-1));
  for (let value = 1; value <= 127; value++) {
    const [negative, positive] = [color(-value / 127), color(value / 127)];
    expect(negative[3]).toBe(positive[3]);
    expect(positive[3]!).toBeGreaterThan(color((value - 1) / 127)[3]!);
    expect(negative[2]! - negative[0]!).toBeGreaterThan(100);
    expect(positive[0]! - positive[2]!).toBeGreaterThan(100);
  }
});

test.each([1, 3] as const)("another decoder reads back every byte of %i channels", async (channels) => {
  const bytes = Uint8Array.from({ length: 5 * 3 * channels }, (_, i) => (i * 37) % 256);
  const { width, height, data } = await pixels(pixelImage(bytes, 5, channels));
  expect([width, height]).toEqual([5, 3]);
  for (let at = 0; at < 15; at++)
    expect([...data.slice(4 * at, 4 * at + 3)]).toEqual(
      [0, 1, 2].map((c) => bytes[at * channels + Math.min(c, channels - 1)]),
    );
});
