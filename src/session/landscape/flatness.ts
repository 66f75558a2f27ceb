import type { Objective } from "../../analysis/curvature/objective.ts";
import { rescaledTwin } from "../../curvature/rescaledTwin.ts";
import { type Sharpness, sharpness } from "../../curvature/sharpness.ts";
import { homogeneousPairs } from "../../training/homogeneousPairs.ts";
import type { Meter } from "./parts.ts";
import type { Subject } from "./subject.ts";

/** What a homogeneous pair is rescaled by in the twin. */
export const TWIN_FACTOR = 3;

/** Passes of all climbs at most: of each two starts, ten gradients and four losses after each. */
const PASSES = 310;

/** How far the loss rises around the parameters. */
export interface Flatness {
  readonly sharpness: Sharpness;
  /** The same function with its homogeneous pairs rescaled; null where the model has none. */
  readonly twin: { readonly pairs: number; readonly factor: number; readonly sharpness: Sharpness } | null;
}

export async function measureFlatness(
  objective: Objective,
  { model }: Subject,
  { meter, seed }: { readonly meter: Meter; readonly seed: number },
): Promise<Flatness> {
  const at = (parameters: Float64Array) => sharpness(objective.lossesAlong, objective.gradientAt, parameters, { seed });
  meter.start("sharpness", PASSES);
  const here = await at(objective.start);
  const pairs = homogeneousPairs(model);
  if (pairs.length === 0) return { sharpness: here, twin: null };
  meter.start("twin", PASSES);
  const there = await at(rescaledTwin(objective.start, objective.slices, pairs, TWIN_FACTOR));
  return { sharpness: here, twin: { pairs: pairs.length, factor: TWIN_FACTOR, sharpness: there } };
}
