import { DataError, ShapeError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { type DataArray, type Dataset, type Moments, oneClass } from "../dataset.ts";
import type { Rows } from "../files/rows.ts";
import type { Feature, Target } from "./tableRoles.ts";
import { type TableStore, UNKNOWN } from "./tableStore.ts";

/** How rows become what a model reads. Whatever was measured for it, was measured on the training rows. */
export interface TablePreparation {
  readonly features: readonly (Feature & { readonly moments: Moments | null })[];
  readonly target: Target & { readonly moments: Moments | null };
}

/**
 * Mean and deviation of the columns of `rows` over the training rows, missing values left out; null for categories and
 * classes. Two passes in double precision: the second one sums the squares of the differences from the mean.
 */
export function prepareTable(
  { rows }: TableStore,
  training: Uint32Array,
  features: readonly Feature[],
  target: Target,
): TablePreparation {
  const numeric = [...features.map(({ categories }) => categories === null), target.classes === null];
  // In their order, a file is read faster.
  const order = training.toSorted();
  const [counts, firsts, means, squares] = [0, Number.NaN, 0, 0].map((x) => new Float64Array(numeric.length).fill(x));
  // Differences from the first value are exact where a column is constant, and small where its values are large.
  each(rows, order, (c, value) => {
    if (counts![c]!++ === 0) firsts![c] = value;
    means![c]! += value - firsts![c]!;
  });
  means!.forEach((sum, c) => {
    means![c] = counts![c] === 0 ? 0 : firsts![c]! + sum / counts![c]!;
  });
  each(rows, order, (c, value) => {
    squares![c]! += (value - means![c]!) ** 2;
  });
  const moments = numeric.map((is, c) =>
    is ? { mean: means![c]!, deviation: Math.sqrt(squares![c]! / Math.max(1, counts![c]!)) || 1 } : null,
  );
  return {
    features: features.map((feature, c) => ({ ...feature, moments: moments[c]! })),
    target: { ...target, moments: target.probabilities ? null : moments.at(-1)! },
  };
}

/**
 * Throws `DataError`, naming its place, for a number of a column that float32 does not hold once it is standardised,
 * and for columns whose deviation no number holds.
 */
export function checkStandardised({ rows, place }: TableStore, { features, target }: TablePreparation): void {
  const columns = [...features, target].map(({ name, moments }) => ({ name, moments }));
  const [size = 0] = rows.shape;
  for (let index = 0; index < size; index++) {
    const row = rows.at(index) as Float64Array;
    for (const [c, { name, moments }] of columns.entries()) {
      if (moments === null || Number.isNaN(row[c]!)) continue;
      const value = Math.fround((row[c]! - moments.mean) / moments.deviation);
      if (!Number.isFinite(value) || !Number.isFinite(moments.deviation))
        throw new DataError(
          `${place(index)}: expected numbers that float32 holds once standardised in "${name}" (mean ${moments.mean}, deviation ${moments.deviation}), got ${row[c]}; correct it`,
        );
    }
  }
}

/** The same for a model that takes numbers as they are. */
export function asTheyAre(features: readonly Feature[], target: Target): TablePreparation {
  const moments = { mean: 0, deviation: 1 };
  return {
    features: features.map((feature) => ({ ...feature, moments: feature.categories === null ? moments : null })),
    target: { ...target, moments: null },
  };
}

function each(rows: Rows, order: Uint32Array, take: (column: number, value: number) => void): void {
  for (const index of order) {
    const row = rows.at(index) as Float64Array;
    for (let c = 0; c < row.length; c++) if (!Number.isNaN(row[c]!)) take(c, row[c]!);
  }
}

/**
 * The rows as examples: `x` float32 [F] holds each number less its mean, over its deviation (0 where it is missing),
 * and for each category 1 or 0; `y` is the class, or float32 [1], standardised as a feature is unless it is a
 * probability.
 */
export function tableDataset(
  name: string,
  { rows, groups, texts, place }: TableStore,
  { features, target }: TablePreparation,
  group: string | null,
): Dataset {
  const [size = 0, width = 0] = rows.shape;
  const length = features.reduce((sum, { categories }) => sum + (categories?.length ?? 1), 0);
  const { classes, moments } = target;
  const { mean, deviation } = moments ?? { mean: 0, deviation: 1 };
  const labels = new Int32Array(classes === null ? 0 : size);
  for (let i = 0; i < labels.length; i++) labels[i] = rows.at(i)[width - 1] as number;
  const numbers: DataArray & { name: "y" } = { name: "y", type: "float32", shape: [1] };
  return {
    name,
    size,
    classes: classes?.length ?? 0,
    classNames: classes?.map(String) ?? [],
    inputs: [{ name: "x", type: "float32", shape: [length] }],
    target: classes === null ? numbers : oneClass,
    ...(moments && { targetScale: moments }),
    labels,
    ...(classes !== null && { ignored: IGNORED_LABEL }),
    preprocessing: {
      numbers: "(value - mean) / deviation, 0 where missing; categories: 1 or 0 each",
      features,
      target: { name: target.name, moments },
    },
    place,
    columns: { ...texts, ...(group === null ? {} : { [group]: groups }) },
    read(indices, batch) {
      const [x, y] = [batch.x!.data as Float32Array, batch.y!.data as Float32Array | BigInt64Array];
      checkRead(indices, size, x.length, y.length, length);
      for (let i = 0; i < indices.length; i++) {
        const row = rows.at(indices[i]!) as Float64Array;
        writeFeatures(x, i * length, row, features);
        if (y instanceof BigInt64Array) y[i] = BigInt(row[width - 1] === UNKNOWN ? IGNORED_LABEL : row[width - 1]!);
        else y[i] = (row[width - 1]! - mean) / deviation;
      }
    },
  };
}

function writeFeatures(
  x: Float32Array,
  start: number,
  row: Float64Array,
  features: TablePreparation["features"],
): void {
  let at = start;
  for (let c = 0; c < features.length; c++) {
    const { categories, moments } = features[c]!;
    const value = row[c]!;
    if (moments !== null) x[at++] = Number.isNaN(value) ? 0 : (value - moments.mean) / moments.deviation;
    else {
      x.fill(0, at, at + categories!.length);
      if (value >= 0) x[at + value] = 1;
      at += categories!.length;
    }
  }
}

/** Throws `ShapeError` where arrays do not fit `indices`, or an index lies outside the data. */
export function checkRead(
  indices: Uint32Array,
  size: number,
  x: number,
  y: number,
  length: number,
  perTarget = 1,
): void {
  if (x !== indices.length * length || y !== indices.length * perTarget)
    throw new ShapeError(
      `read: expected x of ${indices.length * length} and y of ${indices.length * perTarget} elements, got ${x} and ${y}; ` +
        "pass arrays that fit the micro-batch",
    );
  const bad = indices.find((index) => index >= size);
  if (bad !== undefined)
    throw new ShapeError(`read: expected indices below ${size}, got ${bad}; sample from this data set's size`);
}
