import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import type { Optimizer, UpdateInputs } from "./optimizer.ts";

export interface AdamOptions {
  /** β₁, decay of the mean gradient. */
  readonly beta1?: number;
  /** β₂, decay of the mean squared gradient. */
  readonly beta2?: number;
  /** ε, added to √v̂. */
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/**
 * Adam. Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1, as torch.optim.Adam; weight decay is an L2 penalty inside the gradient:
 *
 *   g ← g + λ·θ    m ← β₁·m + (1−β₁)·g    v ← β₂·v + (1−β₂)·g²
 *   θ ← θ − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
 */
export function adam({ weightDecay = 0, ...options }: AdamOptions = {}): Optimizer {
  return {
    name: "adam",
    state: ["mean", "square"],
    update(g, inputs) {
      const { parameter, gradient } = inputs;
      const penalized = weightDecay > 0 ? g.add(gradient, g.mul(parameter, weightDecay)) : gradient;
      const { state, change } = adaptiveStep(g, { ...inputs, gradient: penalized }, options);
      return { parameter: g.sub(parameter, change), state };
    },
  };
}

/**
 * AdamW. Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2, but with weight decay multiplied by the learning rate, as
 * torch.optim.AdamW does: θ ← θ·(1 − η·λ), then Adam's step. The paper's λ is η·weightDecay here.
 */
export function adamW({ weightDecay = 0.01, ...options }: AdamOptions = {}): Optimizer {
  return {
    name: "adamw",
    state: ["mean", "square"],
    update(g, inputs) {
      const { parameter, learningRate } = inputs;
      const { state, change } = adaptiveStep(g, inputs, options);
      const kept = weightDecay > 0 ? g.mul(parameter, g.sub(1, g.mul(learningRate, weightDecay))) : parameter;
      return { parameter: g.sub(kept, change), state };
    },
  };
}

/** The new moments, and what Adam subtracts from the parameter. */
function adaptiveStep(
  g: Builder,
  { gradient, state, learningRate, step }: UpdateInputs,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
) {
  const mean = g.add(g.mul(state.mean!, beta1), g.mul(gradient, 1 - beta1));
  const square = g.add(g.mul(state.square!, beta2), g.mul(g.mul(gradient, gradient), 1 - beta2));
  const rate = g.div(learningRate, correction(g, step, beta1));
  const deviation = g.div(g.sqrt(square), g.sqrt(correction(g, step, beta2)));
  return { state: { mean, square }, change: g.mul(g.div(mean, g.add(deviation, epsilon)), rate) };
}

/** 1 − βᵗ. In float64 whatever the parameters are: at t = 1 and β = 0.999 float32 would lose four of seven digits. */
function correction(g: Builder, step: Value, beta: number): Value {
  const power = g.pow(g.number("float64", beta), g.cast(step, "float64"));
  return g.cast(g.sub(1, power), step.type);
}
