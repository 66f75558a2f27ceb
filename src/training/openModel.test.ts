import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { clouds, positionAt } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { textDataset } from "../data/texts/text.ts";
import { sgd } from "../optimizer/sgd.ts";
import { DataError } from "../tensor/errors.ts";
import { fromNumbers, toNumbers } from "../tensor/tensor.ts";
import { encodeCheckpoint } from "./checkpoint.ts";
import { openModel } from "./openModel.ts";
import { modelTensors, newTrainingState } from "./state.ts";

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

test.each([
  ["int64 are tokens", "x", "int64", [4], 'int64 are taken for tokens: save x.astype("float32") as x'],
  ["another name", "X", "float32", [4], "the array is called X: save X as x"],
  [
    "both",
    "data",
    "int64",
    [4],
    'the array is called data and int64 are taken for tokens: save data.astype("float32") as x',
  ],
] as const)("what to do with an array is said: %s", async (_, name, type, shape, remedy) => {
  const data = { ...clouds(6, [...shape], 2), inputs: [{ name, type, shape }] };
  await expect(openModel("mlp", data, 0)).rejects.toThrow(new RegExp(`; ${remedy.replace(/[.()]/g, "\\$&")}$`));
});

test.each(["mlp", "linear", "lstm", "tcn", "lenet", "resnet:20", "mobilenet:0.5", "vit", "dualgafnet"])(
  "texts are for GPT-2, says %s",
  async (model) => {
    const text = await textDataset("text", [{ name: "a", text: "abcdefgh" }], {
      tokenizer: "bytes",
      sequenceLength: 4,
    });
    await expect(openModel(model, text, 0)).rejects.toThrow(
      `${model}: expected images, series or tables of numbers, got ${text.name}, texts of 4 tokens; use gpt2:nano`,
    );
  },
);

test.each(["lenet", "resnet", "vit"])("%s says where the channels come last", async (model) => {
  const data = { ...clouds(6, [28, 28, 1], 2), inputs: [{ name: "x", type: "float32" as const, shape: [28, 28, 1] }] };
  await expect(openModel(model, data, 0)).rejects.toThrow(/the channels come last: save x\.transpose\(0, 3, 1, 2\)/);
});

describe("weights to start from", () => {
  const text = textDataset("text", [{ name: "a", text: "abcdefgh" }], { tokenizer: "bytes", sequenceLength: 4 });

  test("are those of the file", async () => {
    const drawn = await openModel("gpt2:nano", await text, 0);
    const halves = drawn.parameters.map(({ name, initial }) => {
      const values = toNumbers(initial).map((value) => value / 2);
      return [`transformer.${name}`, fromNumbers("float32", initial.shape, values)] as const;
    });
    const opened = await openModel("gpt2:nano", await text, 7, { weights: { file: "a", tensors: new Map(halves) } });
    for (const [i, { name, initial }] of opened.parameters.entries())
      expect([name, initial]).toEqual([drawn.parameters[i]!.name, halves[i]![1]]);
  });

  test.each([
    ["mlp", clouds(6)],
    ["mobilenet", clouds(6, [3, 8, 8])],
    ["gpt2:nano", text],
  ])("are those of a checkpoint of the same model: %s", async (name, given) => {
    const data = await given;
    const state = newTrainingState(await openModel(name, data, 3), sgd({ momentum: 0.9 }));
    for (const tensor of Object.values(state.running)) (tensor.data as Float32Array).fill(0.25);
    const position = positionAt({ epoch: 1, step: 2, examples: 3, sampler: { random: [], position: 0 } });
    const { tensors: saved } = decodeSafetensors(encodeCheckpoint(state, position), "a");
    const opened = await openModel(name, data, 7, { weights: { file: "a", tensors: saved } });
    const tensors = [...opened.parameters, ...opened.state].map((one) => [one.name, toNumbers(one.initial)]);
    expect(Object.fromEntries(tensors)).toEqual(
      Object.fromEntries(Object.entries(modelTensors(state)).map(([key, value]) => [key, toNumbers(value)])),
    );
  });

  test("are refused where they are another model's", async () => {
    const tensors = new Map([["w", fromNumbers("float32", [2], [1, 2])]]);
    const other = openModel("mlp", clouds(6), 0, { weights: { file: "other.safetensors", tensors } });
    await expect(other).rejects.toThrow(DataError);
    await expect(other).rejects.toThrow(
      /other\.safetensors: expected "\S+" as float32\[.*\], got nothing; use the run's own model$/,
    );
  });
});
