import type { Value } from "../../graph/graph.ts";
import type { Builder } from "../../ops/builder.ts";

/** The activation that a loss applies itself, to logits. */
export type Activation = "Softmax" | "Sigmoid";

/**
 * What the loss reads of a model's output. Models are often exported with the activation of their last layer, which
 * makes probabilities of the logits; the loss would apply it once more, without a word and with too small gradients. So
 * the logits before it are taken.
 */
export function logitsOf({ graph }: Builder, output: Value, activation: Activation): Value {
  const node = graph.nodes.findLast(({ outputs }) => outputs[0] === output);
  if (node?.op !== activation || node.domain !== "") return output;
  const axis = Number(node.attributes.axis?.value ?? -1);
  const alongClasses = activation === "Sigmoid" || axis === -1 || axis === output.shape.length - 1;
  return alongClasses ? node.inputs[0]! : output;
}

/** The probabilities of a model's output: the activation of its logits, be it the model's own end or the loss's. */
export function activated(g: Builder, output: Value, activation: Activation): Value {
  const logits = logitsOf(g, output, activation);
  return activation === "Softmax" ? g.softmax(logits) : g.sigmoid(logits);
}
