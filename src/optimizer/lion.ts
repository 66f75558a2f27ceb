import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { remainder, shrunk } from "./formulas.ts";
import type { Optimizer } from "./optimizer.ts";
import { requireFractions, requireNotNegative, requirePositive } from "./options.ts";

export interface LionOptions {
  /** β₁, of the direction. Default 0.9. */
  readonly beta1?: number;
  /** β₂, of the momentum, above 0. Default 0.99. */
  readonly beta2?: number;
  /** λ, decoupled. Default 0. */
  readonly weightDecay?: number;
}

const keys: KeysOf<LionOptions> = { beta1: true, beta2: true, weightDecay: true };

/**
 * Lion. Chen et al. 2023, arXiv:2302.06675, Algorithm 2, with weight decay times the learning rate:
 *
 *   θ ← θ·(1 − η·λ) − η·sign(β₁·m + (1−β₁)·g)      m ← β₂·m + (1−β₂)·g
 *
 * Every element moves by η, so η is 3 to 10 times smaller than AdamW's and λ as much larger (§5 there).
 */
export function lion(options: LionOptions = {}): Optimizer {
  requireKnown("lion", options, keys);
  const { beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = options;
  requireFractions("lion", { beta1, beta2 });
  requirePositive("lion", { beta2 });
  requireNotNegative("lion", { weightDecay });
  return {
    name: "lion",
    state: ["mean"],
    momentum: "beta1",
    preconditioner: "sign",
    update(g, inputs) {
      const { gradient, state, learningRate, momentum = beta1 } = inputs;
      // Both sums start from one product, because the new momentum may only be written after the last reader of the
      // old.
      const kept = g.mul(state.mean!, beta2);
      const mean = g.add(kept, g.mul(gradient, 1 - beta2));
      const share = typeof momentum === "number" ? momentum / beta2 : g.div(momentum, beta2);
      const direction = g.sign(g.add(g.mul(kept, share), g.mul(gradient, remainder(g, momentum))));
      return { parameter: g.sub(shrunk(g, inputs, weightDecay), g.mul(direction, learningRate)), state: { mean } };
    },
  };
}
