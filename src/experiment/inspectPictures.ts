import { type Dataset, newBatch } from "../data/dataset.ts";
import type { DataDescription } from "../data/openOptions.ts";
import { type ExamplePicture, type ExamplePictures, type Inspection, pictureKey } from "../store/inspection.ts";
import type { Shape } from "../tensor/tensor.ts";
import type { Subject } from "./inspectSubject.ts";

/** Longer edges are reduced. */
const MOST_PIXELS = 64;
const MOST_CHANNELS = 4;
const MOST_READINGS = 256;
const MOST_VALUES = 12;

/** How many of each kind of finding are pictured. */
export const shown = { labels: 100, outliers: 30, duplicates: 30, copies: 6 } as const;

/** Reads again what the first findings of each kind look like. */
export async function picturesOf(
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
  const draw = drawingOf(data.inputs[0]!.shape, arrays, description);
  return new Map(keys.map((key, i) => [key, draw(arrays[i]!)]));
}

async function readFirstInput(data: Dataset, example: number): Promise<Float64Array> {
  const batch = newBatch(data, 1);
  await data.read(Uint32Array.of(example), batch);
  return Float64Array.from(batch[data.inputs[0]!.name]!.data as Float32Array | BigInt64Array, Number);
}

type Draw = (values: Float64Array) => ExamplePicture;

function drawingOf(shape: Shape, all: readonly Float64Array[], description: DataDescription | null): Draw {
  const [channels = 0, height = 0, width = 0] = shape;
  if (shape.length === 3 && Math.min(height, width) > 1) return imageDrawing({ channels, height, width }, all);
  if (shape.length === 2 && channels <= MOST_CHANNELS && height > 1)
    return (values) => series(values, channels, height);
  return (values) => ({ kind: "values", values: namedValues(values, description) });
}

/** Each channel from the least to the largest value that any pictured example has; of other than 3 channels the first. */
function imageDrawing(
  { channels, height, width }: { channels: number; height: number; width: number },
  all: readonly Float64Array[],
): Draw {
  const drawn = channels === 3 ? 3 : 1;
  const area = height * width;
  const ranges = Array.from({ length: drawn }, (_, c) => {
    const [low, high] = [Math.min, Math.max].map((pick) =>
      all.reduce(
        (end, values) => values.subarray(c * area, (c + 1) * area).reduce((a, b) => pick(a, b), end),
        all[0]?.[c * area] ?? 0,
      ),
    );
    return { low: low!, span: high! - low! || 1 };
  });
  const step = Math.ceil(Math.max(height, width) / MOST_PIXELS);
  const [rows, columns] = [Math.floor(height / step), Math.floor(width / step)];
  return (values) => {
    const pixels = new Uint8Array(rows * columns * drawn);
    for (let at = 0; at < pixels.length; at++) {
      const [c, place] = [at % drawn, Math.floor(at / drawn)];
      const [y, x] = [Math.floor(place / columns) * step, (place % columns) * step];
      let sum = 0;
      for (let i = 0; i < step * step; i++)
        sum += values[c * area + (y + Math.floor(i / step)) * width + x + (i % step)]!;
      pixels[at] = Math.round((255 * (sum / step ** 2 - ranges[c]!.low)) / ranges[c]!.span);
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

/** Numbers as they stand in the table, categories by their names. */
function namedValues(values: Float64Array, description: DataDescription | null): [string, string][] {
  const features = description?.inputs ?? [];
  const widths = features.map(({ categories }) => categories?.length ?? 1);
  const known = widths.reduce((sum, width) => sum + width, 0) === values.length;
  if (!known) return Array.from(values.subarray(0, MOST_VALUES), (value, i) => [String(i), short(value)]);
  let at = 0;
  const cells = features.map(({ name, moments, categories }, i): [string, string] => {
    const own = values.subarray(at, at + widths[i]!);
    at += widths[i]!;
    if (categories) return [name, categories[own.indexOf(1)] ?? ""];
    return [name, short(moments ? own[0]! * moments.deviation + moments.mean : own[0]!)];
  });
  return cells.slice(0, MOST_VALUES);
}

/** As many digits as float32 keeps. */
function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
