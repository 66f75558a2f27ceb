import { describe, expect, test } from "vitest";
import { applyCase, type Case, type Contents, declareInputs, drawContents } from "../../test/cases/case.ts";
import { cases } from "../../test/cases/cases.ts";
import { evaluateOn } from "../../test/evaluate.ts";
import { addInput, addOutput, constant, newGraph, type Value } from "../graph/graph.ts";
import { nativeEngine } from "../runtime/native.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type ElementType, fromNumbers, isFloat, type Tensor, tensor, toNumbers } from "../tensor/tensor.ts";
import { fold, foldable } from "./fold.ts";
import { taggedAttributes } from "./op.ts";
import { type OpName, ops } from "./table.ts";

const evaluate = evaluateOn(nativeEngine());

/** Operators of the specification that take no integers, and OneHot, which the engine has no int32 kernel of. */
const realOnly = new Set<OpName>([
  "Ceil",
  "Cos",
  "Exp",
  "Floor",
  "IsNaN",
  "Log",
  "Mean",
  "OneHot",
  "Reciprocal",
  "Round",
  "Sin",
  "Sqrt",
  "Sum",
  "Tanh",
]);

/** The contents of a case with its real numbers in `type`; whole numbers are rounded away from 0, which they keep. */
function contentsIn(one: Case, type: ElementType, seed: number): Contents {
  const whole = (x: number) => Math.sign(x) * Math.ceil(Math.abs(x));
  const convert = (drawn: Tensor) => fromNumbers(type, drawn.shape, toNumbers(drawn).map(whole));
  return new Map(
    [...drawContents(one, "float32", seed)].map(([input, drawn]) => [
      input,
      input.type === "real" && !isFloat(type) ? convert(drawn) : drawn,
    ]),
  );
}

function folded(op: OpName, one: Case, contents: Contents): Tensor[] {
  const graph = newGraph("known");
  const inputs = one.inputs.map((input) => input && constant(graph, contents.get(input)!));
  const found = fold(op, inputs, taggedAttributes(ops[op], one.attributes ?? {}), one.outputs);
  if (!found) throw new Error(`${one.about}: not folded`);
  return found;
}

async function computed(op: OpName, one: Case, contents: Contents): Promise<Tensor[]> {
  const graph = newGraph("computed");
  const declared = declareInputs(graph, one, contents);
  for (const [i, y] of applyCase(graph, op, one, contents, declared).entries()) addOutput(graph, `y${i}`, y);
  const feeds = Object.fromEntries([...declared].map(([input, { name }]) => [name, contents.get(input)!]));
  return Object.values((await evaluate(graph, [feeds]))[0]!);
}

function expectSame(found: Tensor, expected: Tensor, about: string): void {
  expect({ type: found.type, shape: found.shape }, about).toEqual({ type: expected.type, shape: expected.shape });
  const [a, b] = [toNumbers(found), toNumbers(expected)];
  if (!isFloat(found.type)) expect(a, about).toEqual(b);
  const wrong = a.filter(
    (x, i) => !Object.is(x, b[i]) && !(Math.abs(x - b[i]!) <= 4e-6 * Math.max(1, Math.abs(b[i]!))),
  );
  expect(wrong, about).toEqual([]);
}

describe("what is folded is what the engine computes", () => {
  test.each(foldable)("%s", async (op) => {
    for (const type of realOnly.has(op) ? (["float32"] as const) : (["float32", "int64", "int32"] as const))
      for (const one of cases[op])
        for (const seed of [1, 2, 3]) {
          const contents = contentsIn(one, type, seed);
          const [found, expected] = [folded(op, one, contents), await computed(op, one, contents)];
          for (const [i, y] of expected.entries()) expectSame(found[i]!, y, `${one.about}, ${type}`);
        }
  });
});

