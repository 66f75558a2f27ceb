import { defaultLoss, divisor, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { sumOfGrams } from "../statistics/layers.ts";
import type { CoordinateSums } from "../statistics/signalToNoise.ts";
import type { Gram } from "../statistics/types.ts";
import type { SketchBound } from "../store/schema.ts";
import { option, UsageError } from "../tensor/errors.ts";
import type { KeptCoordinates } from "./coordinates.ts";
import type { ColumnRange } from "./gramPlan.ts";
import type { ResumableArray, ResumableRows } from "./resumableRows.ts";
import type { RowSource, Watch } from "./rowMakers.ts";
import { cosineErrorOf } from "./sketch.ts";

/** The layer of a parameter, given by its position. */
export type LayerOf = (parameter: number) => string;

/** What one pass gives: sums Σ w·∇ℓ multiplied, not yet divided by the weights. */
export interface Part {
  /** [K, K] of each layer. */
  readonly products: ReadonlyMap<string, Float64Array>;
  /** Σ w of each mini-batch, [K]. */
  readonly weights: Float64Array;
  /** Squared lengths [K] of the rows of each parameter that is sketched, and how many numbers its sketch has. */
  readonly squares: ReadonlyMap<number, Float64Array>;
  readonly sketchWidths: ReadonlyMap<number, number>;
  /** Numbers that stand for a row in this pass. */
  readonly dimensions: number;
  /** Where they were asked for: what the pass saw of some coordinates of each parameter. */
  readonly coordinates: ReadonlyMap<number, CoordinateSums>;
  /** [K, K] of rows times the scale, where there is one. */
  readonly scaled?: Float64Array | undefined;
  /** Where they were asked for: rows at some coordinates. */
  readonly signs?: readonly KeptCoordinates[];
}

/**
 * Computes and multiplies the rows of one pass. Goes on from rows on disk; writes those so far there where the signal
 * ends it.
 */
export interface GramPass {
  run(watch: Watch, resumable: ResumableRows | undefined): Promise<Part>;
  release(): void;
}

export interface MeasuredGram extends Gram {
  /** Where the rows did not fit the budget. */
  readonly sketch: SketchBound | null;
  /** Where they were asked for: a layer's name is that of its parameters up to the last dot. */
  readonly layers: ReadonlyMap<string, Gram>;
  /** Where they were asked for, by the position of the parameter; see `CoordinateMeter`. */
  readonly coordinates: ReadonlyMap<number, CoordinateSums>;
  /** Of rows times the scale, where there is one. */
  readonly scaled: Gram | null;
  /** Where they were asked for, one part after the other; means over the examples of each row. */
  readonly signs: readonly KeptCoordinates[];
}

/** Stands for all layers where they are not told apart. */
const ALL = "";

/** Names of the layers: those of the parameters up to the last dot, or one for all. */
export function layersOf(model: Model, byLayer: boolean): LayerOf {
  const names = model.parameters.map(({ name }) => (byLayer ? layerName(name) : ALL));
  return (parameter) => names[parameter]!;
}

export function layerName(parameter: string): string {
  const dot = parameter.lastIndexOf(".");
  return dot > 0 ? parameter.slice(0, dot) : parameter;
}

export function newPart(
  groups: number,
  layerOf: LayerOf,
  columnRanges: readonly ColumnRange[],
  squares: ReadonlyMap<number, Float64Array>,
): Part {
  const layers = new Set(columnRanges.map(({ parameter }) => layerOf(parameter)));
  return {
    products: new Map([...layers].map((layer) => [layer, new Float64Array(groups * groups)])),
    weights: new Float64Array(groups),
    squares,
    sketchWidths: new Map(
      columnRanges.flatMap(({ parameter, width }) => (squares.has(parameter) ? [[parameter, width]] : [])),
    ),
    dimensions: columnRanges.reduce((sum, { width }) => sum + width, 0),
    coordinates: new Map(),
  };
}

const PRODUCTS = "products:";
const WEIGHTS = "weights";
const SQUARES = "squares:";
const DIMENSIONS = "dimensions";
const COORDINATES = "coordinates:";
const SCALED = "scaled";
const SIGNS = "signs:";

/** A part as named arrays, for a file. */
export function savedPart(part: Part): ReadonlyMap<string, ResumableArray> {
  const { products, weights, squares, sketchWidths, dimensions, coordinates, scaled, signs = [] } = part;
  return new Map<string, ResumableArray>([
    ...(scaled ? [[SCALED, scaled] as const] : []),
    ...signs.map(({ parameter, size, rows }) => [`${SIGNS}${parameter}:${size}`, rows] as const),
    [WEIGHTS, weights],
    [DIMENSIONS, Float64Array.of(dimensions)],
    ...[...products].map(([layer, values]) => [PRODUCTS + layer, values] as const),
    ...[...squares].map(
      ([parameter, values]) => [`${SQUARES}${parameter}:${sketchWidths.get(parameter)}`, values] as const,
    ),
    ...[...coordinates].map(
      ([parameter, sums]) =>
        [COORDINATES + parameter, Float64Array.of(sums.coordinates, sums.varying, sums.ratios)] as const,
    ),
  ]);
}

/** What `savedPart` gave. */
export function partFrom(saved: ReadonlyMap<string, ResumableArray>): Part {
  const arrays = saved as ReadonlyMap<string, Float64Array>;
  const under = (prefix: string) =>
    [...arrays].flatMap(([name, values]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), values] as const] : [],
    );
  const squares = under(SQUARES).map(
    ([key, values]) => [...key.split(":").map(Number), values] as [number, number, Float64Array],
  );
  return {
    products: new Map(under(PRODUCTS)),
    weights: arrays.get(WEIGHTS)!,
    squares: new Map(squares.map(([parameter, , values]) => [parameter, values])),
    sketchWidths: new Map(squares.map(([parameter, width]) => [parameter, width])),
    dimensions: arrays.get(DIMENSIONS)![0]!,
    scaled: arrays.get(SCALED),
    signs: [...saved].flatMap(([name, rows]) => {
      if (!name.startsWith(SIGNS)) return [];
      const [parameter, size] = name.slice(SIGNS.length).split(":").map(Number) as [number, number];
      return [{ parameter, size, rows: rows as Float32Array }];
    }),
    coordinates: new Map(
      under(COORDINATES).map(([parameter, [coordinates, varying, ratios]]) => [
        Number(parameter),
        { coordinates: coordinates!, varying: varying!, ratios: ratios! },
      ]),
    ),
  };
}

