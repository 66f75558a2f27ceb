import type { Optimizer, UpdateOutputs } from "./optimizer.ts";

export interface SgdOptions {
  /** μ, 0 ≤ μ < 1. */
  readonly momentum?: number;
  /** λ, added to the gradient as λ·θ (L2 penalty). */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent with momentum, as torch.optim.SGD (Sutskever et al. 2013 with the learning rate outside the buffer):
 *
 *   g ← g + λ·θ      m ← μ·m + g      θ ← θ − η·m
 *
 * Without momentum there is no buffer: θ ← θ − η·g.
 */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  return {
    name: "sgd",
    state: momentum > 0 ? ["momentum"] : [],
    update(g, { parameter, gradient, state, learningRate }): UpdateOutputs {
      const decayed = weightDecay > 0 ? g.add(gradient, g.mul(parameter, weightDecay)) : gradient;
      const direction = state.momentum ? g.add(g.mul(state.momentum, momentum), decayed) : decayed;
      const parameterAfter = g.sub(parameter, g.mul(direction, learningRate));
      return { parameter: parameterAfter, state: state.momentum ? { momentum: direction } : {} };
    },
  };
}
