import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kerasConvolutional } from "../../test/kerasFile.ts";
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

test("a file reads the data whatever it calls its only input", async () => {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-open-"));
  const path = join(folder, "keras.onnx");
  writeFileSync(path, kerasConvolutional());
  const images = (...shape: number[]) => ({ ...clouds(9), inputs: [{ name: "x", type: "float32", shape }] }) as const;
  const model = await openModel(path, images(2, 10, 10), 0);
  expect(model.inputs).toEqual([{ name: "x", type: "float32", shape: [2, 10, 10] }]);
  await expect(openModel(path, images(3, 10, 10), 0)).rejects.toThrow(
    /expected a model that reads "x" float32\[N, 3, 10, 10\] for the data clouds.*, got one that reads "conv2d_input" float32\[N, 10, 10, 2\]; choose/,
  );
  rmSync(folder, { recursive: true });
});
