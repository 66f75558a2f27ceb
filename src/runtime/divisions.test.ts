import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, constant, type Graph, newGraph } from "../graph/graph.ts";
import { apply } from "../ops/builder.ts";
import { DataError } from "../tensor/errors.ts";
import { type ElementType, fromNumbers, type Tensor, tensor, toNumbers } from "../tensor/tensor.ts";
import { bindingEngine } from "./binding.ts";
import { guardDivisions } from "./divisions.ts";
import { nativeEngine } from "./native.ts";
import { openReference } from "./reference.ts";

const native = nativeEngine();
const engines = { native, binding: bindingEngine(), reference: openReference(native) };
const least = { int8: -(2n ** 7n), int32: -(2n ** 31n), int64: -(2n ** 63n) };
type Integer = keyof typeof least;

function integers(type: Integer, ...numbers: bigint[]): Tensor {
  return type === "int64"
    ? tensor(type, [numbers.length], BigInt64Array.from(numbers))
    : fromNumbers(type, [numbers.length], numbers.map(Number));
}

interface Division {
  readonly op: "Div" | "Mod";
  readonly A: Tensor;
  readonly B: Tensor;
  /** Which operand is known when the graph is built. */
  readonly known?: "A" | "B" | undefined;
}

function division({ op, A, B, known }: Division): { graph: Graph; feeds: Record<string, Tensor> } {
  const graph = newGraph(op);
  const value = (name: "A" | "B", t: Tensor) =>
    known === name ? constant(graph, t) : addInput(graph, name, t.type, t.shape);
  addOutput(graph, "C", apply(graph, op, [value("A", A), value("B", B)])[0]!);
  return { graph, feeds: { ...(known !== "A" && { A }), ...(known !== "B" && { B }) } };
}

/** Each pair stands between harmless ones, and is broadcast from either side. */
const trapping = (["int32", "int64"] as const).flatMap((type) =>
  (["Div", "Mod"] as const).flatMap((op) =>
    ([undefined, "A", "B"] as const).flatMap((known) => [
      { op, known, type, A: integers(type, 7n, least[type], -7n), B: integers(type, 2n, -1n, 3n) },
      { op, known, type, A: integers(type, least[type]), B: integers(type, 2n, -1n, 3n) },
      { op, known, type, A: integers(type, 7n, least[type], 5n), B: integers(type, -1n) },
    ]),
  ),
);

describe.each(Object.entries(engines))("%s", (_, engine) => {
  const run = async (one: Division) => {
    const { graph, feeds } = division(one);
    const [outputs] = await evaluateOn(engine)(graph, [feeds]);
    return [...toNumbers(outputs!.C!)];
  };

  test.each(trapping)("$op of the least $type by -1 is an error, not a signal ($known known)", async (one) => {
    await expect(run(one)).rejects.toThrow(DataError);
    await expect(run(one)).rejects.toThrow(
      `onnxruntime: expected whole numbers to be divided by others than 0, and the least of them by others than -1 at node "${one.op}" (${one.op}), got "Integer ${one.op === "Div" ? "division" : "modulo"} by zero"; check the data`,
    );
  });

  test.each(["int8", "int32", "int64"] as const)("%s by 0 is the same error", async (type) => {
    for (const op of ["Div", "Mod"] as const)
      await expect(run({ op, A: integers(type, 7n, 0n), B: integers(type, 1n, 0n) })).rejects.toThrow(DataError);
  });

  test.each(["int8", "int32", "int64"] as const)("%s beside the trap divides as ever", async (type) => {
    const A = integers(type, 7n, -7n, least[type] + 1n, 0n, least[type]);
    const B = integers(type, -1n, 2n, -1n, -1n, 1n);
    const divided = [-7, -3, -Number(least[type] + 1n), -0, Number(least[type])];
    const rounded = divided.map((x) => Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, x)) + 0);
    expect(await run({ op: "Div", A, B })).toEqual(rounded);
    expect(await run({ op: "Mod", A, B })).toEqual([0, 1, 0, 0, 0]);
  });
});

test.each<[string, ElementType, Tensor | undefined]>([
  ["real numbers", "float32", undefined],
  ["a type that is widened", "int8", undefined],
  ["a known divisor other than -1", "int64", integers("int64", 2n)],
])("nothing is added for %s", (_, type, divisor) => {
  const graph = newGraph("plain");
  const A = addInput(graph, "A", type, [1]);
  const B = divisor ? constant(graph, divisor) : addInput(graph, "B", type, [1]);
  addOutput(graph, "C", apply(graph, "Div", [A, B])[0]!);
  expect(guardDivisions(graph)).toBe(graph);
});
