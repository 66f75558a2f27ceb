import { squaredNormsOfRows } from "../gradient/gram.ts";
import { rows } from "../gradient/rows.ts";
import { addInput, addOutput, type Graph, newGraph, producers, prune, type Value } from "../graph/graph.ts";
import { defaultLoss } from "../model/loss.ts";
import type { Model, Parameter } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import { UsageError } from "../tensor/errors.ts";
import { show, sizeOf } from "../tensor/tensor.ts";

/** What `exampleGraph` tells of each example. */
export const ofExamples = {
  /** [N, C], ln p of every class. */
  logProbabilities: "example:logProbabilities",
  /** [N, F], what the last linear layer reads. */
  features: "example:features",
  /** [N], ‖∇ℓ‖² of the cross-entropy over all parameters. */
  squaredNorms: "example:squaredNorms",
} as const;

/**
 * A model in evaluation mode on `batch` examples of one class each, example by example. Inputs: the model's own,
 * parameters and state under their names, and with `squaredNorms` also `y`. Throws `UsageError` for a model that does
 * not give one score per class, and with `squaredNorms` `UnsupportedError` where single gradients cannot be followed,
 * as `rows` does.
 */
export function exampleGraph(
  model: Model,
  batch: number,
  wanted: { readonly features: boolean; readonly squaredNorms: boolean },
): Graph {
  const graph = newGraph(`${model.name}_examples`);
  const g = builder(graph);
  const declare = (list: readonly Parameter[]) =>
    Object.fromEntries(list.map(({ name, initial }) => [name, addInput(graph, name, initial.type, initial.shape)]));
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [batch, ...shape])]),
  );
  const parameters = declare(model.parameters);
  const { logits } = model.forward(g, { inputs, parameters, state: declare(model.state), mode: "evaluation" });
  if (logits.shape.length !== 2)
    throw new UsageError(
      `${model.name}: expected a model that gives [N, classes], got ${show(logits)}; choose a model that classifies examples`,
    );
  addOutput(graph, ofExamples.logProbabilities, g.logSoftmax(logits));
  if (wanted.features) {
    const features = readByLastLayer(graph, logits);
    addOutput(graph, ofExamples.features, g.reshape(features, [batch, sizeOf(features.shape) / batch]));
  }
  if (wanted.squaredNorms) {
    const y = addInput(graph, "y", "int64", [batch]);
    const { losses } = defaultLoss.build(g, logits, y);
    const examples = [...Object.values(inputs), y];
    const gradients = rows(g, losses, Object.values(parameters), batch, examples);
    addOutput(graph, ofExamples.squaredNorms, squaredNormsOfRows(g, gradients));
  }
  return prune(graph);
}

/** What the linear layer that ends in `logits` reads; the logits themselves where no such layer is found. */
function readByLastLayer(graph: Graph, logits: Value): Value {
  const made = producers(graph);
  let value = logits;
  for (;;) {
    const node = made.get(value);
    const before = node?.inputs.find((input) => input && made.has(input));
    if (!node || !before || before.shape[0] !== logits.shape[0]) return logits;
    if (node.op === "Gemm" || node.op === "MatMul") return before;
    if (!["Add", "Identity", "Reshape"].includes(node.op)) return logits;
    value = before;
  }
}
