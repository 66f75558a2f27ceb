import { producerOf } from "../../graph/graph.ts";
import { apply } from "../../ops/builder.ts";
import { type Rewrite, required } from "./node.ts";

/**
 * ln σ(x), which PyTorch exports as Log(Sigmoid(x)), as −Softplus(−x): ONNX Runtime's float32 Sigmoid is 5e-8 off and 0
 * from x = −18 on, where the logarithm is −∞ and its gradient no number.
 */
export const logSigmoid: Rewrite = (g, node) => {
  const [input] = required(node, 1);
  const maker = producerOf(g.graph, input!);
  if (maker?.op !== "Sigmoid") return undefined;
  return [g.neg(apply(g.graph, "Softplus", [g.neg(maker.inputs[0]!)])[0]!)];
};
