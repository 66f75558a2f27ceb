import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { encodeSafetensors } from "../data/safetensors.ts";
import { textDataset } from "../data/text.ts";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { openModel } from "./openModel.ts";

const root = mkdtempSync(join(tmpdir(), "batchscope-open-model-"));
afterAll(() => rmSync(root, { recursive: true }));

const described: Dataset = {
  ...clouds(6, [2, 4, 4], 2),
  inputs: [
    { name: "x", type: "float32", shape: [2, 4, 4] },
    { name: "features", type: "float32", shape: [3] },
  ],
};

describe("a model for data", () => {
  test("reads every input that the data have", async () => {
    const { inputs } = await openModel("DualGAFNet", described, 0);
    expect(inputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ["x", 2, 4, 4],
      ["features", 3],
    ]);
  });

  test("is refused where it would leave one out", async () => {
    await expect(openModel("mlp", described, 0)).rejects.toThrow(
      'mlp: expected a model that reads "features" float32[N, 3] and "x" float32[N, 2, 4, 4] for the data clouds, got one that reads "x" float32[N, 2, 4, 4]; choose a model for these data',
    );
  });
});

describe("weights to start from", () => {
  const text = textDataset("text", [{ name: "a", text: "abcdefgh" }], { tokenizer: "bytes", sequenceLength: 4 });

  test("are those of the file", async () => {
    const drawn = await openModel("gpt2:nano", await text, 0);
    const halves = drawn.parameters.map(({ name, initial }) => {
      const values = toNumbers(initial).map((value) => value / 2);
      return [`transformer.${name}`, fromNumbers("float32", initial.shape, values)] as const;
    });
    const file = join(root, "model.safetensors");
    writeFileSync(file, encodeSafetensors(new Map(halves)));
    const opened = await openModel("gpt2:nano", await text, 7, file);
    for (const [i, { name, initial }] of opened.parameters.entries())
      expect([name, initial]).toEqual([drawn.parameters[i]!.name, halves[i]![1]]);
  });

  test("are refused for another model", async () => {
    await expect(openModel("mlp", clouds(6), 0, "w.safetensors")).rejects.toThrow(
      "--init-from: expected a GPT-2 to start from w.safetensors, got mlp; leave it out",
    );
  });
});
