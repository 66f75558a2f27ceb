import { ShapeError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { FieldRange, StatisticSet } from "../choices.ts";
import { type DataArray, type Dataset, type Moments, oneClass } from "../dataset.ts";
import { differenceField, rescale, segmentMeans, summationField, type ValueRange } from "./gramian.ts";
import { statisticalFeatures } from "./statisticalFeatures.ts";
import type { SeriesWindow, WindowOptions } from "./windows.ts";

/**
 * How windows become inputs, with what was measured on the training series, as `preprocessing` says it: `x` of series
 * or of their fields, and the statistics beside them.
 */
export interface WindowScales {
  readonly x: SeriesScale | FieldScale;
  readonly features?: FeatureScale | undefined;
}

export interface SeriesScale {
  readonly readings: string;
  readonly quantities: readonly Moments[];
}

export interface FieldScale {
  readonly readings: string;
  /** Readings of one window. */
  readonly length: number;
  readonly fieldRange: FieldRange;
  readonly ranges: readonly ValueRange[];
}

export interface FeatureScale {
  readonly statistics: StatisticSet;
  readonly values: string;
  readonly moments: readonly Moments[];
}

/** Which column of files of series is what. */
export interface SeriesRoles {
  readonly features: readonly string[];
  readonly target: string;
  /** Tells the series of a file apart. */
  readonly by: string | null;
  /** Whether rows are to be sorted by it, or must stand in its order. */
  readonly time: { readonly name: string; readonly sorts: boolean } | null;
  /** A step of time above which a series is cut in two. */
  readonly gap: number | null;
}

/** How windows are cut from files, so that others can be from files to come. */
export type WindowOrigin = SeriesRoles & WindowOptions;

/** Classes, or the mean and deviation of the numbers to predict. */
export interface WindowTarget {
  readonly classNames: readonly string[];
  readonly target: Moments | null;
}

/** What windows are shown as. */
export interface WindowsShown extends WindowTarget {
  readonly scales: WindowScales;
  readonly fieldSize: number;
  readonly origin: WindowOrigin;
}

const oneNumber: DataArray & { name: "y" } = { name: "y", type: "float32", shape: [1] };

/** One input: what it looks like, and what writes it of each of some windows. */
interface View {
  readonly array: DataArray;
  readonly write: (index: number, target: Float32Array) => void;
}

/** `measured`: the statistics of the windows, where they are known already. */
export function windowDataset(
  name: string,
  windows: readonly SeriesWindow[],
  { scales, fieldSize, origin, classNames, target }: WindowsShown,
  measured?: readonly (readonly number[])[],
): Dataset {
  const { x, features } = scales;
  const views = [
    "ranges" in x ? fieldView(windows, x, fieldSize) : seriesView(windows, x, origin.length),
    ...(features ? [featureView(windows, features, measured)] : []),
  ];
  const writers = views.map(({ array, write }) => ({ name: array.name, size: sizeOf(array.shape), write }));
  return {
    name,
    size: windows.length,
    classes: classNames.length,
    classNames,
    inputs: views.map(({ array }) => array),
    target: target === null ? oneClass : oneNumber,
    ...(target && { targetScale: target }),
    labels: target === null ? Int32Array.from(windows, ({ label }) => label) : new Int32Array(0),
    preprocessing: {
      x,
      ...(features && { features }),
      ...(target && { y: { numbers: "(value - mean) / deviation", ...target } }),
      series: origin,
    },
    columns: { series: windows.map(({ series }) => series), start: windows.map(({ start }) => String(start)) },
    read(indices, batch) {
      indices.forEach((index, i) => {
        const window = windows[index];
        if (!window)
          throw new ShapeError(
            `read: expected indices below ${windows.length}, got ${index}; sample from this data set's size`,
          );
        for (const { name: input, size, write } of writers)
          write(index, (batch[input]!.data as Float32Array).subarray(i * size, (i + 1) * size));
        if (target === null) (batch.y!.data as BigInt64Array)[i] = BigInt(window.label);
        else (batch.y!.data as Float32Array)[i] = (window.label - target.mean) / target.deviation;
      });
    },
  };
}

/** [quantities, length] */
function seriesView(windows: readonly SeriesWindow[], { quantities }: SeriesScale, length: number): View {
  return {
    array: { name: "x", type: "float32", shape: [quantities.length, length] },
    write(index, target) {
      windows[index]!.channels.forEach((values, c) => {
        const { mean, deviation } = quantities[c]!;
        for (let t = 0; t < length; t++) target[c * length + t] = (values[t]! - mean) / deviation;
      });
    },
  };
}

/** [2·quantities, fieldSize, fieldSize] */
function fieldView(windows: readonly SeriesWindow[], { fieldRange, ranges }: FieldScale, fieldSize: number): View {
  const [pixels, count] = [fieldSize * fieldSize, ranges.length];
  return {
    array: { name: "x", type: "float32", shape: [2 * count, fieldSize, fieldSize] },
    write(index, target) {
      const field = (place: number) => target.subarray(place * pixels, (place + 1) * pixels);
      windows[index]!.channels.forEach((values, c) => {
        const cosines = rescale(segmentMeans(values, fieldSize), rangeOfField(fieldRange, values, ranges[c]!));
        summationField(cosines, field(c));
        differenceField(cosines, field(count + c));
      });
    },
  };
}

function rangeOfField(kind: FieldRange, values: Float64Array, training: ValueRange): ValueRange | undefined {
  if (kind === "window") return undefined;
  if (kind === "training") return training;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean + training[0], mean + training[1]];
}

/** Measured once for all windows, as a spectrum takes longer than the rest of an example. */
function featureView(
  windows: readonly SeriesWindow[],
  { statistics, moments }: FeatureScale,
  measured = measureStatistics(windows, statistics),
): View {
  const rows = measured.map((row) =>
    Float32Array.from(row, (value, f) => (value - moments[f]!.mean) / moments[f]!.deviation),
  );
  return {
    array: { name: "features", type: "float32", shape: [moments.length] },
    write: (index, target) => target.set(rows[index]!),
  };
}

/** Of each window the statistics of its quantities, one after the other. */
export function measureStatistics(windows: readonly SeriesWindow[], set: StatisticSet): readonly (readonly number[])[] {
  return windows.map(({ channels }) => channels.flatMap((values) => [...statisticalFeatures(values, set)]));
}
