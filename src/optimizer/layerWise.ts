import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { deviation, moments } from "./adam.ts";
import { correction, penalized } from "./formulas.ts";
import type { Optimizer, UpdateOutputs } from "./optimizer.ts";
import { requireFractions, requireNotNegative, requirePositive } from "./options.ts";
import { inverseRoots, type KeptParameter, unbiasing } from "./preconditioner.ts";

export interface LarsOptions {
  /** μ. Default 0.9. */
  readonly momentum?: number;
  /** λ, added to the gradient as λ·θ. Default 1e-4. */
  readonly weightDecay?: number;
  /** How far a parameter may move, as a share of its own norm. Default 0.001. */
  readonly trustCoefficient?: number;
  /** ε of the ratio's denominator. Default 1e-8. */
  readonly epsilon?: number;
  /** Never more than the plain step: min(ratio/η, 1), NVIDIA's LARC. Default false. */
  readonly trustClip?: boolean;
}

const larsKeys: KeysOf<LarsOptions> = {
  momentum: true,
  weightDecay: true,
  trustCoefficient: true,
  epsilon: true,
  trustClip: true,
};

/**
 * LARS. You, Gitman & Ginsburg 2017, arXiv:1708.03888, eq. 6 and Algorithm 1, with the learning rate outside the buffer
 * as in timm's `Lars`. For each parameter, with its own norms:
 *
 *   r = c·‖θ‖ / (‖g‖ + λ·‖θ‖ + ε), 1 where a norm is 0      m ← μ·m + r·(g + λ·θ)      θ ← θ − η·m
 *
 * Groups without weight decay take the plain step: r = 1 and λ = 0.
 */
export function lars(options: LarsOptions = {}): Optimizer {
  requireKnown("lars", options, larsKeys);
  const { momentum = 0.9, weightDecay = 1e-4, trustCoefficient = 0.001, epsilon = 1e-8, trustClip = false } = options;
  requireFractions("lars", { momentum });
  requireNotNegative("lars", { weightDecay });
  requirePositive("lars", { trustCoefficient, epsilon });
  return {
    name: "lars",
    state: momentum > 0 ? ["momentum"] : [],
    momentum: momentum > 0 ? "momentum" : undefined,
    layerWise: true,
    preconditioner: "norms",
    update(g, inputs): UpdateOutputs {
      const { parameter, gradient, state, learningRate } = inputs;
      const [size, slope] = [norm(g, parameter), norm(g, gradient)];
      const scale = g.add(g.add(slope, g.mul(size, weightDecay)), epsilon);
      const trusted = trustRatio(g, size, slope, g.div(g.mul(size, trustCoefficient), scale));
      const ratio = trustClip ? g.min(g.div(trusted, learningRate), 1) : trusted;
      const penalty = penalized(g, inputs, weightDecay);
      const scaled = inputs.decays ? g.mul(penalty, ratio) : penalty;
      const buffer = state.momentum ? g.add(g.mul(state.momentum, inputs.momentum ?? momentum), scaled) : scaled;
      const after = g.sub(parameter, g.mul(buffer, learningRate));
      return { parameter: after, state: state.momentum ? { momentum: buffer } : {} };
    },
  };
}

export interface LambOptions {
  /** β₁, decay of the mean gradient. Default 0.9. */
  readonly beta1?: number;
  /** β₂, decay of the mean squared gradient. Default 0.999. */
  readonly beta2?: number;
  /** ε, added to √v̂. Default 1e-6. */
  readonly epsilon?: number;
  /** λ, added to the step as λ·θ. Default 0.01. */
  readonly weightDecay?: number;
  /** Largest global norm of the gradient; `Infinity` for none. Default 1. */
  readonly largestNorm?: number;
  /** Never more than the plain step: min(ratio, 1), LAMBC. Default false. */
  readonly trustClip?: boolean;
}

const lambKeys: KeysOf<LambOptions> = {
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  largestNorm: true,
  trustClip: true,
};

/**
 * LAMB. You et al. 2020, arXiv:1904.00962, Algorithm 2 with φ the identity, as timm's `Lamb`: the gradient is clipped
 * to a global norm of 1 first (by `largestNorm` of the optimizer), then for each parameter
 *
 *   u = m̂ / (√v̂ + ε) + λ·θ      θ ← θ − η·‖θ‖/‖u‖·u, and without the ratio where a norm is 0
 *
 * Groups without weight decay take Adam's step: no ratio and λ = 0.
 */
export function lamb(options: LambOptions = {}): Optimizer {
  requireKnown("lamb", options, lambKeys);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-6, weightDecay = 0.01 } = options;
  const { largestNorm = 1, trustClip = false } = options;
  requireFractions("lamb", { beta1, beta2 });
  requireNotNegative("lamb", { weightDecay });
  requirePositive("lamb", { epsilon, ...(largestNorm !== Number.POSITIVE_INFINITY && { largestNorm }) });
  return {
    name: "lamb",
    state: ["mean", "square"],
    momentum: "beta1",
    layerWise: true,
    preconditioner: (kept) => ofLamb(kept, { beta1, beta2, epsilon, weightDecay, trustClip }),
    largestNorm,
    update(g, inputs) {
      const { parameter, learningRate, step, momentum = beta1 } = inputs;
      const { mean, square } = moments(g, inputs, momentum, beta2);
      const unbiased = g.div(mean, correction(g, step, momentum));
      const adaptive = g.div(unbiased, g.add(deviation(g, square, step, beta2), epsilon));
      const direction = penalized(g, { ...inputs, gradient: adaptive }, weightDecay);
      const rate = inputs.decays ? g.mul(learningRate, lambRatio(g, parameter, direction, trustClip)) : learningRate;
      return { parameter: g.sub(parameter, g.mul(direction, rate)), state: { mean, square } };
    },
  };
}

/** 1/(√v̂ + ε) times the ratio that the step from here would have, of the momentum as it is. */
function ofLamb(
  { values, state, steps, decays }: KeptParameter,
  options: Required<Omit<LambOptions, "largestNorm">>,
): Float64Array {
  const { beta1, beta2, epsilon, weightDecay, trustClip } = options;
  const own = inverseRoots(state.square!, { epsilon, factor: unbiasing(beta2, steps) });
  if (!decays) return own;
  let [size, length] = [0, 0];
  for (const [i, inverse] of own.entries()) {
    size += values[i]! ** 2;
    length += (state.mean![i]! * unbiasing(beta1, steps) * inverse + weightDecay * values[i]!) ** 2;
  }
  const ratio = size > 0 && length > 0 ? Math.sqrt(size / length) : 1;
  return own.map((inverse) => inverse * (trustClip ? Math.min(ratio, 1) : ratio));
}

function lambRatio(g: Builder, parameter: Value, direction: Value, clip: boolean): Value {
  const [size, length] = [norm(g, parameter), norm(g, direction)];
  const ratio = trustRatio(g, size, length, g.div(size, length));
  return clip ? g.min(ratio, 1) : ratio;
}

/** ‖x‖₂ [] of an array with one axis. */
function norm(g: Builder, x: Value): Value {
  return g.reshape(g.sqrt(g.reduceSumSquare(x, [0])), []);
}

/** `ratio`, or 1 where one of the norms is 0. */
function trustRatio(g: Builder, size: Value, slope: Value, ratio: Value): Value {
  return g.where(g.and(g.greater(size, 0), g.greater(slope, 0)), ratio, 1);
}
