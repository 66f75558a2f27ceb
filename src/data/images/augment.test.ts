import { describe, expect, test } from "vitest";
import { readBatch } from "../../../test/readBatch.ts";
import { clouds } from "../../../test/training.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import type { Dataset } from "../dataset.ts";
import { type Augmentation, augment, parseAugmentations } from "./augment.ts";
import { transforms } from "./transforms.ts";

const [channels, height, width] = [2, 5, 6];
const data = clouds(20, [channels, height, width]);
const area = height * width;

async function example(from: Dataset, index: number, draw?: number): Promise<number[]> {
  return toNumbers((await readBatch(from, [index], draw)).x!);
}

const all = Object.keys(transforms) as Augmentation["name"][];
const everything = all.map((name) => ({ name, amount: transforms[name].amount }));

describe("what is random depends on seed, draw and example alone", () => {
  test("not on the order or on the micro-batch", async () => {
    const changed = augment(data, everything, 3);
    const together = toNumbers((await readBatch(changed, [4, 9, 0], 7)).x!);
    const length = channels * area;
    expect(together.slice(length, 2 * length)).toEqual(await example(changed, 9, 7));
    expect(await example(augment(data, everything, 3), 9)).toEqual(await example(data, 9));
    expect(await example(augment(data, everything, 3), 9, 7)).toEqual(together.slice(length, 2 * length));
  });

  test("another seed, draw or example gives another version", async () => {
    const noise = [{ name: "noise", amount: 1 }] as const;
    const added = async (seed: number, draw: number, index: number) => {
      const [old, now] = [await example(data, index), await example(augment(data, noise, seed), index, draw)];
      return now.map((value, i) => (value - old[i]!).toFixed(3)).join();
    };
    const versions = await Promise.all([
      ...[0, 1, 2, 2 ** 31, 2 ** 32 - 1].map((seed) => added(seed, 0, 0)),
      ...[1, 2, 3, 2 ** 32, 2 ** 40].map((draw) => added(0, draw, 0)),
      ...[1, 2, 3].map((index) => added(0, 0, index)),
    ]);
    expect(new Set(versions).size).toBe(13);
  });

  test("labels stay, and so do the data themselves", async () => {
    const before = await example(data, 3);
    const batch = await readBatch(augment(data, everything, 1), [3], 0);
    expect(toNumbers(batch.y!)).toEqual([data.labels[3]]);
    expect(await example(data, 3)).toEqual(before);
  });
});

describe("crop and flip only move pixels", () => {
  test("a crop is a shift by whole pixels, with the edges drawn out; all shifts occur", async () => {
    const cropped = augment(data, [{ name: "crop", amount: 1 }], 5);
    const seen = new Set<string>();
    for (let draw = 0; draw < 120; draw++) {
      const [old, now] = [await example(data, 0), await example(cropped, 0, draw)];
      const clamp = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
      const shifted = (down: number, right: number) =>
        old.map((_, i) => {
          const [c, y, x] = [Math.floor(i / area), Math.floor((i % area) / width), i % width];
          return old[c * area + clamp(y + down, height) * width + clamp(x + right, width)]!;
        });
      const moves = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => [down, right] as const));
      const move = moves.find(([down, right]) => shifted(down, right).join() === now.join());
      expect(move).toBeDefined();
      seen.add(String(move));
    }
    expect(seen.size).toBe(9);
  });

  test("a flip mirrors the rows, about every second time", async () => {
    const flipped = augment(data, [{ name: "flip", amount: 0.5 }], 1);
    const old = await example(data, 2);
    const mirror = old.map((_, i) => old[i - (i % width) + width - 1 - (i % width)]!);
    let count = 0;
    for (let draw = 0; draw < 400; draw++) {
      const now = await example(flipped, 2, draw);
      if (now.join() === mirror.join()) count++;
      else expect(now).toEqual(old);
    }
    // Four standard deviations of 400 fair coins are 40.
    expect(Math.abs(count - 200)).toBeLessThan(40);
  });
});

