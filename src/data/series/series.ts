import { DataError, option, ShapeError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { FieldRange, StatisticSet } from "../choices.ts";
import { type DataArray, type Dataset, type Moments, oneClass } from "../dataset.ts";
import { withPlantedAnomalies } from "./anomalyCopies.ts";
import { differenceField, rescale, segmentMeans, summationField, type ValueRange } from "./gramian.ts";
import { withCopies } from "./seriesCopies.ts";
import { statisticalFeatures } from "./statisticalFeatures.ts";
import { type Series, type SeriesWindow, type WindowOptions, windowsOf } from "./windows.ts";

export interface SeriesOptions extends WindowOptions {
  /**
   * `series`: x [quantities, length], each quantity brought to mean 0 and deviation 1 over the training readings.
   * `fields`: x [2·quantities, fieldSize, fieldSize], the summation field of every quantity, then the difference field
   * of every quantity.
   */
  readonly view: "series" | "fields";
  readonly fieldSize: number;
  readonly fieldRange: FieldRange;
  /** Adds the input `features` [quantities · F], each brought to mean 0 and deviation 1 over the training windows. */
  readonly statistics?: StatisticSet | undefined;
  /** Copies of each training series, read at another level and size: see `withCopies`. Default 0. */
  readonly copies?: number | undefined;
  /** Whether numbers to predict are probabilities, which stay as they are. Default false. */
  readonly probabilities?: boolean | undefined;
  /** Anomalies planted into each training series and each copy: see `withPlantedAnomalies`. Default 0. */
  readonly anomalies?: number | undefined;
}

/** The copies are part of the data, as the readings are: they do not change with the seed of a run. */
const COPY_SEED = 0;

interface Splits<T> {
  readonly train: T;
  readonly validation: T;
}

/** What was measured on the training series: of each quantity, unless shown as fields, and of numbers to predict. */
export interface SeriesMoments {
  readonly quantities: readonly Moments[] | null;
  readonly target: Moments | null;
}

/**
 * Windows of labelled series as data sets. Whatever is measured to scale them is measured on the training series alone.
 * Columns: `series` and `start`, where each window comes from. Without `classNames` the target is the `values` of the
 * series, brought to mean 0 and deviation 1 over the training windows. Throws `DataError` where all training windows
 * are of one class, and as `windowsOf` and `segmentMeans` do.
 */
export function seriesDatasets(
  name: string,
  series: Splits<readonly Series[]>,
  classNames: readonly string[],
  options: SeriesOptions,
): Splits<Dataset> & { readonly measured: SeriesMoments } {
  const { copies = 0, anomalies = 0 } = options;
  const training = withPlantedAnomalies(withCopies(series.train, copies, COPY_SEED), anomalies, COPY_SEED);
  const train = windowsOf(training, options);
  const present = new Set(train.map(({ label }) => label));
  const missing = classNames.find((_, label) => !present.has(label));
  if (missing !== undefined && present.size < 2)
    throw new DataError(
      `${name}: expected training windows of every class, got none of "${missing}"; change ${option("windowLength")}, ${option("windowStride")} or ${option("windowLabel")}`,
    );
  const shown = options.view === "fields" ? fieldView(training, options) : seriesView(training, options);
  const described = options.statistics && featureView(train, options.statistics);
  const views = described ? [shown, described] : [shown];
  const scale = () =>
    options.probabilities ? asTheyAre : standardization([Float64Array.from(train, ({ label }) => label)]);
  const target = classNames.length > 0 ? null : scale();
  return {
    train: dataset(name, train, views, { classNames, target }),
    validation: dataset(name, windowsOf(series.validation, options), views, { classNames, target }),
    measured: { quantities: shown.moments ?? null, target },
  };
}

const asTheyAre: Moments = { mean: 0, deviation: 1 };

/** Classes, or the mean and deviation of the numbers to predict. */
interface WindowTarget {
  readonly classNames: readonly string[];
  readonly target: Moments | null;
}

const oneNumber: DataArray & { name: "y" } = { name: "y", type: "float32", shape: [1] };

/** One input: what it looks like, what was measured for it, and how each of some windows is written. */
interface View {
  readonly array: DataArray;
  readonly preprocessing: Readonly<Record<string, unknown>>;
  readonly moments?: readonly Moments[];
  readonly writer: (windows: readonly SeriesWindow[]) => (index: number, target: Float32Array) => void;
}

function dataset(
  name: string,
  windows: readonly SeriesWindow[],
  views: readonly View[],
  { classNames, target }: WindowTarget,
): Dataset {
  const writers = views.map(({ array, writer }) => ({
    name: array.name,
    size: sizeOf(array.shape),
    write: writer(windows),
  }));
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
      ...Object.fromEntries(views.map(({ array, preprocessing }) => [array.name, preprocessing])),
      ...(target && { y: { numbers: "(value - mean) / deviation", ...target } }),
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

function seriesView(series: readonly Series[], { length }: SeriesOptions): View {
  const scales = quantities(series).map((parts) => standardization(parts));
  return {
    array: { name: "x", type: "float32", shape: [scales.length, length] },
    preprocessing: { readings: "(value - mean) / deviation, by quantity", quantities: scales },
    moments: scales,
    writer: (windows) => (index, target) => {
      windows[index]!.channels.forEach((values, c) => {
        const { mean, deviation } = scales[c]!;
        for (let t = 0; t < length; t++) target[c * length + t] = (values[t]! - mean) / deviation;
      });
    },
  };
}

function fieldView(series: readonly Series[], { length, fieldSize, fieldRange }: SeriesOptions): View {
  const ranges = quantities(series).map((parts) =>
    fieldRange === "centred" ? usualDistances(parts, length) : rangeOf(parts),
  );
  // Refuses an image larger than the window before anything is read.
  segmentMeans(new Float64Array(length), fieldSize);
  const [pixels, count] = [fieldSize * fieldSize, ranges.length];
  return {
    array: { name: "x", type: "float32", shape: [2 * count, fieldSize, fieldSize] },
    preprocessing: { readings: "Gramian angular fields, summation then difference", length, fieldRange, ranges },
    writer: (windows) => (index, target) => {
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
  const { mean } = standardization([values]);
  return [mean + training[0], mean + training[1]];
}

/** Three times the distance from the mean of its window that 98 % of the readings keep, in windows side by side. */
function usualDistances(parts: readonly Float64Array[], length: number): ValueRange {
  const distances = parts.flatMap((values) =>
    Array.from({ length: Math.floor(values.length / length) }, (_, i) => {
      const window = values.subarray(i * length, (i + 1) * length);
      const { mean } = standardization([window]);
      return Array.from(window, (value) => Math.abs(value - mean));
    }).flat(),
  );
  const usual = Float64Array.from(distances).sort()[Math.floor(0.98 * (distances.length - 1))]!;
  return [-3 * usual, 3 * usual];
}

/** Measured once for all windows, as a spectrum takes longer than the rest of an example. */
function featureView(training: readonly SeriesWindow[], set: StatisticSet): View {
  const measure = ({ channels }: SeriesWindow) => channels.flatMap((values) => [...statisticalFeatures(values, set)]);
  const rows = training.map(measure);
  const scales = rows[0]!.map((_, f) => standardization([Float64Array.from(rows, (row) => row[f]!)]));
  const scaled = (row: readonly number[]) =>
    Float32Array.from(row, (value, f) => (value - scales[f]!.mean) / scales[f]!.deviation);
  return {
    array: { name: "features", type: "float32", shape: [scales.length] },
    preprocessing: { statistics: set, values: "(value - mean) / deviation", moments: scales },
    writer(windows) {
      const measured = (windows === training ? rows : windows.map(measure)).map(scaled);
      return (index, target) => target.set(measured[index]!);
    },
  };
}

/** The arrays of every quantity, one of each series. */
function quantities(series: readonly Series[]): readonly Float64Array[][] {
  return (series[0]?.channels ?? []).map((_, c) => series.map(({ channels }) => channels[c]!));
}

/** Mean and population deviation of all values; the deviation of values that do not vary counts as 1. */
function standardization(parts: readonly Float64Array[]): Moments {
  const sum = (of: (value: number) => number) =>
    parts.reduce((total, values) => values.reduce((partial, value) => partial + of(value), total), 0);
  const count = sum(() => 1);
  const mean = sum((value) => value) / count;
  const deviation = Math.sqrt(sum((value) => (value - mean) ** 2) / count);
  // What is left of a constant by rounding is no variation.
  return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 1 };
}

function rangeOf(parts: readonly Float64Array[]): ValueRange {
  const extreme = (choose: (a: number, b: number) => number) =>
    parts.reduce((found, values) => values.reduce((a, b) => choose(a, b), found), parts[0]![0]!);
  return [extreme(Math.min), extreme(Math.max)];
}