describe("what is known", () => {
  const graph = newGraph("partly");
  const fed = addInput(graph, "x", "float32", [2, 3]);
  const known = constant(graph, fromNumbers("float32", [3], [1, 2, 3]));

  test("an operator that reads what is fed is left to the engine, but its shape is known", () => {
    expect(fold("Add", [fed, known], {})).toBeUndefined();
    expect(fold("Shape", [fed], {})).toEqual([fromNumbers("int64", [2], [2, 3])]);
    expect(fold("Size", [fed], {})).toEqual([fromNumbers("int64", [], [6])]);
  });

  test("an operator without an evaluator is left to the engine", () => {
    expect(fold("Softmax", [known], {})).toBeUndefined();
  });

  test("a result of more than four million elements is left to the engine, one less is not", () => {
    const one = constant(graph, tensor("int8", [1, 1], Int8Array.of(7)));
    const to = (rows: number) => constant(graph, fromNumbers("int64", [2], [rows, 2 ** 11]));
    expect(fold("Expand", [one, to(2 ** 11 + 1)], {})).toBeUndefined();
    expect(fold("Expand", [one, to(2 ** 11)], {})?.[0]?.data.at(-1)).toBe(7);
  });

  test("halves are rounded to even, remainders take the sign that fmod asks for", () => {
    const values = constant(graph, fromNumbers("float32", [6], [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]));
    expect(toNumbers(fold("Round", [values], {})![0]!)).toEqual([-2, -2, -0, 0, 2, 2]);
    const [a, b] = [
      [-7, 7, -7, 7],
      [3, -3, -3, 3],
    ].map((x) => constant(graph, fromNumbers("int64", [4], x)));
    expect(toNumbers(fold("Mod", [a!, b!], {})![0]!)).toEqual([2, -2, -1, 1]);
    expect(toNumbers(fold("Mod", [a!, b!], { fmod: { kind: "int", value: 1 } })![0]!)).toEqual([-1, 1, -1, 1]);
  });
});

test.each<[OpName, Tensor[], RegExp]>([
  [
    "Gather",
    [fromNumbers("float32", [2], [1, 2]), fromNumbers("int64", [1], [5])],
    /^Gather: expected indices inside the data and whole float32 numbers, got an index outside; export the model again$/,
  ],
  [
    "GatherND",
    [fromNumbers("int64", [2, 2], [1, 2, 3, 4]), fromNumbers("int64", [1, 2], [0, 2])],
    /^GatherND: expected indices inside the data and whole int64 numbers, got an index outside; /,
  ],
  [
    "ScatterND",
    [fromNumbers("int64", [2], [1, 2]), fromNumbers("int64", [1, 1], [-3]), fromNumbers("int64", [1], [7])],
    /^ScatterND: expected indices inside the data and whole int64 numbers, got an index outside; /,
  ],
  [
    "Div",
    [fromNumbers("int64", [1], [1]), fromNumbers("int64", [1], [0])],
    /^Div: expected whole numbers to be divided by others than 0, got B int64\[1\] with a 0; change it$/,
  ],
  ...(["Div", "Mod"] as const).map((name): [OpName, Tensor[], RegExp] => [
    name,
    [fromNumbers("int32", [2], [5, -(2 ** 31)]), fromNumbers("int32", [1], [-1])],
    /: expected indices inside the data and whole int32 numbers, got NaN; export the model again$/,
  ]),
])("%s of constants that have no result is refused", (name, operands, message) => {
  const graph = newGraph("refused");
  const values = operands.map((operand) => constant(graph, operand));
  expect(() => fold(name, values, {})).toThrow(ShapeError);
  expect(() => fold(name, values, {})).toThrow(message);
});

describe("int64 beyond 2^53", () => {
  const graph = newGraph("large");
  const long = (...numbers: bigint[]) =>
    constant(graph, tensor("int64", [numbers.length], BigInt64Array.from(numbers)));
  const large = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];

  test.each<[OpName, Value[], bigint[]]>([
    ["Concat", [long(...large), long(1n)], [...large, 1n]],
    ["Gather", [long(...large), long(1n, 2n)], large.slice(1)],
    ["Slice", [long(...large), long(1n), long(2n ** 63n - 1n)], large.slice(1)],
    ["Min", [long(2n ** 63n - 1n), long(7n)], [7n]],
  ])("%s keeps every bit", (name, inputs, expected) => {
    expect([...fold(name, inputs, { axis: { kind: "int", value: 0 } })![0]!.data]).toEqual(expected);
  });

  test.each<[OpName, Value[]]>([
    ["Add", [long(2n ** 60n), long(1n)]],
    ["Mul", [long(2n ** 30n), long(2n ** 30n)]],
    ["Div", [long(-(2n ** 63n)), long(-1n)]],
    ["Max", [long(2n ** 62n), long(2n ** 61n)]],
    ["Equal", [long(2n ** 62n), long(2n ** 61n)]],
    ["Cast", [long(2n ** 60n)]],
  ])("%s is left to the engine, which calculates with them", (name, inputs) => {
    expect(fold(name, inputs, {})).toBeUndefined();
  });
});
