import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, constant, newGraph } from "../graph/graph.ts";
import { apply, builder } from "../ops/builder.ts";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import { nativeEngine } from "./native.ts";
import { protectStatistics } from "./protect.ts";

const engines = { native: nativeEngine(), binding: bindingEngine() };
const vector = (...numbers: number[]) => fromNumbers("float32", [2], numbers);

/** x [4, 2] has means 4 and 3.5. The new mean is formed beside the operator, from the mean that went in. */
function graph(momentum: number, fixed: boolean) {
  const built = newGraph("statistics");
  const g = builder(built);
  const x = addInput(built, "x", "float32", [4, 2]);
  const mean = fixed ? constant(built, vector(10, 10)) : addInput(built, "mean", "float32", [2]);
  const variance = addInput(built, "variance", "float32", [2]);
  const ones = constant(built, vector(1, 1));
  const attributes = { training_mode: 1, momentum };
  const outputs = apply(built, "BatchNormalization", [x, ones, ones, g.reshape(mean, [2]), variance], attributes, 3);
  addOutput(built, "beside", g.add(g.mul(mean, 0.5), g.mul(outputs[1]!, 0.5)));
  addOutput(built, "variances", g.mul(outputs[2]!, 1));
  return built;
}

const cases = [0, 0.5].flatMap((momentum) =>
  [true, false].flatMap((fixed) =>
    Object.entries(engines).map(([name, engine]) => ({ name, engine, momentum, fixed })),
  ),
);

test.each(cases)("$name leaves old statistics alone, momentum $momentum, constant $fixed", async (one) => {
  const x = fromNumbers("float32", [4, 2], [1, 2, 3, 6, 5, 5, 7, 1]);
  const [mean, variance] = [vector(10, 10), vector(100, 100)];
  const feeds = { x, variance, ...(!one.fixed && { mean }) };
  const runs = await evaluateOn(one.engine)(graph(one.momentum, one.fixed), [feeds, feeds]);
  const fresh = [4, 3.5].map((own) => one.momentum * 10 + (1 - one.momentum) * own);
  for (const outputs of runs) expect(toNumbers(outputs.beside!)).toEqual(fresh.map((x) => 5 + x / 2));
  expect([mean, variance].map(toNumbers)).toEqual([
    [10, 10],
    [100, 100],
  ]);
});

test("a graph without batch normalisation in training mode stays as it is", () => {
  const plain = newGraph("plain");
  const x = addInput(plain, "x", "float32", [2]);
  addOutput(plain, "y", apply(plain, "Relu", [x])[0]!);
  expect(protectStatistics(plain)).toBe(plain);
});
