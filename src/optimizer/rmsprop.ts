import type { Value } from "../graph/graph.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { average, penalized } from "./formulas.ts";
import type { Optimizer } from "./optimizer.ts";
import { requireFractions, requireNotNegative, requirePositive } from "./options.ts";
import { inverseRoots } from "./preconditioner.ts";

export interface RmsPropOptions {
  /** α, decay of the mean squared gradient. Default 0.99. */
  readonly alpha?: number;
  /** ε, added outside the root. Default 1e-8. */
  readonly epsilon?: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square. Default false. */
  readonly centered?: boolean;
  /** μ. Default 0. */
  readonly momentum?: number;
  /** λ, added to the gradient as λ·θ. Default 0. */
  readonly weightDecay?: number;
}

const keys: KeysOf<RmsPropOptions> = { alpha: true, epsilon: true, centered: true, momentum: true, weightDecay: true };

/**
 * RMSProp. Tieleman & Hinton 2012, lecture 6e; centred: Graves 2013, arXiv:1308.0850, eq. 40–43. As
 * torch.optim.RMSprop:
 *
 *   g ← g + λ·θ      v ← α·v + (1−α)·g²      centred: a ← α·a + (1−α)·g and v − a² in place of v below
 *   d = g / (√v + ε)      with momentum b ← μ·b + d and b in place of d      θ ← θ − η·d
 *
 * Rounding can make v − a² a little negative where gradients stay the same; it then counts as 0, where torch gives NaN.
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  requireKnown("rmsprop", options, keys);
  const { alpha = 0.99, epsilon = 1e-8, centered = false, momentum = 0, weightDecay = 0 } = options;
  requireFractions("rmsprop", { alpha, momentum });
  requirePositive("rmsprop", { epsilon });
  requireNotNegative("rmsprop", { weightDecay });
  return {
    name: "rmsprop",
    state: ["square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["momentum"] : [])],
    momentum: momentum > 0 ? "momentum" : undefined,
    preconditioner: ({ state: { square, mean } }) =>
      inverseRoots(mean ? square!.map((v, i) => Math.max(0, v - mean[i]! ** 2)) : square!, { epsilon }),
    update(g, inputs) {
      const gradient = penalized(g, inputs, weightDecay);
      const state: Record<string, Value> = {
        square: average(g, inputs.state.square!, g.mul(gradient, gradient), alpha),
      };
      let variance = state.square!;
      if (centered) {
        state.mean = average(g, inputs.state.mean!, gradient, alpha);
        variance = g.max(g.sub(variance, g.mul(state.mean, state.mean)), 0);
      }
      let direction = g.div(gradient, g.add(g.sqrt(variance), epsilon));
      if (momentum > 0) {
        direction = g.add(g.mul(inputs.state.momentum!, inputs.momentum ?? momentum), direction);
        state.momentum = direction;
      }
      return { parameter: g.sub(inputs.parameter, g.mul(direction, inputs.learningRate)), state };
    },
  };
}