/**
 * Adds the parts and divides each row's sum by its own weight. Throws `UsageError` for a mini-batch in which nothing
 * weighs anything.
 */
export function gramFrom(parts: readonly Part[], source: RowSource, seed: number): MeasuredGram {
  const { groups, batchSize, loss = defaultLoss } = source;
  const own = divisors(loss, parts[0]!.weights, batchSize);
  const counts = Array<number>(groups).fill(batchSize);
  const layers = new Map(
    [...addedUp(parts)].map(([layer, sums]): [string, Gram] => [
      layer,
      { products: sums.map((sum, i) => sum / (own[Math.floor(i / groups)]! * own[i % groups]!)), counts },
    ]),
  );
  const whole = layers.get(ALL) ?? sumOfGrams(layers);
  return {
    ...whole,
    sketch: boundOf(parts, own, whole, seed),
    layers: layers.has(ALL) ? new Map() : layers,
    coordinates: coordinatesOf(parts),
    scaled: scaledOf(parts, own, counts),
    signs: parts.flatMap(({ signs = [] }) => signs),
  };
}

function scaledOf(parts: readonly Part[], own: readonly number[], counts: readonly number[]): Gram | null {
  const products = new Float64Array(own.length ** 2);
  for (const { scaled } of parts) {
    if (!scaled) return null;
    for (let i = 0; i < products.length; i++)
      products[i]! += scaled[i]! / (own[Math.floor(i / own.length)]! * own[i % own.length]!);
  }
  return { products, counts };
}

/** Columns of one parameter may lie in several parts. */
function coordinatesOf(parts: readonly Part[]): Map<number, CoordinateSums> {
  const all = new Map<number, CoordinateSums>();
  for (const part of parts)
    for (const [parameter, b] of part.coordinates) {
      const a = all.get(parameter) ?? { coordinates: 0, varying: 0, ratios: 0 };
      all.set(parameter, {
        coordinates: a.coordinates + b.coordinates,
        varying: a.varying + b.varying,
        ratios: a.ratios + b.ratios,
      });
    }
  return all;
}

function addedUp(parts: readonly Part[]): Map<string, Float64Array> {
  const layers = new Map<string, Float64Array>();
  for (const { products } of parts)
    for (const [layer, values] of products) {
      const sum = layers.get(layer);
      if (sum) for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
      else layers.set(layer, values);
    }
  return layers;
}

/** What the sums of the mini-batches are divided by. */
function divisors(loss: Loss, weights: Float64Array, batchSize: number): number[] {
  const all = Array.from(weights, (weight) => divisor(loss, weight));
  const empty = all.filter((value) => value === 0).length;
  if (empty === 0) return all;
  const got = `got ${empty} of ${all.length} whose labels are ignored or weigh 0 (${option("ignoreIndex")}, ${option("classWeights")})`;
  throw new UsageError(
    `analyze: expected a label that counts in every mini-batch, ${got}; ${remedy(empty, all.length, batchSize)}`,
  );
}

/** The probability that so large a batch makes a mini-batch that weighs nothing, of all that are drawn. */
const EMPTY = 0.01;

/** Of a share s of labels that do not count, s^b of mini-batches of b are empty: where s < 1, larger ones are not. */
function remedy(empty: number, groups: number, batchSize: number): string {
  if (empty === groups) return `change ${option("ignoreIndex")} or ${option("classWeights")}`;
  const larger = Math.ceil((batchSize * Math.log(EMPTY / groups)) / Math.log(empty / groups));
  return `raise ${option("batchSize")} to about ${larger}`;
}

function boundOf(parts: readonly Part[], own: readonly number[], whole: Gram, seed: number): SketchBound | null {
  const sketched = parts.flatMap(({ squares, sketchWidths }) =>
    [...squares].map(([parameter, values]) => ({
      squares: values.map((square, k) => square / own[k]! ** 2),
      dimensions: sketchWidths.get(parameter)!,
    })),
  );
  if (sketched.length === 0) return null;
  const groups = own.length;
  const lengths = Float64Array.from({ length: groups }, (_, k) => whole.products[k * (groups + 1)]!);
  const dimensions = parts.reduce((sum, part) => sum + part.dimensions, 0);
  return { dimensions, seed, cosineError: cosineErrorOf(lengths, sketched) };
}
