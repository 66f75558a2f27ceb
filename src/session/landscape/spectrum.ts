import type { Objective } from "../../analysis/curvature/objective.ts";
import { type CriticalPoint, criticalPoint } from "../../curvature/criticalPoint.ts";
import { type SpectralDensity, spectralDensity } from "../../curvature/density.ts";
import type { SymmetricOperator } from "../../curvature/operator.ts";
import { evenly } from "../../curvature/slice.ts";
import type { SpectrumOptions } from "../../curvature/spectrum.ts";
import { type Trace, traceOf } from "../../curvature/trace.ts";
import type { GradientPlace } from "./history.ts";
import type { Budget, Meter } from "./parts.ts";

/** How the Hessian is looked at. */
export interface Looked {
  readonly budget: Budget;
  readonly meter: Meter;
  readonly seed: number;
  /** Eigenvalues at each end. */
  readonly count: number;
  /** Whether time ends it: then a small matrix is not decomposed whole. */
  readonly timed: boolean;
}

/** Products of one search at most, without those that certify. */
const PRODUCTS = 120;
/** Decomposed whole up to so many parameters. */
const DENSE = { timed: 120, free: 600 };

/** The Hessian at a place, by its products. */
export function hessianAt(objective: Objective, at: Float64Array): SymmetricOperator {
  return {
    size: objective.size,
    apply: (vector) => objective.productAt(at, vector),
    rounding: objective.roundingAt && ((vector) => objective.roundingAt!(at, vector)),
  };
}

/** Fits the search into time and memory. */
export function searchOf({ size }: { readonly size: number }, { budget, seed, count, timed }: Looked, share: number) {
  const products = Math.max(PRODUCTS, 8 * count);
  const dense = timed ? DENSE.timed : DENSE.free;
  const options: SpectrumOptions = {
    ...{ count, products, dense, seed },
    vectors: Math.floor(budget.numbers / size) - 2 * count - 4,
    isOver: () => budget.isOver(share),
  };
  return { options, passes: size <= dense ? size : products };
}

/** The loss along an eigenvector and its second-order Taylor model. */
export interface TaylorLine {
  /** Of the most negative eigenvalue where one is surely negative, else of the largest. */
  readonly direction: "escape" | "sharpest";
  readonly eigenvalue: number;
  /** Along the unit eigenvector, in the unit of the parameters; ascending. */
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly taylor: readonly number[];
}

/** Gradient, ends of the spectrum, verdict, way out and Taylor model. */
export interface MeasuredPoint extends CriticalPoint {
  readonly history: readonly GradientPlace[];
  readonly taylor: TaylorLine | null;
}

/** Until this share of the time the ends of the spectrum are sought, and so on. */
const SHARES = { verdict: 0.4, trace: 0.55, density: 0.75 };
/** Points of the Taylor line. */
const POINTS = 33;

export async function measurePoint(
  objective: Objective,
  history: readonly GradientPlace[],
  looked: Looked,
): Promise<MeasuredPoint> {
  const { options, passes } = searchOf(objective, looked, SHARES.verdict);
  looked.meter.start("verdict", passes + 2 * looked.count + POINTS + 4);
  const norms = history.map(({ gradientNorm }) => gradientNorm);
  const point = await criticalPoint(objective, objective.start, { history: norms, spectrum: options });
  return { ...point, history, taylor: await taylorLine(objective, point) };
}

async function taylorLine(
  objective: Objective,
  { loss, spectrum, escape: way }: CriticalPoint,
): Promise<TaylorLine | null> {
  const { value, vector } = way ? spectrum.smallest[0]! : spectrum.largest[0]!;
  if (!(Math.abs(value) > 0) || !Number.isFinite(loss)) return null;
  // As far as the way out was followed, or to where the model doubles the loss.
  const reach = way ? way.path.at(-1)!.step : Math.sqrt((2 * Math.max(Math.abs(loss), 1e-6)) / Math.abs(value));
  const { gradient } = await objective.gradientAt(objective.start);
  const slope = gradient.reduce((sum, x, i) => sum + x * vector[i]!, 0);
  const step = evenly(-reach, reach, POINTS);
  const losses = await objective.lossesAlong(
    objective.start,
    [vector],
    step.map((t) => [t]),
  );
  const taylor = step.map((t) => loss + t * slope + (t * t * value) / 2);
  return { direction: way ? "escape" : "sharpest", eigenvalue: value, step, loss: [...losses], taylor };
}

/** Null where memory holds too few vectors. */
export async function measureTrace(objective: Objective, looked: Looked): Promise<Trace | null> {
  // 3/2 vectors a product are held.
  const held = 2 * Math.floor(looked.budget.numbers / objective.size / 3);
  const products = Math.min(60, held);
  if (products < 4) return null;
  looked.meter.start("trace", Math.min(products, objective.size));
  const isOver = () => looked.budget.isOver(SHARES.trace);
  return traceOf(hessianAt(objective, objective.start), { products, seed: looked.seed, isOver });
}

/** Lanczos steps of one start, at least. */
const FEWEST_STEPS = 8;

/** Null where memory holds too few vectors. */
export async function measureDensity(objective: Objective, looked: Looked): Promise<SpectralDensity | null> {
  const steps = Math.min(30, Math.floor(looked.budget.numbers / objective.size));
  if (steps < Math.min(FEWEST_STEPS, objective.size)) return null;
  looked.meter.start("density", 6 * Math.min(steps, objective.size));
  const isOver = () => looked.budget.isOver(SHARES.density);
  return spectralDensity(hessianAt(objective, objective.start), { steps, seed: looked.seed, isOver });
}
