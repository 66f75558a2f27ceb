import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { average, correction, penalized, shrunk } from "./formulas.ts";
import type { Optimizer, UpdateInputs } from "./optimizer.ts";
import { requireFractions, requireNotNegative, requirePositive } from "./options.ts";
import { inverseRoots, type Preconditioner, unbiasing } from "./preconditioner.ts";

export interface AdamOptions {
  /** β₁, decay of the mean gradient. Default 0.9. */
  readonly beta1?: number;
  /** β₂, decay of the mean squared gradient. Default 0.999. */
  readonly beta2?: number;
  /** ε, added to √v̂. Default 1e-8. */
  readonly epsilon?: number;
  /** λ. Default 0 for Adam, 0.01 for AdamW. */
  readonly weightDecay?: number;
  /** Divides by the largest v so far: Reddi, Kale & Kumar 2018, arXiv:1904.09237, Algorithm 2. Default false. */
  readonly amsgrad?: boolean;
}

const keys: KeysOf<AdamOptions> = { beta1: true, beta2: true, epsilon: true, weightDecay: true, amsgrad: true };

/**
 * Adam. Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1, as torch.optim.Adam; weight decay is an L2 penalty inside the
 * gradient:
 *
 *   g ← g + λ·θ    m ← β₁·m + (1−β₁)·g    v ← β₂·v + (1−β₂)·g²
 *   θ ← θ − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
 *
 * With AMSGrad the largest v of all steps stands in the last line; as in torch it is taken before the correction by
 * 1−β₂ᵗ.
 */
export function adam(given: AdamOptions = {}): Optimizer {
  requireKnown("adam", given, keys);
  const { weightDecay = 0, ...options } = given;
  return {
    name: "adam",
    state: statesOf("adam", { ...options, weightDecay }),
    momentum: "beta1",
    preconditioner: ofAdam(options),
    update(g, inputs) {
      const gradient = penalized(g, inputs, weightDecay);
      const { state, change } = adaptiveStep(g, { ...inputs, gradient }, options);
      return { parameter: g.sub(inputs.parameter, change), state };
    },
  };
}

/**
 * AdamW. Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2, but with weight decay multiplied by the learning
 * rate, as torch.optim.AdamW does: θ ← θ·(1 − η·λ), then Adam's step. The paper's λ is η·weightDecay here.
 */
export function adamW(given: AdamOptions = {}): Optimizer {
  requireKnown("adamw", given, keys);
  const { weightDecay = 0.01, ...options } = given;
  return {
    name: "adamw",
    state: statesOf("adamw", { ...options, weightDecay }),
    momentum: "beta1",
    preconditioner: ofAdam(options),
    update(g, inputs) {
      const { state, change } = adaptiveStep(g, inputs, options);
      return { parameter: g.sub(shrunk(g, inputs, weightDecay), change), state };
    },
  };
}

/** 1/(√v̂ + ε), with AMSGrad of the largest v. */
export function ofAdam({ beta2 = 0.999, epsilon = 1e-8 }: Pick<AdamOptions, "beta2" | "epsilon">): Preconditioner {
  return ({ state, steps }) =>
    inverseRoots(state.largestSquare ?? state.square!, { epsilon, factor: unbiasing(beta2, steps) });
}

function statesOf(name: string, options: AdamOptions): string[] {
  requireAdamOptions(name, options);
  return ["mean", "square", ...(options.amsgrad ? ["largestSquare"] : [])];
}

export function requireAdamOptions(name: string, options: Omit<AdamOptions, "amsgrad">): void {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  requireFractions(name, { beta1, beta2 });
  requirePositive(name, { epsilon });
  requireNotNegative(name, { weightDecay });
}

/** m and v after this step's gradient. */
export function moments(g: Builder, { gradient, state }: UpdateInputs, beta1: number | Value, beta2: number) {
  const mean = average(g, state.mean!, gradient, beta1);
  return { mean, square: average(g, state.square!, g.mul(gradient, gradient), beta2) };
}

/** √v̂ = √v/√(1−β₂ᵗ). ONNX Runtime takes twice as long to divide an array by a number as to multiply it. */
export function deviation(g: Builder, square: Value, step: Value, beta2: number): Value {
  return g.mul(g.sqrt(square), g.div(1, g.sqrt(correction(g, step, beta2))));
}

/** The new moments, and what Adam subtracts from the parameter. */
function adaptiveStep(
  g: Builder,
  inputs: UpdateInputs,
  { beta1: constant = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false }: AdamOptions,
) {
  const { learningRate, step, momentum: beta1 = constant } = inputs;
  const { mean, square } = moments(g, inputs, beta1, beta2);
  const largest = amsgrad ? g.max(inputs.state.largestSquare!, square) : undefined;
  // Numerator and denominator times √(1−β₂ᵗ), as in section 2 of the paper: one pass over an array less.
  const root = g.sqrt(correction(g, step, beta2));
  const rate = g.mul(g.div(learningRate, correction(g, step, beta1)), root);
  const spread = g.add(g.sqrt(largest ?? square), g.mul(root, epsilon));
  const change = g.mul(g.div(mean, spread), rate);
  return { state: { mean, square, ...(largest && { largestSquare: largest }) }, change };
}
