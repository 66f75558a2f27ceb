import { type Dataset, newBatch } from "../data/dataset.ts";
import type { DataDescription } from "../data/openOptions.ts";
import { type ExamplePicture, type ExamplePictures, type Inspection, pictureKey } from "../store/inspection.ts";
import type { Shape } from "../tensor/tensor.ts";
import type { Subject } from "./subject.ts";
import { type Deviation, deviationsOf } from "./values.ts";

/** Longer edges are reduced. */
const MOST_PIXELS = 64;
const MOST_CHANNELS = 4;
const MOST_READINGS = 256;
const MOST_VALUES = 12;
/** Robust standard deviations from which a value is unusual (Iglewicz and Hoaglin 1993). */
const UNUSUAL = 3.5;
/** Two axes of at least so many numbers are an image. */
const LEAST_EDGE = 8;

/** How many of each kind of finding are pictured. */
export const shown = { labels: 100, outliers: 30, duplicates: 30, copies: 6 } as const;

/** Reads again what the first findings of each kind look like. */
export async function examplePictures(
  { data, other, place }: Subject,
  inspection: Inspection,
  description: DataDescription | null,
): Promise<ExamplePictures> {
  const wanted = new Set([
    ...inspection.labelIssues.slice(0, shown.labels).map((one) => pictureKey(inspection, one)),
    ...inspection.outliers.slice(0, shown.outliers).map((one) => pictureKey(inspection, one)),
    ...inspection.nearDuplicates
      .slice(0, shown.duplicates)
      .flatMap(({ examples }) => examples.slice(0, shown.copies).map((one) => pictureKey(inspection, one))),
  ]);
  const keys: string[] = [];
  const arrays: Float64Array[] = [];
  let start = 0;
  for (const part of other ? [data, other] : [data]) {
    for (let i = 0; i < part.size; i++) {
      const key = pictureKey(inspection, place(start + i));
      if (!wanted.has(key)) continue;
      keys.push(key);
      arrays.push(await readFirstInput(part, i));
    }
    start += part.size;
  }
  const draw = await drawingOf(data, arrays, description);
  return new Map(keys.map((key, i) => [key, draw(arrays[i]!)]));
}

async function readFirstInput(data: Dataset, example: number): Promise<Float64Array> {
  const batch = newBatch(data, 1);
  await data.read(Uint32Array.of(example), batch);
  return Float64Array.from(batch[data.inputs[0]!.name]!.data as Float32Array | BigInt64Array, Number);
}

type Draw = (values: Float64Array) => ExamplePicture;

async function drawingOf(
  data: Dataset,
  all: readonly Float64Array[],
  description: DataDescription | null,
): Promise<Draw> {
  const { shape } = data.inputs[0]!;
  const layout = imageLayout(shape);
  if (layout) return imageDrawing(layout, all);
  const [channels = 0, length = 0] = shape;
  if (shape.length === 2 && channels <= MOST_CHANNELS && length > 1)
    return (values) => series(values, channels, length);
  const deviation = all.length > 0 ? await deviationsOf(data) : () => Number.NaN;
  return (values) => ({ kind: "values", values: namedValues(values, description, deviation) });
}

interface ImageLayout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly channelsLast: boolean;
}

/** [C, H, W], [H, W, 1 or 3] and [H, W] are images; null for other shapes. */
function imageLayout(shape: Shape): ImageLayout | null {
  const [first = 0, second = 0, last = 0] = shape;
  if (shape.length === 2 && Math.min(first, second) >= LEAST_EDGE)
    return { channels: 1, height: first, width: second, channelsLast: false };
  if (shape.length !== 3) return null;
  if ((last === 1 || last === 3) && first !== 1 && first !== 3)
    return { channels: last, height: first, width: second, channelsLast: true };
  return Math.min(second, last) > 1 ? { channels: first, height: second, width: last, channelsLast: false } : null;
}

/**
 * Each channel from the least to the largest value that any pictured example has; of other than 3 channels the first.
 */
function imageDrawing({ channels, height, width, channelsLast }: ImageLayout, all: readonly Float64Array[]): Draw {
  const drawn = channels === 3 ? 3 : 1;
  const area = height * width;
  const at = (c: number, place: number) => (channelsLast ? place * channels + c : c * area + place);
  const ranges = Array.from({ length: drawn }, (_, c) => {
    const [low, high] = [Math.min, Math.max].map((pick) =>
      all.reduce((end, values) => {
        let extreme = end;
        for (let place = 0; place < area; place++) extreme = pick(extreme, values[at(c, place)]!);
        return extreme;
      }, all[0]?.[at(c, 0)] ?? 0),
    );
    return { low: low!, span: high! - low! || 1 };
  });
  const step = Math.ceil(Math.max(height, width) / MOST_PIXELS);
  const [rows, columns] = [Math.floor(height / step), Math.floor(width / step)];
  return (values) => {
    const pixels = new Uint8Array(rows * columns * drawn);
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      const [c, place] = [pixel % drawn, Math.floor(pixel / drawn)];
      const [y, x] = [Math.floor(place / columns) * step, (place % columns) * step];
      let sum = 0;
      for (let i = 0; i < step * step; i++) sum += values[at(c, (y + Math.floor(i / step)) * width + x + (i % step))]!;
      pixels[pixel] = Math.round((255 * (sum / step ** 2 - ranges[c]!.low)) / ranges[c]!.span);
    }
    return { kind: "image", width: columns, channels: drawn, pixels };
  };
}

function series(values: Float64Array, channels: number, length: number): ExamplePicture {
  const every = Math.ceil(length / MOST_READINGS);
  return {
    kind: "series",
    channels: Array.from({ length: channels }, (_, c) =>
      Array.from(values.subarray(c * length, (c + 1) * length)).filter((_, t) => t % every === 0),
    ),
  };
}

type NamedValue = readonly [name: string, value: string, deviations?: number];

/** Numbers as they stand in the table, categories by their names; what is unusual first, with how far it is. */
function namedValues(values: Float64Array, description: DataDescription | null, deviation: Deviation): NamedValue[] {
  const features = description?.inputs ?? [];
  const widths = features.map(({ categories }) => categories?.length ?? 1);
  const known = widths.reduce((sum, width) => sum + width, 0) === values.length;
  const numbered = (name: string, at: number, value: number): NamedValue => {
    const far = deviation(at, values[at]!);
    return Math.abs(far) >= UNUSUAL ? [name, short(value), far] : [name, short(value)];
  };
  if (!known) return unusualFirst(Array.from(values, (value, i) => numbered(String(i), i, value)));
  let next = 0;
  const cells = features.map(({ name, moments, categories }, i): NamedValue => {
    const at = next;
    next += widths[i]!;
    if (categories) return [name, categories[values.subarray(at, next).indexOf(1)] ?? ""];
    return numbered(name, at, moments ? values[at]! * moments.deviation + moments.mean : values[at]!);
  });
  return unusualFirst(cells);
}

function unusualFirst(cells: readonly NamedValue[]): NamedValue[] {
  return cells.toSorted(([, , a = 0], [, , b = 0]) => Math.abs(b) - Math.abs(a)).slice(0, MOST_VALUES);
}

/** As many digits as float32 keeps. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
