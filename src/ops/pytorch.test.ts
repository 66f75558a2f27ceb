import { expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { oracleJson } from "../../test/oracle.ts";
import { backward } from "../gradient/backward.ts";
import { addInput, addOutput, constant, newGraph } from "../graph/graph.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { apply, builder } from "./builder.ts";
import type { OpName } from "./table.ts";

interface Row {
  readonly about: string;
  readonly op: OpName;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly { type: "real" | "int64"; shape: number[]; values: number[] }[];
  /** Axes and the like, after the inputs. */
  readonly constants?: readonly number[][];
  readonly dY: number[];
  readonly output: { shape: number[]; values: number[] };
  readonly gradients: readonly (number[] | null)[];
  /** Relative; where an attribute that ONNX holds in float32 is no float32 number. */
  readonly tolerance?: number;
}

const { rows } = oracleJson<{ rows: Row[] }>("operators.json");
const evaluate = evaluateOn(openReference(await openEngine()));

async function outputAndGradients({ op, attributes, inputs, constants = [], dY, output }: Row) {
  const graph = newGraph(op);
  const feeds: Record<string, Tensor> = {};
  const values = inputs.map(({ type, shape, values }, i) => {
    if (type === "int64") return constant(graph, fromNumbers(type, shape, values));
    feeds[`x${i}`] = fromNumbers("float64", shape, values);
    return addInput(graph, `x${i}`, "float64", shape);
  });
  const known = constants.map((numbers) => constant(graph, fromNumbers("int64", [numbers.length], numbers)));
  const Y = apply(graph, op, [...values, ...known], attributes)[0]!;
  addOutput(graph, "Y", Y);
  const seed = constant(graph, fromNumbers("float64", output.shape, dY));
  const wrt = values.filter((value) => !value.constant);
  for (const [i, gradient] of backward(builder(graph), Y, wrt, seed).entries())
    addOutput(graph, `gradient of ${wrt[i]!.name}`, gradient);
  return (await evaluate(graph, [feeds]))[0]!;
}

test.each(rows)("PyTorch agrees: $about", async (row) => {
  const found = await outputAndGradients(row);
  const expectClose = (tensor: Tensor, expected: readonly number[], what: string) => {
    const error = toNumbers(tensor).map((x, i) => Math.abs(x - expected[i]!) / Math.max(1, Math.abs(expected[i]!)));
    expect(error.length, what).toBe(expected.length);
    expect(Math.max(...error), what).toBeLessThan(row.tolerance ?? 1e-12);
  };
  expect(found.Y!.shape).toEqual(row.output.shape);
  expectClose(found.Y!, row.output.values, "output");
  for (const [i, gradient] of row.gradients.entries())
    if (gradient) expectClose(found[`gradient of x${i}`]!, gradient, `gradient of input ${i}`);
});
