import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { type AdamOptions, moments, requireAdamOptions } from "./adam.ts";
import { correction, penalized, power } from "./formulas.ts";
import type { Optimizer } from "./optimizer.ts";
import { inverseRoots } from "./preconditioner.ts";

export type RAdamOptions = Omit<AdamOptions, "amsgrad">;

/** Below it the variance of the adaptive rate has no finite value, in theory at 4; torch and this switch at 5. */
const SHORTEST = 5;

const keys: KeysOf<RAdamOptions> = { beta1: true, beta2: true, epsilon: true, weightDecay: true };

/**
 * RAdam. Liu et al. 2020, arXiv:1908.03265, Algorithm 2, as torch.optim.RAdam, weight decay as an L2 penalty:
 *
 *   ρ∞ = 2/(1−β₂) − 1      ρ = ρ∞ − 2t·β₂ᵗ/(1−β₂ᵗ)      m̂ = m/(1−β₁ᵗ)
 *   ρ > 5:  θ ← θ − η·m̂·r·√(1−β₂ᵗ)/(√v + ε),   r = √[(ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ)]
 *   else:   θ ← θ − η·m̂
 *
 * ε stands beside √v before its correction, unlike Adam's. Which line holds depends on the step alone (the second from
 * the 6th on for β₂ from 0.9 to 0.999), and the step is an input: one graph has both.
 */
export function rAdam(given: RAdamOptions = {}): Optimizer {
  requireKnown("radam", given, keys);
  const { weightDecay = 0, ...options } = given;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  requireAdamOptions("radam", { ...options, weightDecay });
  return {
    name: "radam",
    state: ["mean", "square"],
    momentum: "beta1",
    preconditioner: ({ state, steps }) =>
      lengthAt(steps, beta2) > SHORTEST
        ? inverseRoots(state.square!, { epsilon })
        : new Float64Array(state.square!.length).fill(1),
    update(g, inputs) {
      const { parameter, learningRate, step, momentum = beta1 } = inputs;
      const { mean, square } = moments(g, { ...inputs, gradient: penalized(g, inputs, weightDecay) }, momentum, beta2);
      const rate = g.div(learningRate, correction(g, step, momentum));
      const { adaptive, plain } = shares(g, step, beta2);
      const slope = g.add(g.div(adaptive, g.add(g.sqrt(square), epsilon)), plain);
      return { parameter: g.sub(parameter, g.mul(g.mul(mean, slope), rate)), state: { mean, square } };
    },
  };
}

/** ρ of step t. */
function lengthAt(t: number, beta2: number): number {
  return 2 / (1 - beta2) - 1 - (2 * t * beta2 ** t) / (1 - beta2 ** t);
}

/** r·√(1−β₂ᵗ) and 0 where the rate adapts; 0 and 1 where it does not. */
function shares(g: Builder, step: Value, beta2: number): { adaptive: Value; plain: Value } {
  const limit = 2 / (1 - beta2) - 1;
  const t = g.cast(step, "float64");
  const decay = power(g, beta2, step);
  const unbiased = g.sub(1, decay);
  const length = g.sub(limit, g.div(g.mul(g.mul(t, 2), decay), unbiased));
  const adapts = g.greater(length, SHORTEST);
  // The root has no value for the short lengths, whose result is not used.
  const within = g.max(length, SHORTEST);
  const factor = limit / ((limit - 4) * (limit - 2));
  const rectified = g.div(g.mul(g.mul(g.sub(within, 4), g.sub(within, 2)), factor), within);
  const share = g.sqrt(g.mul(rectified, unbiased));
  return {
    adaptive: g.cast(g.where(adapts, share, 0), step.type),
    plain: g.cast(g.where(adapts, g.number("float64", 0), 1), step.type),
  };
}
