import { DataError, option } from "../../tensor/errors.ts";
import type { FieldRange, StatisticSet } from "../choices.ts";
import type { Dataset, Moments } from "../dataset.ts";
import { withPlantedAnomalies } from "./anomalyCopies.ts";
import { segmentMeans, type ValueRange } from "./gramian.ts";
import { withCopies } from "./seriesCopies.ts";
import {
  type FeatureScale,
  type FieldScale,
  measureStatistics,
  type SeriesRoles,
  type SeriesScale,
  windowDataset,
} from "./windowDataset.ts";
import { type Series, type WindowOptions, windowsOf } from "./windows.ts";

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
  /** Whether readings and numbers to predict stay as they are. Default false. */
  readonly raw?: boolean | undefined;
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
 * series, brought to mean 0 and deviation 1 over the training windows. `roles` are for the record. Throws `DataError`
 * where all training windows
 * are of one class, and as `windowsOf` and `segmentMeans` do.
 */
export function seriesDatasets(
  name: string,
  series: Splits<readonly Series[]>,
  classNames: readonly string[],
  options: SeriesOptions,
  roles: SeriesRoles,
): Splits<Dataset> & { readonly measured: SeriesMoments } {
  const { copies = 0, anomalies = 0 } = options;
  const training = withPlantedAnomalies(withCopies(series.train, copies, COPY_SEED), anomalies, COPY_SEED);
  const train = windowsOf(training, options);
  const present = new Set(train.map(({ label }) => label));
  const missing = classNames.find((_, label) => !present.has(label));
  if (missing !== undefined && present.size < 2 && !options.raw)
    throw new DataError(
      `${name}: expected training windows of every class, got none of "${missing}"; change ${option("windowLength")}, ${option("windowStride")} or ${option("windowLabel")}`,
    );
  const rows = options.statistics && measureStatistics(train, options.statistics);
  const x = options.view === "fields" ? fieldScale(training, options) : seriesScale(training, options);
  const scales = { x, ...(rows && { features: featureScale(rows, options.statistics!) }) };
  const scale = () =>
    options.probabilities || options.raw
      ? asTheyAre
      : standardization([Float64Array.from(train, ({ label }) => label)]);
  const target = classNames.length > 0 ? null : scale();
  const { length, stride, rule, fieldSize } = options;
  const shown = { scales, fieldSize, classNames, target, origin: { ...roles, length, stride, rule } };
  return {
    train: windowDataset(name, train, shown, rows),
    validation: windowDataset(name, windowsOf(series.validation, options), shown),
    measured: { quantities: "quantities" in x ? x.quantities : null, target },
  };
}

const asTheyAre: Moments = { mean: 0, deviation: 1 };

function seriesScale(series: readonly Series[], { raw }: SeriesOptions): SeriesScale {
  const moments = quantities(series).map((parts) => (raw ? asTheyAre : standardization(parts)));
  return { readings: "(value - mean) / deviation, by quantity", quantities: moments };
}

function fieldScale(series: readonly Series[], { length, fieldSize, fieldRange }: SeriesOptions): FieldScale {
  const ranges = quantities(series).map((parts) =>
    fieldRange === "centred" ? usualDistances(parts, length) : rangeOf(parts),
  );
  // Refuses an image larger than the window before anything is read.
  segmentMeans(new Float64Array(length), fieldSize);
  return { readings: "Gramian angular fields, summation then difference", length, fieldRange, ranges };
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

function featureScale(rows: readonly (readonly number[])[], statistics: StatisticSet): FeatureScale {
  const moments = rows[0]!.map((_, f) => standardization([Float64Array.from(rows, (row) => row[f]!)]));
  return { statistics, values: "(value - mean) / deviation", moments };
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
