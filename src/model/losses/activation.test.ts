import { expect, test } from "vitest";
import { evaluateOn } from "../../../test/evaluate.ts";
import { backward } from "../../gradient/backward.ts";
import { addInput, addOutput, newGraph, type Value } from "../../graph/graph.ts";
import { type Builder, builder } from "../../ops/builder.ts";
import { nativeEngine } from "../../runtime/native.ts";
import { fromNumbers, toNumbers } from "../../tensor/tensor.ts";
import { createLoss, type LossName } from "../loss.ts";

const evaluate = evaluateOn(nativeEngine());
const X = fromNumbers("float32", [2, 2], [1, -2, 0.5, 3]);

/** Loss and gradient of a model that puts `ending` behind its logits. */
async function trained(loss: LossName, ending: (g: Builder, x: Value) => Value): Promise<number[]> {
  const graph = newGraph("model");
  const x = addInput(graph, "x", "float32", [2, 2]);
  const g = builder(graph);
  const output = ending(g, x);
  const { target, build } = createLoss(loss);
  const { type, shape } = target(output)!;
  const aim = g.constant(fromNumbers(type, shape, shape.length === 1 ? [0, 1] : [1, 0, 0, 1]));
  const { losses } = build(g, output, aim);
  addOutput(graph, "losses", losses);
  addOutput(graph, "gradient", backward(g, losses, [x])[0]!);
  const [result] = await evaluate(graph, [{ x: X }]);
  return [...toNumbers(result!.losses!), ...toNumbers(result!.gradient!)];
}

const softmax = (g: Builder, x: Value) => g.softmax(x);
const sigmoid = (g: Builder, x: Value) => g.sigmoid(x);

test.each<[LossName, (g: Builder, x: Value) => Value]>([
  ["cross_entropy", softmax],
  ["cross_entropy", (g, x) => g.softmax(x, 1)],
  ["focal", softmax],
  ["kl_divergence", softmax],
  ["bce_with_logits", sigmoid],
  ["sigmoid_focal", sigmoid],
])("%s takes the logits before the activation that it applies itself", async (loss, ending) => {
  expect(await trained(loss, ending)).toEqual(await trained(loss, (_g, x) => x));
});

test.each<[LossName, string, (g: Builder, x: Value) => Value]>([
  ["mse", "probabilities", softmax],
  ["cross_entropy", "the activation of another loss", sigmoid],
  ["cross_entropy", "a softmax over the examples", (g, x) => g.softmax(x, 0)],
  ["cross_entropy", "what follows a softmax", (g, x) => g.mul(g.softmax(x), 2)],
])("%s reads %s as they are", async (loss, _about, ending) => {
  expect(await trained(loss, ending)).not.toEqual(await trained(loss, (_g, x) => x));
});
