import type { Random } from "../../tensor/random.ts";

/** One example [channels, height, width], normalised, changed in place; what is no image is one row of one channel. */
export interface Image {
  readonly values: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

interface Transform {
  /** One line of help. */
  readonly about: string;
  /** Without `:amount`. */
  readonly amount: number;
  /** Completes "with …". */
  readonly expects: string;
  readonly holds: (amount: number) => boolean;
  /** Whether it means something for images only. */
  readonly images: boolean;
  readonly apply: (image: Image, amount: number, random: Random) => void;
}

const between = (low: number, high: number) => (x: number) => x > low && x <= high;
const whole = (x: number) => Number.isInteger(x) && x >= 1;

/**
 * Random changes by name. Outside an image its nearest edge pixel is seen, which is right for every normalisation.
 * Brightness, contrast and noise are in standard deviations of the training data, which is what examples are normalised
 * by.
 */
export const transforms = {
  crop: {
    about: "shift by at most so many pixels",
    amount: 4,
    expects: "a whole number of pixels",
    holds: whole,
    images: true,
    apply(image, pixels, random) {
      const [down, right] = [random.integer(2 * pixels + 1) - pixels, random.integer(2 * pixels + 1) - pixels];
      resample(image, (y, x) => [y + down, x + right]);
    },
  },
  flip: {
    about: "mirror left and right, every second time",
    amount: 0.5,
    expects: "a probability above 0 and at most 1",
    holds: between(0, 1),
    images: true,
    apply(image, probability, random) {
      if (random.uniform() < probability) resample(image, (y, x) => [y, image.width - 1 - x]);
    },
  },
  rotate: {
    about: "turn by at most so many degrees",
    amount: 10,
    expects: "degrees above 0 and at most 180",
    holds: between(0, 180),
    images: true,
    apply(image, degrees, random) {
      const angle = ((2 * random.uniform() - 1) * degrees * Math.PI) / 180;
      const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
      const [middleY, middleX] = [(image.height - 1) / 2, (image.width - 1) / 2];
      resample(image, (y, x) => [
        middleY + cosine * (y - middleY) - sine * (x - middleX),
        middleX + sine * (y - middleY) + cosine * (x - middleX),
      ]);
    },
  },
  translate: {
    about: "shift by at most such a part of height and width, in between pixels too",
    amount: 0.1,
    expects: "a part above 0 and at most 1",
    holds: between(0, 1),
    images: true,
    apply(image, part, random) {
      const [down, right] = [image.height, image.width].map((side) => (2 * random.uniform() - 1) * part * side);
      resample(image, (y, x) => [y + down!, x + right!]);
    },
  },
  brightness: {
    about: "add one number to all pixels, at most so much",
    amount: 0.2,
    expects: "a number above 0",
    holds: between(0, Number.MAX_VALUE),
    images: true,
    apply({ values }, most, random) {
      const added = (2 * random.uniform() - 1) * most;
      for (let i = 0; i < values.length; i++) values[i]! += added;
    },
  },
  contrast: {
    about: "stretch all pixels about their mean by 1 ± at most so much",
    amount: 0.2,
    expects: "a number above 0 and at most 1",
    holds: between(0, 1),
    images: true,
    apply({ values }, most, random) {
      const factor = 1 + (2 * random.uniform() - 1) * most;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      for (let i = 0; i < values.length; i++) values[i] = mean + (values[i]! - mean) * factor;
    },
  },
  noise: {
    about: "add normal noise of such a deviation to every number",
    amount: 0.1,
    expects: "a number above 0",
    holds: between(0, Number.MAX_VALUE),
    images: false,
    apply({ values }, deviation, random) {
      for (let i = 0; i < values.length; i++) values[i]! += deviation * random.normal();
    },
  },
  cutout: {
    about: "erase a square of such a part of the shorter side (DeVries & Taylor 2017, arXiv:1708.04552)",
    amount: 0.5,
    expects: "a part above 0 and at most 1",
    holds: between(0, 1),
    images: true,
    apply({ values, channels, height, width }, part, random) {
      const side = Math.max(1, Math.round(part * Math.min(height, width)));
      // The square's middle is anywhere, so part of it may lie outside; it is filled with the training data's mean.
      const [top, left] = [random.integer(height), random.integer(width)].map((at) => at - Math.floor(side / 2));
      for (let channel = 0; channel < channels; channel++)
        for (let y = Math.max(0, top!); y < Math.min(height, top! + side); y++) {
          const row = (channel * height + y) * width;
          values.fill(0, row + Math.max(0, left!), row + Math.min(width, left! + side));
        }
    },
  },
} as const satisfies Record<string, Transform>;

/** Gives each pixel (y, x) what the old image shows at `from(y, x)`, between pixels by bilinear interpolation. */
function resample(
  { values, channels, height, width }: Image,
  from: (y: number, x: number) => readonly [number, number],
): void {
  const old = values.slice();
  const clamp = (at: number, size: number) => Math.min(size - 1, Math.max(0, at));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [sourceY, sourceX] = from(y, x);
      const [top, left] = [Math.floor(sourceY), Math.floor(sourceX)];
      const [down, right] = [sourceY - top, sourceX - left];
      const rows = [clamp(top, height) * width, clamp(top + 1, height) * width] as const;
      const columns = [clamp(left, width), clamp(left + 1, width)] as const;
      for (let channel = 0; channel < channels; channel++) {
        const start = channel * height * width;
        const at = (row: number, column: number) => old[start + row + column]!;
        const upper = at(rows[0], columns[0]) * (1 - right) + at(rows[0], columns[1]) * right;
        const lower = at(rows[1], columns[0]) * (1 - right) + at(rows[1], columns[1]) * right;
        values[start + y * width + x] = upper * (1 - down) + lower * down;
      }
    }
}
