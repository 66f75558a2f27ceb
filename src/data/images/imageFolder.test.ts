import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { readBatch } from "../../../test/readBatch.ts";
import { DataError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { openImageDecoder } from "../files/decodeImage.ts";
import { keepPixels } from "./imageFolder.ts";

const { put, open, root } = dataFolder();
const all = (size: number) => [...Array(size).keys()];

describe("folders of images", () => {
  const shade = (level: number, format: "png" | "jpeg" | "webp", width = 6, height = 4) =>
    sharp({ create: { width, height, channels: 3, background: { r: level, g: level / 2, b: 255 - level } } })
      .toFormat(format)
      .toBuffer();

  beforeAll(async () => {
    for (let i = 0; i < 10; i++) {
      put(`photos/cat/${i}.png`, await shade(10 * i, "png"));
      put(`photos/dog/${i}.${i % 2 ? "jpg" : "webp"}`, await shade(10 * i + 100, i % 2 ? "jpeg" : "webp"));
      put(`parts/train/cat/${i}.png`, await shade(10 * i, "png"));
      put(`parts/train/dog/${i}.png`, await shade(200 - i, "png"));
    }
    put("photos/dog/notes.txt", "not an image");
    put("parts/test/cat/0.png", await shade(30, "png"));
    put("parts/test/dog/0.png", await shade(17, "png"));
    put(
      "grey/a/0.png",
      await sharp({ create: { width: 5, height: 5, channels: 3, background: "#808080" } })
        .toColourspace("b-w")
        .png()
        .toBuffer(),
    );
    put(
      "grey/b/0.png",
      await sharp({ create: { width: 5, height: 5, channels: 3, background: "#404040" } })
        .toColourspace("b-w")
        .png()
        .toBuffer(),
    );
    put(
      "grey/b/1.png",
      await sharp({ create: { width: 5, height: 5, channels: 3, background: "#404040" } })
        .toColourspace("b-w")
        .png()
        .toBuffer(),
    );
  });

  test("one folder for each class, decoded exactly, paths kept", async () => {
    const { train, validation, description, notes } = await open("photos");
    expect(train).toMatchObject({ size: 16, classNames: ["cat", "dog"], inputs: [{ name: "x", shape: [3, 4, 6] }] });
    expect([...validation.labels].sort()).toEqual([0, 0, 1, 1]);
    expect(inWords(notes)[0]).toMatch(/photos: colour images of 4 × 6 pixels in 2 classes: cat, dog$/);
    const index = train.columns!.file!.findIndex((path) => path.includes("cat"));
    const level = 10 * Number(/(\d)\.png$/.exec(train.columns!.file![index]!)![1]);
    const { x, y } = await readBatch(train, [index]);
    const bytes = [0, 1, 2].map((channel) => {
      const { mean, deviation } = description!.inputs[channel]!.moments!;
      return new Set(
        toNumbers(x!)
          .slice(channel * 24, channel * 24 + 24)
          .map((v) => Math.round((v * deviation + mean) * 255)),
      );
    });
    expect(bytes).toEqual([new Set([level]), new Set([level / 2]), new Set([255 - level])]);
    expect(toNumbers(y!)).toEqual([0]);
  });

  test("train/ and test/ are used as they are, equal files reported", async () => {
    const { train, validation, notes } = await open("parts");
    expect([train.size, validation.size]).toEqual([20, 2]);
    expect(inWords(notes).at(-1)).toMatch(
      /^1 of the 2 validation images are training images too \(.*train\/cat\/3\.png and .*test\/cat/,
    );
    put("more/train/cat/0.png", await shade(1, "png"));
    put("more/val/cow/0.png", await shade(2, "png"));
    await expect(open("more")).rejects.toThrow(
      /val: expected the classes of .*train, got "cow" too; rename or remove it/,
    );
  });

  test("grey images have one channel", async () => {
    expect((await open("grey", { validationSplit: 0.4 })).train.inputs[0]!.shape).toEqual([1, 5, 5]);
  });

  test("sizes must agree, or are brought to `imageSize`", async () => {
    put("sizes/a/0.png", await shade(5, "png"));
    put("sizes/a/1.png", await shade(5, "png", 9, 9));
    put("sizes/b/0.png", await shade(7, "png"));
    put("sizes/b/1.png", await shade(8, "png"));
    await expect(open("sizes")).rejects.toThrow(
      /: expected \d × \d pixels as in .*, got \d × \d; pass `imageSize` \dx\d or/,
    );
    const { train } = await open("sizes", { imageSize: [3, 5], validationSplit: 0.5 });
    expect(train.inputs[0]!.shape).toEqual([3, 3, 5]);
  });

  test("damaged files are named, at once or when they are decoded", async () => {
    const whole = await sharp({
      create: {
        width: 64,
        height: 64,
        channels: 3,
        background: "red",
        noise: { type: "gaussian", mean: 99, sigma: 30 },
      },
    })
      .jpeg()
      .toBuffer();
    put("broken/a/0.jpg", whole);
    put("broken/b/0.jpg", whole.subarray(0, whole.length / 2));
    put("broken/b/1.jpg", whole);
    const opened = open("broken", { validationSplit: 0.4 }).then(({ train, validation }) =>
      Promise.all([readBatch(train, all(2)), readBatch(validation, [0])]),
    );
    await expect(opened).rejects.toThrow(DataError);
    await expect(opened).rejects.toThrow(/broken\/b\/0\.jpg: expected an image, got: .*; save it again or remove it$/);
    put("broken/b/0.jpg", "no image at all");
    await expect(open("broken")).rejects.toThrow(/broken\/b\/0\.jpg: expected an image, got: .*; save it again/);
  });

  test("decoded images are kept up to the memory that they may take", async () => {
    const decoder = await openImageDecoder();
    const paths = all(10).map((i) => join(root, `photos/cat/${i}.png`));
    const shape = { height: 4, width: 6, channels: 3, deep: false } as const;
    const kept = keepPixels(decoder, paths, shape, 72 * 4 + 1);
    for (const i of [...all(10), ...all(10)])
      expect([...(await kept(i))].slice(0, 3)).toEqual([10 * i, 5 * i, 255 - 10 * i]);
    expect(kept.held()).toBe(72 * 4);
  });
});
