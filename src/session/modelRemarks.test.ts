import { expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { zeros } from "../tensor/tensor.ts";
import { modelRemarks } from "./modelRemarks.ts";

const modelOf = (shapes: Readonly<Record<string, readonly number[]>>) => {
  const parameters = Object.entries(shapes).map(([name, shape]) => ({
    name,
    initial: { ...zeros("float32", shape), data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1) },
  }));
  return { name: "net", parameters } as unknown as Model;
};
/** With a target of each place the outputs are not compared with the classes. */
const kindsOf = (model: Model) =>
  modelRemarks({
    model,
    train: { classes: 2, size: 8, target: { shape: [4] } },
    window: [4],
  } as unknown as Parameters<typeof modelRemarks>[0]);

test("batch normalisation that an export has folded into convolutions is remarked on, by their count", () => {
  const folded = { "onnx::Conv_16": [4, 3, 3, 3], "onnx::Conv_17": [4], "onnx::ConvTranspose_20": [4, 2, 3, 3] };
  expect(kindsOf(modelOf({ ...folded, "f.weight": [3, 4] }))).toEqual([{ kind: "foldedNormalisation", layers: 2 }]);
});

test("weights that keep their names, and those of products that PyTorch has turned, are as they were", () => {
  const kept = { "c.weight": [4, 3, 3, 3], "c.bias": [4], "onnx::MatMul_9": [4, 3], "onnx::Conv_2": [4] };
  expect(kindsOf(modelOf(kept))).toEqual([]);
});
