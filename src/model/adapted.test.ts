import { expect, test } from "vitest";
import { file, floats, logits } from "../../test/foreignFile.ts";
import { kerasConvolutional } from "../../test/kerasFile.ts";
import type { ElementType } from "../tensor/tensor.ts";
import { fromNumbers, type Shape, sizeOf } from "../tensor/tensor.ts";
import { adapted } from "./adapted.ts";
import { foreignModel } from "./foreign.ts";
import type { Model } from "./model.ts";

/** A file that gives its input back, twice as large. */
function mirror(name: string, shape: Shape, elemType = 1): Model {
  const input = floats(name, "N", ...shape.map(BigInt));
  input.type.value.value.elemType = elemType;
  const nodes = [
    { opType: "Cast", input: [name], output: ["f"], attribute: [{ name: "to", type: 2, i: 1n }] },
    { opType: "Add", input: ["f", "f"], output: ["z"] },
  ];
  return foreignModel(file({ input: [input], node: nodes, output: [{ name: "z" }] }), "mirror");
}

const given = (type: "float32" | "int64", ...shape: number[]) => ({ name: "x", type, shape });
/** 0, 1, 2, … of that shape, the examples included. */
const counted = (type: ElementType, shape: Shape) =>
  fromNumbers(
    type,
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
  );

test.each<[string, number[], number[], number[]]>([
  ["the same shape", [2, 3], [2, 3], [0, 1, 2, 3, 4, 5]],
  ["no axis of one channel", [1, 2, 3], [2, 3], [0, 1, 2, 3, 4, 5]],
  ["one channel at the end", [1, 2, 3], [2, 3, 1], [0, 1, 2, 3, 4, 5]],
  ["a grey image in a row", [1, 2, 3], [6], [0, 1, 2, 3, 4, 5]],
  ["channels last", [2, 1, 3], [1, 3, 2], [0, 3, 1, 4, 2, 5]],
])("an input of another name is read by position: %s", async (_about, from, to, order) => {
  const model = adapted(mirror("input.1", to), given("float32", ...from))!;
  expect(model.inputs).toEqual([given("float32", ...from)]);
  const second = order.map((i) => i + 6);
  expect(await logits(model, counted("float32", [2, ...from]))).toEqual([...order, ...second].map((i) => 2 * i));
});

test.each([7, 6])("tokens are read whether the file counts in 64 or 32 bits (type %i)", async (elemType) => {
  const model = adapted(mirror("input_ids", [2], elemType), given("int64", 2))!;
  expect(await logits(model, counted("int64", [2, 2]))).toEqual([0, 2, 4, 6]);
});

test.each<[string, Model, ReturnType<typeof given>]>([
  ["another number of elements", mirror("images", [3, 4]), given("float32", 3, 5)],
  ["colours in a row, in an order that nobody knows", mirror("images", [12]), given("float32", 3, 2, 2)],
  ["axes in another order", mirror("images", [4, 3]), given("float32", 3, 4)],
  ["tokens for numbers", mirror("images", [3]), given("int64", 3)],
  ["two inputs", { ...mirror("a", [3]), inputs: [given("float32", 3), given("float32", 3)] }, given("float32", 3)],
])("is not guessed: %s", (_about, model, input) => {
  expect(adapted(model, input)).toBeUndefined();
});

test("a model of Keras reads images with channels first", async () => {
  const keras = foreignModel(kerasConvolutional(), "keras");
  const first = counted("float32", [1, 2, 10, 10]);
  const last = Array.from({ length: 200 }, (_, i) => (i % 2) * 100 + Math.floor(i / 2));
  const model = adapted(keras, given("float32", 2, 10, 10))!;
  expect(await logits(model, first)).toEqual(await logits(keras, fromNumbers("float32", [1, 10, 10, 2], last)));
});
