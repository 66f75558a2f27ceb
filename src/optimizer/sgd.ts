import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { penalized } from "./formulas.ts";
import type { Optimizer, UpdateOutputs } from "./optimizer.ts";
import { requireFractions, requireNotNegative, requireOption } from "./options.ts";

export interface SgdOptions {
  /** μ, 0 ≤ μ < 1. Default 0. */
  readonly momentum?: number;
  /** τ, 0 ≤ τ < 1: how much of a gradient does not enter the momentum. Default 0. */
  readonly dampening?: number;
  /** Looks ahead along the momentum. Needs momentum, and no dampening. Default false. */
  readonly nesterov?: boolean;
  /** λ, added to the gradient as λ·θ (L2 penalty). Default 0. */
  readonly weightDecay?: number;
}

const keys: KeysOf<SgdOptions> = { momentum: true, dampening: true, nesterov: true, weightDecay: true };

/**
 * Stochastic gradient descent with momentum, as torch.optim.SGD (Sutskever et al. 2013 with the learning rate outside
 * the buffer):
 *
 *   g ← g + λ·θ      m ← μ·m + (1−τ)·g, in the first step m ← g      θ ← θ − η·m, with Nesterov θ ← θ − η·(g + μ·m)
 *
 * Without momentum there is no buffer: θ ← θ − η·g. Throws `UsageError` for options out of their domain.
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  requireKnown("sgd", options, keys);
  const { momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = options;
  requireFractions("sgd", { momentum, dampening });
  requireNotNegative("sgd", { weightDecay });
  const possible = !nesterov || (momentum > 0 && dampening === 0);
  requireOption("sgd", "nesterov", nesterov, possible, "false without momentum and with dampening");
  return {
    name: "sgd",
    state: momentum > 0 ? ["momentum"] : [],
    momentum: momentum > 0 ? "momentum" : undefined,
    update(g, inputs): UpdateOutputs {
      const { parameter, state, learningRate, step } = inputs;
      const gradient = penalized(g, inputs, weightDecay);
      if (!state.momentum) return { parameter: g.sub(parameter, g.mul(gradient, learningRate)), state: {} };
      const share = dampening > 0 ? g.where(g.lessOrEqual(step, 1), g.number(step.type, 1), 1 - dampening) : 1;
      const kept = inputs.momentum ?? momentum;
      const buffer = g.add(g.mul(state.momentum, kept), g.mul(gradient, share));
      const direction = nesterov ? g.add(gradient, g.mul(buffer, kept)) : buffer;
      return { parameter: g.sub(parameter, g.mul(direction, learningRate)), state: { momentum: buffer } };
    },
  };
}
