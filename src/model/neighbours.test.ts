import { expect, test } from "vitest";
import { neighboursOf } from "./neighbours.ts";
import { findModel } from "./zoo.ts";

test.each([
  ["mlp", { larger: "mlp:512x2", smaller: "mlp:64x1" }],
  ["mlp:4x1", { larger: "mlp:8x2", smaller: "linear" }],
  ["linear", { larger: "mlp", smaller: null }],
  ["resnet", { larger: "resnet:32", smaller: "lenet" }],
  ["resnet:110", { larger: null, smaller: "resnet:56" }],
  ["mobilenet:0.5", { larger: "mobilenet:1", smaller: "mobilenet:0.25" }],
  ["gpt2:nano", { larger: "gpt2:micro", smaller: null }],
  ["net.onnx", { larger: null, smaller: null }],
])("%s", (name, expected) => {
  expect(neighboursOf(name)).toEqual(expected);
  for (const one of Object.values(expected)) if (one !== null) expect(findModel(one).entry).toBeDefined();
});