test("a turn keeps the middle and, of a smooth image, the values along circles", () => {
  const side = 21;
  const values = Float32Array.from(
    { length: side * side },
    (_, i) => Math.floor(i / side) - 10 + 2 * ((i % side) - 10),
  );
  const image = { values, channels: 1, height: side, width: side };
  const generator = { uniform: () => 0.75 } as never;
  transforms.rotate.apply(image, 60, generator);
  // 0.75 of (−60°, 60°) is 30°; a plane is interpolated exactly.
  const [sine, cosine] = [0.5, Math.sqrt(0.75)];
  for (const [y, x] of [
    [0, 0],
    [3, -2],
    [-4, 5],
  ] as const) {
    const [oldY, oldX] = [cosine * y - sine * x, sine * y + cosine * x];
    expect(values[(y + 10) * side + x + 10]).toBeCloseTo(oldY + 2 * oldX, 4);
  }
});

test("contrast keeps the mean, brightness and noise have the size asked for", async () => {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const old = await example(data, 1);
  const contrast = augment(data, [{ name: "contrast", amount: 0.5 }], 1);
  const brightness = augment(data, [{ name: "brightness", amount: 0.3 }], 1);
  const noise = augment(data, [{ name: "noise", amount: 2 }], 1);
  const squares: number[] = [];
  for (let draw = 0; draw < 100; draw++) {
    expect(mean(await example(contrast, 1, draw))).toBeCloseTo(mean(old), 4);
    const added = (await example(brightness, 1, draw)).map((value, i) => value - old[i]!);
    expect(Math.max(...added) - Math.min(...added)).toBeLessThan(1e-5);
    expect(Math.abs(added[0]!)).toBeLessThanOrEqual(0.3 + 1e-6);
    squares.push(...(await example(noise, 1, draw)).map((value, i) => (value - old[i]!) ** 2));
  }
  // 6,000 squares of deviation 2: their mean is 4, give or take 0.07.
  expect(Math.abs(mean(squares) - 4)).toBeLessThan(0.3);
});

test("a cutout erases one square, the same in all channels", async () => {
  const cut = augment(data, [{ name: "cutout", amount: 0.4 }], 2);
  const sizes = new Set<number>();
  for (let draw = 0; draw < 60; draw++) {
    const [old, now] = [await example(data, 0), await example(cut, 0, draw)];
    const erased = now.map((value) => value === 0);
    expect(now.every((value, i) => erased[i] || value === old[i])).toBe(true);
    expect(erased.slice(0, area)).toEqual(erased.slice(area));
    sizes.add(erased.slice(0, area).filter(Boolean).length);
  }
  expect(Math.max(...sizes)).toBe(4);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
});

test("series and tables take noise", async () => {
  const table = clouds(5, [4]);
  const changed = augment(table, parseAugmentations("noise:0.5", table), 0);
  expect(await example(changed, 2, 0)).not.toEqual(await example(table, 2));
});

test("standard is for photographs, and flips no digits", () => {
  const names = (classNames: string[]) =>
    parseAugmentations("standard,noise", { ...data, classNames }).map(({ name }) => name);
  expect(names(["cat", "dog"])).toEqual(["crop", "flip", "noise"]);
  expect(names(["0", "1"])).toEqual(["crop", "noise"]);
  expect(parseAugmentations("flip", { ...data, classNames: ["0", "1"] })).toEqual([{ name: "flip", amount: 0.5 }]);
});

test.each([
  ["flop", /^`augment`: expected changes of crop, .* or standard, got "flop"; did you mean "flip"\?$/],
  ["crop:1.5", /^`augment`: expected crop with a whole number of pixels, got "crop:1.5"; change it$/],
  ["noise:", /^`augment`: expected noise with a number above 0, got "noise:"; change it$/],
  ["crop,crop:2", /^`augment`: expected each change once, got "crop" twice; leave one out$/],
])("refuses %s", (text, message) => {
  expect(() => parseAugmentations(text, data)).toThrow(message);
});

test("refuses changes of images for what is none, and any of tokens", () => {
  expect(() => parseAugmentations("noise,flip", clouds(5, [4]))).toThrow(
    '`augment`: expected images for flip, got "x" of [4] from clouds; use noise, or leave it out',
  );
  const tokens: Dataset = { ...clouds(5, [4]), inputs: [{ name: "x", type: "int64", shape: [4] }] };
  expect(() => parseAugmentations("noise", tokens)).toThrow(/^`augment`: expected numbers to change, got tokens as/);
});
