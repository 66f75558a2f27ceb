import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { penalized } from "./formulas.ts";
import type { Optimizer } from "./optimizer.ts";
import { requireNotNegative, requirePositive } from "./options.ts";
import { inverseRoots } from "./preconditioner.ts";

export interface AdagradOptions {
  /** What the sum of squares starts at. Default 0. */
  readonly initialAccumulator?: number;
  /** ε, added to √s. Default 1e-10. */
  readonly epsilon?: number;
  /** λ, added to the gradient as λ·θ. Default 0. */
  readonly weightDecay?: number;
}

const keys: KeysOf<AdagradOptions> = { initialAccumulator: true, epsilon: true, weightDecay: true };

/**
 * Adagrad. Duchi, Hazan & Singer 2011, JMLR 12, Figure 1 with a diagonal matrix, as torch.optim.Adagrad without its
 * `lr_decay`, which a schedule does:
 *
 *   g ← g + λ·θ      s ← s + g²      θ ← θ − η·g / (√s + ε)
 *
 * s is a sum and never falls: a mean in its place is RMSProp with a window that never closes, whose steps do not
 * shrink.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  requireKnown("adagrad", options, keys);
  const { initialAccumulator = 0, epsilon = 1e-10, weightDecay = 0 } = options;
  requireNotNegative("adagrad", { initialAccumulator, weightDecay });
  requirePositive("adagrad", { epsilon });
  return {
    name: "adagrad",
    state: ["sumOfSquares"],
    initial: { sumOfSquares: initialAccumulator },
    preconditioner: ({ state }) => inverseRoots(state.sumOfSquares!, { epsilon }),
    update(g, inputs) {
      const gradient = penalized(g, inputs, weightDecay);
      const sumOfSquares = g.add(inputs.state.sumOfSquares!, g.mul(gradient, gradient));
      const direction = g.div(gradient, g.add(g.sqrt(sumOfSquares), epsilon));
      return {
        parameter: g.sub(inputs.parameter, g.mul(direction, inputs.learningRate)),
        state: { sumOfSquares },
      };
    },
  };
}
