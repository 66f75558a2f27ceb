import { sumsOf } from "./sums.ts";
import type { BatchAdequacy, Gram } from "./types.ts";

/**
 * Is the mean gradient ḡ of n examples good enough to step along? Three pure numbers that fall as 1/√n; a batch passes
 * a test when its number is at most the threshold θ, and a batch of n (number/θ)² examples would be expected to.
 *
 *   norm           √(trΣ/n) / ‖ḡ‖                     Byrd et al. 2012, Mathematical Programming 134
 *   innerProduct   √(Var⟨g_i, ḡ⟩/n) / ‖ḡ‖²            Bollapragada et al. 2018 (arXiv 1710.11258)
 *   orthogonality  √(E‖g_i − ⟨g_i,ḡ⟩ḡ/‖ḡ‖²‖²/n) / ‖ḡ‖   the same; norm² = innerProduct² + orthogonality²
 *
 * The variances are of one example and estimated, as trΣ is, from K ≥ 2 rows with the K − 1 divisor, so that one
 * example per row gives the papers' formulas. All put ḡ in place of the true gradient, as the papers do: a norm near
 * or above one says that |G|² is not resolved and nothing more, for even without any gradient E norm² is about one.
 * Unlike the noise scale they belong to one batch. NaN for one row and for ḡ = 0.
 */
export function batchAdequacy(gram: Gram): BatchAdequacy {
  const { rows, examples, squares, all, each } = sumsOf(gram);
  const squaredNorm = all / examples ** 2;
  const trace = Math.max(0, (squares - all / examples) / (rows - 1));
  // ⟨g_k, ḡ⟩ − ‖ḡ‖² is the mean of b_k examples, so that b_k times its square stands for one.
  const along = each.map(({ count, withAll }) => count * (withAll / examples - squaredNorm) ** 2);
  const variance = along.reduce((sum, term) => sum + term, 0) / (rows - 1);
  const across = Math.max(0, trace - variance / squaredNorm);
  return {
    examples,
    norm: Math.sqrt(trace / examples / squaredNorm),
    innerProduct: Math.sqrt(variance / examples) / squaredNorm,
    orthogonality: Math.sqrt(across / examples / squaredNorm),
  };
}
