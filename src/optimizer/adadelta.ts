import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { average, penalized } from "./formulas.ts";
import type { Optimizer } from "./optimizer.ts";
import { requireFractions, requireNotNegative, requirePositive } from "./options.ts";

export interface AdadeltaOptions {
  /** ρ, decay of both averages. Default 0.9. */
  readonly rho?: number;
  /** ε, inside both roots; it sets the size of the first steps. Default 1e-6. */
  readonly epsilon?: number;
  /** λ, added to the gradient as λ·θ. Default 0. */
  readonly weightDecay?: number;
}

const keys: KeysOf<AdadeltaOptions> = { rho: true, epsilon: true, weightDecay: true };

/**
 * Adadelta. Zeiler 2012, arXiv:1212.5701, Algorithm 1, with a learning rate as torch.optim.Adadelta (the paper's is 1):
 *
 *   g ← g + λ·θ      v ← ρ·v + (1−ρ)·g²      δ = √(u + ε)/√(v + ε) · g      u ← ρ·u + (1−ρ)·δ²      θ ← θ − η·δ
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  requireKnown("adadelta", options, keys);
  const { rho = 0.9, epsilon = 1e-6, weightDecay = 0 } = options;
  requireFractions("adadelta", { rho });
  requirePositive("adadelta", { epsilon });
  requireNotNegative("adadelta", { weightDecay });
  return {
    name: "adadelta",
    state: ["square", "squaredChange"],
    preconditioner: ({ state: { square, squaredChange } }) =>
      Float64Array.from(square!, (v, i) => (v > 0 ? Math.sqrt((squaredChange![i]! + epsilon) / (v + epsilon)) : 0)),
    update(g, inputs) {
      const gradient = penalized(g, inputs, weightDecay);
      const square = average(g, inputs.state.square!, g.mul(gradient, gradient), rho);
      const ratio = g.div(g.add(inputs.state.squaredChange!, epsilon), g.add(square, epsilon));
      const change = g.mul(g.sqrt(ratio), gradient);
      return {
        parameter: g.sub(inputs.parameter, g.mul(change, inputs.learningRate)),
        state: { square, squaredChange: average(g, inputs.state.squaredChange!, g.mul(change, change), rho) },
      };
    },
  };
}
