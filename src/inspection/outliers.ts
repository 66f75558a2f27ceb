import { featureOutliers } from "../statistics/outliers.ts";
import { random } from "../tensor/random.ts";
import { type Inputs, sketchRows } from "./inputs.ts";

/** How far examples lie from all others, in robust standard deviations, of each example. */
export interface OutlierScores {
  /** In what the last layer of a model that has not seen the example reads, at unit length. */
  readonly features: Float64Array;
  /** In what every model reads. */
  readonly inputs: Float64Array;
}

/** Neighbours of an example, and examples among which they are sought: exact search is quadratic. */
const NEIGHBORS = 10;
const MOST_NEIGHBORED = 2000;
const SKETCH = 64;
const PARTS_STREAM = 5;

/**
 * Mean distance to the nearest others (see `featureOutliers`) of the examples that a model held out, twice: of its
 * features [examples × F] at unit length, whose directions tell strange examples where their norms only tell how sure
 * the model is (Sun et al. 2022, arXiv 2204.06507), and of the inputs, which show what features drop. Large folds are
 * searched in random parts of at most 2,000.
 */
export function scoreOutliers(
  heldOut: Uint32Array,
  features: Float32Array,
  inputs: Inputs,
  scores: OutlierScores,
  seed: number,
): void {
  const width = features.length / heldOut.length;
  const directions = unitRows(features, width);
  const order = random(seed, PARTS_STREAM).permutation(heldOut.length);
  const parts = Math.ceil(order.length / MOST_NEIGHBORED);
  for (let part = 0; part < parts; part++) {
    const members = order.filter((_, i) => i % parts === part);
    if (members.length < 3) continue;
    const examples = members.map((member) => heldOut[member]!);
    const own = { values: rowsAt(directions, width, members), width };
    const read = sketchRows({ values: rowsAt(inputs.values, inputs.width, examples), width: inputs.width }, SKETCH);
    const neighbors = Math.min(NEIGHBORS, members.length - 1);
    for (const { index, robustZ } of featureOutliers(own, neighbors)) scores.features[examples[index]!] = robustZ;
    for (const { index, robustZ } of featureOutliers(read, neighbors)) scores.inputs[examples[index]!] = robustZ;
  }
}

function rowsAt(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    taken.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return taken;
}

function unitRows(values: Float32Array, width: number): Float32Array {
  const units = values.slice();
  for (let start = 0; start < units.length; start += width) {
    const row = units.subarray(start, start + width);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)) || 1;
    for (let d = 0; d < width; d++) row[d]! /= norm;
  }
  return units;
}
