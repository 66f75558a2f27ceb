import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { openModel } from "./openModel.ts";

test.each([
  ["a score for each class", {}, 3],
  ["one number", { classes: 0, target: { name: "y", type: "float32", shape: [1] } } as const, 1],
  ["four numbers", { classes: 0, target: { name: "y", type: "float32", shape: [2, 2] } } as const, 4],
])("a model of the zoo gives %s where the data ask for it", async (_, change, outputs) => {
  const model = await openModel("mlp", { ...clouds(9), ...change }, 0);
  expect(model.parameters.at(-1)!.initial.shape).toEqual([outputs]);
});
