/**
 * How the constants of an update follow its batch: pure functions of numbers. κ is everywhere the new batch size over
 * the one that the constants were chosen for.
 */

export const rateRules = ["none", "sqrt", "linear", "power"] as const;
export type RateRule = (typeof rateRules)[number];

/**
 * The factor of the learning rate: 1, √κ (Krizhevsky 2014, arXiv:1404.5997, §5: the variance of an update of SGD stays;
 * Malladi et al. 2022, arXiv:2205.10287, for Adam), κ (Goyal et al. 2017, arXiv:1706.02677, §2.1), or κ^α with an
 * exponent that was measured (McCandlish et al. 2018, arXiv:1812.06162, appendix E.2).
 */
export function rateFactor(rule: RateRule, ratio: number, exponent = Number.NaN): number {
  if (rule === "none") return 1;
  if (rule === "power") return ratio ** exponent;
  return rule === "linear" ? ratio : Math.sqrt(ratio);
}

/** No decay that follows the batch falls below it; one that is smaller for itself stays. */
export const LEAST_DECAY = 0.9;

/**
 * β^κ: the decay of an average per update whose half-life in examples stays (Marek et al. 2025, arXiv:2507.07101, for
 * β₂ of Adam), at least `LEAST_DECAY`. The floor is chosen here: with a large batch β₂ falls so low that single
 * gradients rule the average (marin-community/marin#2447 reports spikes of the loss from there).
 */
export function decayOfSameHalfLife(decay: number, ratio: number): number {
  return Math.max(decay ** ratio, Math.min(decay, LEAST_DECAY));
}

/** 2^(−B/N): the decay per update of B examples (or tokens) whose half-life is N of them; the same paper, and floor. */
export function decayOfHalfLife(halfLife: number, batch: number): number {
  return Math.max(2 ** (-batch / halfLife), LEAST_DECAY);
}

/** The half-life of an average of decay β per update of B examples, in examples: B·ln ½/ln β; the same paper. */
export function halfLifeOf(decay: number, batch: number): number {
  return (batch * Math.log(0.5)) / Math.log(decay);
}

/**
 * 1 − κ(1 − β): the decay of an average whose time in the limit of a stochastic differential equation stays (Malladi et
 * al. 2022, arXiv:2205.10287, the square-root scaling rule). Negative, and so of no use, from κ > 1/(1 − β) on.
 */
export function decayInSdeTime(decay: number, ratio: number): number {
  return 1 - ratio * (1 - decay);
}

/**
 * ε/√κ. Derived here: where noise rules, √v is σ/√B, so that ε stays the same share of it.
 */
export function epsilonInSdeTime(epsilon: number, ratio: number): number {
  return epsilon / Math.sqrt(ratio);
}

/**
 * λ·κ/(η′/η): the decoupled weight decay with which the share ηλ/B of the weights that is lost per example stays, and
 * so the time scale τ = B/(ηλD) of AdamW in epochs (Wang & Aitchison 2024, arXiv:2405.13698; Bergsma et al. 2025,
 * arXiv:2505.13738: at a rate that stays, λ is proportional to B). `factor` is η′/η. With √κ this is λ√κ.
 */
export function decayOfSameTimescale(weightDecay: number, ratio: number, factor: number): number {
  return (weightDecay * ratio) / factor;
}

/** Updates of `batch` examples that show at least so many examples. */
export function updatesFor(examples: number, batch: number): number {
  return Math.ceil(examples / batch);
}
