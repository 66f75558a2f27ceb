import { expect, test } from "vitest";
import { readArrays } from "../../test/training.ts";
import { DataError, ShapeError, UsageError } from "../tensor/errors.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";
import {
  checkLabeledImages,
  imageDataset,
  keepClasses,
  type LabeledImages,
  limit,
  measureNormalization,
  select,
} from "./dataset.ts";

/** Four images of 1 × 2 pixels. */
const source: LabeledImages = {
  images: fromNumbers("uint8", [4, 1, 2], [0, 255, 51, 102, 153, 204, 0, 0]),
  labels: fromNumbers("uint8", [4], [2, 0, 1, 2]),
  imageFile: "images",
  labelFile: "labels",
};

const dataset = imageDataset("tiny", source, ["a", "b", "c"], { mean: 0.2, deviation: 0.4 });

function read(indices: number[], from = dataset) {
  const { x, y } = readArrays(from, indices);
  return { x: [...x], y: [...y] };
}

test("reads normalised images and labels in the order asked for", () => {
  const { x, y } = read([1, 3, 1, 0]);
  const expected = [51, 102, 0, 0, 51, 102, 0, 255].map((byte) => (byte / 255 - 0.2) / 0.4);
  x.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 6);
  });
  expect(y).toEqual([0n, 2n, 0n, 2n]);
  expect(dataset).toMatchObject({ size: 4, classes: 3, inputs: [{ name: "x", type: "float32", shape: [1, 1, 2] }] });
});

test("measures mean and deviation of the pixels", () => {
  const values = Array.from(source.images.data as Uint8Array, (byte) => byte / 255);
  const mean = values.reduce((sum, value) => sum + value, 0) / 8;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 8);
  const measured = measureNormalization(source);
  expect(measured.mean).toBeCloseTo(mean, 12);
  expect(measured.deviation).toBeCloseTo(deviation, 12);
});

test("constant images are centred, not divided by zero", () => {
  const images = fromNumbers("uint8", [2, 1, 1], [51, 51]);
  expect(measureNormalization({ ...source, images })).toEqual({ mean: 51 / 255, deviation: 1 });
});

test("kept classes are relabelled in the order given", () => {
  const kept = keepClasses(source, [2, 1]);
  expect(kept.images).toEqual(fromNumbers("uint8", [3, 1, 2], [0, 255, 153, 204, 0, 0]));
  expect(kept.labels).toEqual(fromNumbers("uint8", [3], [0, 1, 0]));
});

test("limit keeps the first examples", () => {
  const two = limit(dataset, 2);
  expect({ size: two.size, labels: [...two.labels] }).toEqual({ size: 2, labels: [2, 0] });
  expect(read([1, 0], two)).toEqual(read([1, 0]));
  expect(limit(dataset, 100)).toBe(dataset);
});

test("select takes examples, labels and columns in the order given, of a selection too", () => {
  const named = { ...dataset, columns: { site: ["p", "q", "r", "s"] } };
  const taken = select(named, Uint32Array.of(3, 0, 2), "fold");
  expect({ ...taken, labels: [...taken.labels] }).toMatchObject({
    name: "fold",
    size: 3,
    labels: [2, 2, 1],
    columns: { site: ["s", "p", "r"] },
  });
  expect(read([2, 0], taken)).toEqual(read([2, 3]));
  const again = select(taken, Uint32Array.of(1));
  expect([again.columns?.site, read([0], again)]).toEqual([["p"], read([0])]);
  expect(() => read([3], taken)).toThrow(/^read: expected indices below 3, got 3; /);
});

test.each([0, -1, 1.5, Number.NaN])("limit refuses %d", (count) => {
  expect(() => limit(dataset, count)).toThrow(UsageError);
  expect(() => limit(dataset, count)).toThrow(
    `limit: expected a whole number of at least 1 example, got ${count}; raise`,
  );
});

test("read refuses arrays that do not fit and examples that are not there", () => {
  const indices = Uint32Array.of(0, 1);
  const batch = (pixels: number, labels: number) => ({ x: zeros("float32", [pixels]), y: zeros("int64", [labels]) });
  expect(() => dataset.read(indices, batch(3, 2))).toThrow(ShapeError);
  expect(() => dataset.read(indices, batch(4, 3))).toThrow(/^read: expected x of 4 and y of 2 elements, got 4 and 3; /);
  expect(() => read([0, 4])).toThrow(/^read: expected indices below 4, got 4; /);
});

test("a label without a class is refused, by file and position", () => {
  const make = () => imageDataset("tiny", source, ["a", "b"], { mean: 0, deviation: 1 });
  expect(make).toThrow(DataError);
  expect(make).toThrow("labels: expected labels below 2, got 2 at position 0; check the file");
});

test.each([
  [
    "labels as images",
    { ...source, images: source.labels },
    /^images: expected uint8\[n, height, width\], got uint8\[4\]; /,
  ],
  [
    "floats as images",
    { ...source, images: fromNumbers("float32", [1, 1, 1], [0]) },
    /^images: .* got float32\[1, 1, 1\]; /,
  ],
  ["images as labels", { ...source, labels: source.images }, /^labels: expected uint8\[n\], got uint8\[4, 1, 2\]; /],
  [
    "too few labels",
    { ...source, labels: fromNumbers("uint8", [1], [0]) },
    /^labels: expected 4 labels for the images of images, got 1; /,
  ],
  [
    "no images",
    { ...source, images: fromNumbers("uint8", [0, 1, 2], []), labels: fromNumbers("uint8", [0], []) },
    /^images: expected at least one image/,
  ],
])("refuses %s", (_, images, message) => {
  expect(() => checkLabeledImages(images)).toThrow(DataError);
  expect(() => checkLabeledImages(images)).toThrow(message);
});
