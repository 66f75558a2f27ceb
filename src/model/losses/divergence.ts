import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { equalWeights, type WeightedLoss } from "./weightedLoss.ts";

/**
 * KL divergence of target probabilities t from softmax(logits): ℓ = Σ_c t_c·(ln t_c − ln softmax(logits)_c), where 0·ln
 * 0 = 0. One loss per distribution and the mean over distributions: for [N, C] this is torch.nn.functional.kl_div of
 * the log-probabilities with the reduction "batchmean".
 *
 *   logits and targets [N, …, C]
 */
export function klDivergence(g: Builder, logits: Value, targets: Value): WeightedLoss {
  const classes = logits.shape.at(-1) ?? 1;
  const count = sizeOf(logits.shape) / classes;
  const goal = g.reshape(targets, [count, classes]);
  // The logarithm is taken of 1 where t is 0, so that no NaN meets the zero it is multiplied by.
  const logGoal = g.log(g.where(g.greater(goal, 0), goal, 1));
  const difference = g.sub(logGoal, g.logSoftmax(g.reshape(logits, [count, classes])));
  return equalWeights(g, g.reduceSum(g.mul(goal, difference), [1]));
}
