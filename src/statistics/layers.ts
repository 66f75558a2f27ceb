import { is, requireArguments } from "../tensor/arguments.ts";
import { ShapeError } from "../tensor/errors.ts";
import { gradientMoments, noiseScale } from "./noiseScale.ts";
import type { Gram, NoiseScale } from "./types.ts";

export interface LayerNoise {
  readonly name: string;
  /** Of this layer's parameters alone, in loss²/parameter²; over all layers they add up to those of the whole. */
  readonly traceCovariance: number;
  readonly squaredGradientNorm: number;
  readonly noiseScale: NoiseScale;
}

/**
 * The noise scale of every layer and of all together, from the Gram of each layer's gradient over the SAME rows. The
 * products of the whole are the sums of the layers'. A layer's own noise scale is that of a step on this layer alone
 * with all other parameters held still. Throws `ShapeError` where two layers' Grams differ in rows or counts, or
 * without layers.
 */
export function noiseScaleOfLayers(layers: ReadonlyMap<string, Gram>): {
  readonly layers: readonly LayerNoise[];
  readonly whole: LayerNoise;
} {
  requireArguments("noiseScaleOfLayers", { layers }, { layers: is.map });
  return {
    layers: [...layers].map(([name, gram]) => noiseOf(name, gram)),
    whole: noiseOf("all layers", sumOfGrams(layers)),
  };
}

/** Of each layer, 0–1; null where it cannot be told. */
export interface LayerShares {
  /** Of tr Σ. */
  readonly noise: readonly (number | null)[];
  /** Of |G|², where it is told from zero: elsewhere the estimate is noise, and may be below zero. */
  readonly signal: readonly (number | null)[];
}

/** Shares of the sum of what is above zero, so that none is above 1 or below 0. */
export function layerShares(layers: readonly Omit<LayerNoise, "name">[]): LayerShares {
  return {
    noise: sharesOf(layers.map(({ traceCovariance }) => traceCovariance)),
    signal: sharesOf(
      layers.map(({ squaredGradientNorm, noiseScale: { resolved } }) => (resolved ? squaredGradientNorm : Number.NaN)),
      layers.map(({ squaredGradientNorm }) => squaredGradientNorm),
    ),
  };
}

function sharesOf(values: readonly number[], all: readonly number[] = values): (number | null)[] {
  const total = all.reduce((sum, value) => (value > 0 ? sum + value : sum), 0);
  return values.map((value) => (value >= 0 && total > 0 ? value / total : null));
}

/** The Gram of all layers together: the sum of their products. Errors as in `noiseScaleOfLayers`. */
export function sumOfGrams(layers: ReadonlyMap<string, Gram>): Gram {
  const first = [...layers.values()][0];
  if (first === undefined)
    throw new ShapeError("sumOfGrams: expected at least one layer, got none; give the Gram of each layer");
  const products = new Float64Array(first.products.length);
  for (const [name, gram] of layers) {
    const fits = gram.products.length === products.length && gram.counts.length === first.counts.length;
    if (!fits || !gram.counts.every((count, k) => count === first.counts[k]))
      throw new ShapeError(
        `sumOfGrams: expected the counts [${first.counts.join(", ")}] in each layer, got [${gram.counts.join(", ")}] in ${name}; measure all layers on the same rows`,
      );
    for (let i = 0; i < products.length; i++) products[i]! += gram.products[i]!;
  }
  return { products, counts: first.counts };
}

function noiseOf(name: string, gram: Gram): LayerNoise {
  const { traceCovariance, squaredGradientNorm } = gradientMoments(gram);
  return { name, traceCovariance, squaredGradientNorm, noiseScale: noiseScale(gram) };
}
