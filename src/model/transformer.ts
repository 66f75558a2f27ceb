import type { Value } from "../graph/graph.ts";
import { apply, type Builder } from "../ops/builder.ts";
import { even } from "./initial.ts";
import type { Layer } from "./layers.ts";

/** What GPT-2 and the vision transformer share. Tokens are rows: x [N·T, width] for N examples of T tokens. */

/** Normalises each row; Ba et al. 2016, arXiv:1607.06450. */
export function layerNormalization(name: string, width: number, epsilon: number): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  return {
    parameters: [even(weight, width, 1), even(bias, width, 0)],
    // Its gradient reads the second and third output.
    forward: (g, x, { parameters }) =>
      apply(g.graph, "LayerNormalization", [x, parameters[weight]!, parameters[bias]!], { epsilon }, 3)[0]!,
  };
}

/** x·Φ(x); Hendrycks & Gimpel 2016, arXiv:1606.08415. */
export function gelu(approximate: "none" | "tanh"): Layer {
  return { parameters: [], forward: (g, x) => apply(g.graph, "Gelu", [x], { approximate })[0]! };
}

/** x + branch(x): the branch before which x is normalised ("pre-norm"). */
export function residual(branch: Layer): Layer {
  return { ...branch, forward: (g, x, io) => g.add(x, branch.forward(g, x, io)) };
}

export interface AttentionSizes {
  /** T, of one example. */
  readonly tokens: number;
  readonly heads: number;
  /** [T, T], added to the scores: 0 where the row's token may look, very negative where not. */
  readonly mask?: Value;
  /** Dropout of the attention weights [N, heads, T, T]. */
  readonly drop?: (weights: Value) => Value;
}

/**
 * softmax(Q·Kᵀ/√d + mask)·V in each head; Vaswani et al. 2017, arXiv:1706.03762, eq. 1.
 *
 *   projected [N·T, 3·width]: queries, keys and values side by side, each with its heads side by side → [N·T, width]
 */
export function attention(g: Builder, projected: Value, { tokens, heads, mask, drop }: AttentionSizes): Value {
  const [rows = 0, triple = 0] = projected.shape;
  const width = triple / 3;
  const size = width / heads;
  const byHead = (value: Value) => g.transpose(g.reshape(value, [rows / tokens, tokens, heads, size]), [0, 2, 1, 3]);
  const parts = apply(g.graph, "Split", [projected], { axis: 1, num_outputs: 3 }, 3);
  const [queries, keys, values] = parts.map(byHead) as [Value, Value, Value];
  const scores = g.matMul(g.mul(queries, 1 / Math.sqrt(size)), g.transpose(keys, [0, 1, 3, 2]));
  const weights = g.softmax(mask ? g.add(scores, mask) : scores);
  const mixed = g.matMul(drop ? drop(weights) : weights, values);
  return g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [rows, width]);
}
