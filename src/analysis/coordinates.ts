import type { Model } from "../model/model.ts";
import { type CoordinateSums, gradientSignalToNoise, sumCoordinates } from "../statistics/signalToNoise.ts";
import type { CoordinateSignal } from "../store/schema.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { coordinateStride } from "../training/rowGraphs.ts";
import type { ResumableArray } from "./resumableRows.ts";

/** What is remembered of the coordinates of one parameter's rows, each against that of the first row. */
interface CoordinateMoments {
  readonly stride: number;
  /** The first of its coordinates that is looked at, in the order of memory. */
  readonly first: number;
  readonly origin: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** [K, m] of every so many of them, where they are kept; m is 0 where not. */
  readonly kept: Float32Array;
}

/** Rows at some coordinates of a range of one parameter. */
export interface KeptCoordinates {
  readonly parameter: number;
  /** Coordinates of the range, for which these stand. */
  readonly size: number;
  /** [K, m] */
  readonly rows: Float32Array;
}

/** Moments over K rows of some coordinates, in one pass and whatever the order of parameters. */
export interface CoordinateMeter {
  /** Row k of a parameter is Σ w·∇ℓ; `divisor` makes it a mean. `values` are all its numbers. */
  addRow(k: number, parameter: number, values: Float32Array, divisor: number): void;
  /** The same of its chosen numbers alone. */
  addChosen(k: number, parameter: number, values: Float32Array, divisor: number): void;
  /** All that it remembers, as the arrays themselves, under names of their own. */
  arrays(): ReadonlyMap<string, ResumableArray>;
  /** Of each parameter, once all K rows are in. */
  sums(): ReadonlyMap<number, CoordinateSums>;
  /** What was kept of the rows; empty where nothing is. */
  kept(): readonly KeptCoordinates[];
}

/** Columns from … to of a parameter. */
interface Columns {
  readonly parameter: number;
  readonly from: number;
  readonly to: number;
}

/** Numbers that are kept of all rows: 64 MiB. */
const MOST_KEPT = 2 ** 24;

/**
 * Looks at all coordinates of small parameters and at about 4096 of others (`coordinateStride`), so that the time and
 * the memory that it takes do not grow with the model. Rows of `batchSize` examples. With `signs` the rows are kept
 * there, of fewer coordinates where there are very many rows.
 */
export function coordinateMeter(
  model: Model,
  columns: readonly Columns[],
  { groups, batchSize, signs = false }: Meant,
): CoordinateMeter {
  const looked = columns.reduce((sum, range) => sum + placesOf(model, range).count, 0);
  const every = Math.ceil((groups * looked) / MOST_KEPT);
  const moments = new Map(
    columns.map((range) => [range.parameter, newMoments(model, range, signs ? { groups, every } : undefined)]),
  );
  const add = (k: number, parameter: number, values: Float32Array, divisor: number, place: Place) => {
    const { origin, sums, squares, kept } = moments.get(parameter)!;
    const factor = 1 / divisor;
    const width = kept.length / groups;
    for (let i = 0, at = place.first; i < sums.length; i++, at += place.stride) {
      const value = values[at]! * factor;
      if (k === 0) origin[i] = value;
      const step = value - origin[i]!;
      sums[i]! += step;
      squares[i]! += step * step;
      if (width > 0 && i % every === 0) kept[k * width + i / every] = value;
    }
  };
  return {
    addRow: (k, parameter, values, divisor) => add(k, parameter, values, divisor, moments.get(parameter)!),
    addChosen: (k, parameter, values, divisor) => add(k, parameter, values, divisor, { first: 0, stride: 1 }),
    arrays: () =>
      new Map(
        [...moments].flatMap(([parameter, { origin, sums, squares, kept }]) =>
          Object.entries({ origin, sums, squares, ...(kept.length > 0 && { kept }) }).map(
            ([name, values]): [string, ResumableArray] => [`${name} of ${parameter}`, values],
          ),
        ),
      ),
    kept: () =>
      columns.flatMap(({ parameter, from, to }) => {
        const { kept } = moments.get(parameter)!;
        return kept.length > 0 ? [{ parameter, size: to - from, rows: kept }] : [];
      }),
    sums: () =>
      new Map(
        [...moments].map(([parameter, { origin, sums, squares }]) => {
          const mean = sums.map((sum, i) => origin[i]! + sum / groups);
          const between = (i: number) => Math.max(0, squares[i]! - sums[i]! ** 2 / groups) / (groups - 1);
          return [parameter, sumCoordinates({ mean, variance: sums.map((_, i) => batchSize * between(i)) })];
        }),
      ),
  };
}

interface Place {
  readonly first: number;
  readonly stride: number;
}

/** The rows that are looked at. */
interface Meant {
  readonly groups: number;
  readonly batchSize: number;
  readonly signs?: boolean;
}

/** Which of these columns are looked at. */
function placesOf(model: Model, { parameter, from, to }: Columns) {
  const stride = coordinateStride(model.parameters[parameter]!.initial.shape);
  const first = Math.ceil(from / stride) * stride;
  return { stride, first, count: Math.max(0, Math.ceil((to - first) / stride)) };
}

function newMoments(
  model: Model,
  columns: Columns,
  keeping: { readonly groups: number; readonly every: number } | undefined,
): CoordinateMoments {
  const { count, ...place } = placesOf(model, columns);
  const zeros = () => new Float64Array(count);
  const kept = new Float32Array(keeping ? keeping.groups * Math.ceil(count / keeping.every) : 0);
  return { ...place, origin: zeros(), sums: zeros(), squares: zeros(), kept };
}

/** Of the parameters that `includes` names. Null where some of them were not looked at. */
export function signalOf(
  model: Model,
  seen: ReadonlyMap<number, CoordinateSums>,
  about: { readonly rows: number; readonly examples: number },
  includes: (parameter: number) => boolean = () => true,
): CoordinateSignal | null {
  let [coordinates, varying, ratios, looked] = [0, 0, 0, 0];
  for (const [parameter, { initial }] of model.parameters.entries()) {
    if (!includes(parameter)) continue;
    const sums = seen.get(parameter);
    if (!sums) return null;
    const size = sizeOf(initial.shape);
    coordinates += size;
    varying += (size * sums.varying) / sums.coordinates;
    ratios += (size * sums.ratios) / sums.coordinates;
    looked += sums.coordinates;
  }
  return { ...gradientSignalToNoise({ coordinates, varying, ratios }, about), coordinates: looked };
}
