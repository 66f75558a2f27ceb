import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, newGraph } from "../graph/graph.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { apply, builder } from "./builder.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

/** As PyTorch 1.13's scatter_reduce(0, indices, updates, "amax"); negated, "amin". */
const scattered = {
  data: [3, 1, 3, 0],
  updates: [3, 2, 2, 3, -1],
  dY: [6, 4, 5, 7],
  output: [3, 2, 3, 0],
  ddata: [2, 0, 5, 7],
  dupdates: [2, 2, 2, 2, 0],
};

test.each([
  { op: "ScatterElements", reduction: "max", sign: 1 },
  { op: "ScatterElements", reduction: "min", sign: -1 },
  { op: "ScatterND", reduction: "max", sign: 1 },
  { op: "ScatterND", reduction: "min", sign: -1 },
] as const)("$op, $reduction: equal elements share the gradient, as in PyTorch", async ({ op, reduction, sign }) => {
  const graph = newGraph("ties");
  const data = addInput(graph, "data", "float64", [4]);
  const updates = addInput(graph, "updates", "float64", [5]);
  const places = fromNumbers("int64", op === "ScatterND" ? [5, 1] : [5], [0, 1, 1, 0, 3]);
  const g = builder(graph);
  const [Y] = apply(graph, op, [data, g.constant(places), updates], { reduction });
  const seed = g.constant(fromNumbers("float64", [4], scattered.dY));
  addOutput(graph, "output", Y!);
  for (const [i, gradient] of backward(g, Y!, [data, updates], seed).entries())
    addOutput(graph, ["ddata", "dupdates"][i]!, gradient);
  const signed = (numbers: readonly number[]) => numbers.map((x) => sign * x);
  const feeds = {
    data: fromNumbers("float64", [4], signed(scattered.data)),
    updates: fromNumbers("float64", [5], signed(scattered.updates)),
  };
  const [found] = await evaluate(graph, [feeds]);
  expect(signed(toNumbers(found!.output!))).toEqual(scattered.output);
  expect(toNumbers(found!.ddata!)).toEqual(scattered.ddata);
  expect(toNumbers(found!.dupdates!)).toEqual(scattered.dupdates);
});
