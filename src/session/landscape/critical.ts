import { nextUpdate } from "../../analysis/curvature/nextUpdate.ts";
import type { Objective } from "../../analysis/curvature/objective.ts";
import { type CriticalSharpness, criticalSharpness } from "../../curvature/criticalSharpness.ts";
import { stepOnParabola } from "../../curvature/valley.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { Meter } from "./parts.ts";
import type { Trained } from "./subject.ts";

/** Along the next update of the run's optimizer. */
export interface NextUpdateFound extends CriticalSharpness {
  readonly learningRate: number;
  /** Where the update lands on the parabola along it: see `stepOnParabola`. NaN where that has no minimum ahead. */
  readonly alpha: number;
}

/** Passes at most. */
const PASSES = 12;

/** The critical sharpness along the update that would come next, and where that update lands in the valley. */
export async function measureCritical(
  engine: Engine,
  objective: Objective,
  { configuration: { clipNorm }, next }: Trained & { readonly next: NonNullable<Trained["next"]> },
  { threads, meter }: { readonly threads: number; readonly meter: Meter },
): Promise<NextUpdateFound> {
  meter.start("critical", PASSES);
  const { optimizer, state, steps, learningRate } = next;
  const { start, slices } = objective;
  const here = await objective.gradientAt(start);
  const { gradient } = here;
  // The update is made in the state, which stays as it was for whoever looks at it next.
  const kept = { ...state, parameters: state.parameters.slice(), moments: copies(state.moments) };
  const known = { optimizer, state: kept, gradient, slices, learningRate, clipNorm, threads };
  const update = await nextUpdate(engine, { ...known, step: steps + 1 });
  const found = await criticalSharpness(objective.lossesAlong, start, update, learningRate);
  const there = await objective.gradientAt(start.map((x, i) => x - learningRate * update[i]!));
  const end = ({ loss, gradient: g }: typeof here) => {
    const slope = -learningRate * g.reduce((sum, x, i) => sum + x * update[i]!, 0);
    return { loss, slope, lossVariance: 0, slopeVariance: 0 };
  };
  return { ...found, learningRate, alpha: stepOnParabola(end(here), end(there)) };
}

const copies = (arrays: Readonly<Record<string, Float32Array>>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
