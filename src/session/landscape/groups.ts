import { groupsOf } from "../../analysis/curvature/layout.ts";
import type { Objective } from "../../analysis/curvature/objective.ts";
import { diagonalOf } from "../../curvature/diagonal.ts";
import { preconditioned, restricted } from "../../curvature/operator.ts";
import { eigenvaluesOf } from "../../curvature/spectrum.ts";
import { oneGroup } from "../../optimizer/optimizer.ts";
import type { Interval } from "../../statistics/types.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import type { GroupKind } from "./parts.ts";
import { hessianAt, type Looked, searchOf } from "./spectrum.ts";
import type { NextState } from "./subject.ts";

/** The diagonal block of the Hessian that belongs to a part of the network, the others standing still. */
export interface GroupCurvature {
  readonly name: string;
  /** Parameters. */
  readonly size: number;
  readonly gradientNorm: number;
  readonly largest: Interval;
  readonly smallest: Interval;
  readonly trace: Interval;
}

/** Products of one block, and random signs of all traces together. */
const PRODUCTS = 40;
const SIGNS = 60;
/** Until this share of the time blocks are searched well; later each gets the fewest products. */
const SHARE = 0.95;

/** Every layer or block of the network, in its order. */
export async function measureGroups(objective: Objective, kind: GroupKind, looked: Looked): Promise<GroupCurvature[]> {
  const { start, slices } = objective;
  const groups = groupsOf(slices, kind);
  looked.meter.start(kind, 1 + SIGNS + groups.length * (PRODUCTS + 2));
  const operator = hessianAt(objective, start);
  const { gradient } = await objective.gradientAt(start);
  const parts = groups.map((group) => group.slices);
  const { sums } = await diagonalOf(operator, { products: SIGNS, parts, seed: looked.seed });
  const found: GroupCurvature[] = [];
  for (const [i, { name, slices: own }] of groups.entries()) {
    const { options } = searchOf(objective, { ...looked, count: 1 }, SHARE);
    const search = { ...options, products: PRODUCTS, dense: PRODUCTS };
    const { largest, smallest } = await eigenvaluesOf(restricted(operator, own), search);
    const squares = own.reduce(
      (sum, { offset, length }) => sum + squared(gradient.subarray(offset, offset + length)),
      0,
    );
    found.push({
      name,
      size: own.reduce((sum, { length }) => sum + length, 0),
      gradientNorm: Math.sqrt(squares),
      largest: plain(largest[0]!),
      smallest: plain(smallest[0]!),
      trace: sums[i]!,
    });
  }
  return found;
}

const squared = (vector: Float64Array) => vector.reduce((sum, x) => sum + x * x, 0);
const plain = ({ value, lower, upper }: Interval) => ({ value, lower, upper });

/** The Hessian as the optimizer sees it: D^½·H·D^½, where an update is D times the gradient. */
export interface Preconditioned {
  readonly optimizer: string;
  readonly largest: Interval;
  readonly smallest: Interval;
  /** Parameters whose D is not known, as no gradient has ever come. */
  readonly unknown: number;
  readonly learningRate: number;
  /** Without momentum, rates above 2/λ_max do not settle. */
  readonly criticalRate: number;
}

/** Throws `UsageError` for an optimizer whose updates are no diagonal times the gradient, and before its first step. */
export async function measurePreconditioned(
  objective: Objective,
  next: NextState,
  looked: Looked,
): Promise<Preconditioned> {
  const diagonal = diagonalOfNext(objective, next);
  const { options, passes } = searchOf(objective, { ...looked, count: 1 }, SHARE);
  looked.meter.start("preconditioned", passes + 2);
  const operator = preconditioned(hessianAt(objective, objective.start), diagonal);
  const { largest, smallest } = await eigenvaluesOf(operator, options);
  return {
    optimizer: next.optimizer.name,
    largest: plain(largest[0]!),
    smallest: plain(smallest[0]!),
    unknown: diagonal.filter((x) => x === 0).length,
    learningRate: next.learningRate,
    criticalRate: 2 / largest[0]!.value,
  };
}

function diagonalOfNext({ size, slices }: Objective, { optimizer, state, steps }: NextState): Float64Array {
  const { preconditioner, groupOf } = optimizer;
  if (typeof preconditioner !== "function" || steps === 0)
    throw new UsageError(
      `${option("preconditioned")}: expected a run whose optimizer has scaled its gradients, as adam, got ${optimizer.name} after ${steps} steps; choose another run or checkpoint, or leave it out`,
    );
  const offsets = new Map(state.layout.entries.map(({ name, offset }) => [name, offset]));
  const diagonal = new Float64Array(size);
  for (const { name, shape, offset, length } of slices) {
    const from = offsets.get(name)!;
    const own = (flat: Float32Array) => flat.subarray(from, from + length);
    const kept = Object.fromEntries(Object.entries(state.moments).map(([key, flat]) => [key, own(flat)]));
    const { decays, learningRateScale } = groupOf?.({ name, shape }) ?? oneGroup;
    const values = preconditioner({ values: own(state.parameters), state: kept, steps, decays });
    values.forEach((value, i) => {
      diagonal[offset + i] = value * learningRateScale;
    });
  }
  return diagonal;
}
