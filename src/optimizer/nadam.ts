import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { type KeysOf, requireKnown } from "../tensor/knownOptions.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import { type AdamOptions, deviation, moments, ofAdam, requireAdamOptions } from "./adam.ts";
import { penalized, power } from "./formulas.ts";
import type { Optimizer } from "./optimizer.ts";
import { requirePositive } from "./options.ts";

export interface NAdamOptions extends Omit<AdamOptions, "amsgrad"> {
  /** ψ: how soon the momentum reaches β₁. Default 0.004. */
  readonly momentumDecay?: number;
  /**
   * Πₜ₊₁ times one μₜ too many, as in PyTorch before 2.0 (pytorch/pytorch#92699), to repeat its runs. Default false.
   */
  readonly beforePyTorch2?: boolean;
}

/** 0.96^(ψ·t) is what the momentum lacks of β₁, halved: constants of the paper. */
const BASE = 0.96;
const SHARE = 0.5;

const keys: KeysOf<NAdamOptions> = {
  beta1: true,
  beta2: true,
  epsilon: true,
  weightDecay: true,
  momentumDecay: true,
  beforePyTorch2: true,
};

/**
 * NAdam: Adam with Nesterov's momentum. Dozat 2016, ICLR workshop, Algorithm 8 with the momentum schedule of its
 * appendix, as torch.optim.NAdam, weight decay as an L2 penalty:
 *
 *   μᵢ = β₁·(1 − ½·0.96^(i·ψ))      Πₜ = μ₁·…·μₜ      v̂ = v/(1−β₂ᵗ)
 *   θ ← θ − η·[(1−μₜ)/(1−Πₜ)·g + μₜ₊₁/(1−Πₜ₊₁)·m] / (√v̂ + ε)
 */
export function nAdam(options: NAdamOptions = {}): Optimizer {
  requireKnown("nadam", options, keys);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, momentumDecay = 4e-3 } = options;
  requireAdamOptions("nadam", options);
  requirePositive("nadam", { momentumDecay });
  return {
    name: "nadam",
    state: ["mean", "square"],
    preconditioner: ofAdam(options),
    // β₁ moves by the paper's own schedule, and Πₜ is a function of t only while nothing else moves it.
    update(g, inputs) {
      const { parameter, learningRate, step } = inputs;
      const gradient = penalized(g, inputs, weightDecay);
      const { mean, square } = moments(g, { ...inputs, gradient }, beta1, beta2);
      const { ofGradient, ofMean } = weights(g, step, { ...options, beta1, momentumDecay });
      const direction = g.add(
        g.mul(gradient, g.mul(ofGradient, learningRate)),
        g.mul(mean, g.mul(ofMean, learningRate)),
      );
      const change = g.div(direction, g.add(deviation(g, square, step, beta2), epsilon));
      return { parameter: g.sub(parameter, change), state: { mean, square } };
    },
  };
}

/** (1−μₜ)/(1−Πₜ) and μₜ₊₁/(1−Πₜ₊₁), [] in the type of the step. */
function weights(g: Builder, step: Value, options: NAdamOptions & { beta1: number; momentumDecay: number }) {
  const { beta1, momentumDecay, beforePyTorch2 = false } = options;
  const ratio = BASE ** momentumDecay;
  const next = g.add(step, 1);
  const momentum = (t: Value) => g.mul(g.sub(1, g.mul(power(g, ratio, t), SHARE)), beta1);
  const ahead = product(g, next, beta1, ratio);
  const now = g.div(g.sub(1, momentum(step)), g.sub(1, product(g, step, beta1, ratio)));
  const after = g.div(momentum(next), g.sub(1, beforePyTorch2 ? g.mul(ahead, momentum(step)) : ahead));
  return { ofGradient: g.cast(now, step.type), ofMean: g.cast(after, step.type) };
}

/** Terms of the series below: those left out are under 2⁻⁵⁴ of it. */
const TERMS = 48;

/**
 * Πₜ = β₁ᵗ · Π (1 − ½·qⁱ), i = 1 … t, as a function of t, so that it needs no state:
 *
 *   ln Π (1 − ½·qⁱ) = −Σₖ 2⁻ᵏ/k · Σᵢ qⁱᵏ = −Σₖ 2⁻ᵏ/k · qᵏ·(1 − qᵏᵗ)/(1 − qᵏ),   k = 1, 2, …
 *
 * [] float64. After a hundred steps it is 0 beside the 1 that it is taken from.
 */
function product(g: Builder, step: Value, beta1: number, ratio: number): Value {
  const orders = Array.from({ length: TERMS }, (_, i) => i + 1);
  const constants = (f: (k: number) => number) => g.constant(fromNumbers("float64", [TERMS], orders.map(f)));
  const factors = constants((k) => (SHARE ** k / k) * (ratio ** k / (1 - ratio ** k)));
  const powers = g.pow(
    g.expand(power(g, ratio, step), [TERMS]),
    constants((k) => k),
  );
  const logarithm = g.reshape(g.reduceSum(g.mul(g.sub(powers, 1), factors), [0]), []);
  return g.mul(power(g, beta1, step), g.exp(logarithm));
}
