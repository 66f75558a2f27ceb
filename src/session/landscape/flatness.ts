import type { Objective } from "../../analysis/curvature/objective.ts";
import { rescaledTwin } from "../../curvature/rescaledTwin.ts";
import { type Sharpness, sharpness } from "../../curvature/sharpness.ts";
import { homogeneousPairs } from "../../training/homogeneousPairs.ts";
import type { Looked } from "./spectrum.ts";
import type { Subject } from "./subject.ts";

/** What a homogeneous pair is rescaled by in the twin. */
export const TWIN_FACTOR = 3;

/** Passes of all climbs at most: of each two starts, ten gradients and four losses after each. */
const PASSES = 310;

/** Until this share of the time it is climbed; then each climb has what it has. */
const SHARE = 0.85;

/** How far the loss rises around the parameters. */
export interface Flatness {
  readonly sharpness: Sharpness;
  /** The same function with its homogeneous pairs rescaled; null where the model has none, or the time was over. */
  readonly twin: Twin | null;
}

export interface Twin {
  readonly pairs: number;
  readonly factor: number;
  readonly sharpness: Sharpness;
}

export function measureSharpness(objective: Objective, looked: Climbing): Promise<Sharpness> {
  looked.meter.start("sharpness", PASSES);
  return sharpnessAt(objective, objective.start, looked);
}

export async function measureTwin(objective: Objective, { model }: Subject, looked: Climbing): Promise<Twin> {
  const pairs = homogeneousPairs(model);
  looked.meter.start("twin", PASSES);
  const twin = rescaledTwin(objective.start, objective.slices, pairs, TWIN_FACTOR);
  return { pairs: pairs.length, factor: TWIN_FACTOR, sharpness: await sharpnessAt(objective, twin, looked) };
}

type Climbing = Pick<Looked, "budget" | "meter" | "seed">;

function sharpnessAt({ lossesAlong, gradientAt }: Objective, parameters: Float64Array, { budget, seed }: Climbing) {
  return sharpness(lossesAlong, gradientAt, parameters, { seed, isOver: () => budget.isOver(SHARE) });
}
