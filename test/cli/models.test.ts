import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { afterAll, expect, test } from "vitest";
import { modelNames } from "../../src/model/zoo.ts";
import { batchscope, scratch } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));
const run = (...argv: string[]) => batchscope(["models", ...argv], { cwd: scene });
/** As the file itself counts them. */
function parametersOf(path: string): number {
  const { graph } = fromBinary(ModelProtoSchema, readFileSync(path));
  const weights = graph!.initializer.filter(({ dataType }) => dataType === TensorProto_DataType.FLOAT);
  return weights.reduce((sum, { dims }) => sum + dims.reduce((size, axis) => size * Number(axis), 1), 0);
}
const exported = fileURLToPath(new URL("../fixtures/oracle/models/lenet/model.onnx", import.meta.url));

test.concurrent("every model and variant has a line", async () => {
  const [words, document] = [await run(), await run("--json")];
  const lines = words.stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^model +parameters +FLOPs +of one example +classes$/);
  expect(lines.slice(1).map((line) => line.split(" ")[0])).toEqual(modelNames());
  expect(words.stdout).toMatch(/^resnet:20 +269,722 +81\.6 M +3 × 32 × 32 +10 +residual network/m);
  const documents: { name: string }[] = JSON.parse(document.stdout);
  expect(documents.map(({ name }) => name)).toEqual(modelNames());
  expect(documents.find(({ name }) => name === "lenet")).toEqual({
    schemaVersion: 1,
    name: "lenet",
    about: "LeNet-5, two convolutions and three linear layers, for images",
    parameters: 61706,
    flops: 852370,
    inputs: { x: [1, 28, 28] },
    classes: 10,
  });
});

test.concurrent("--summary lists the layers of one", async () => {
  const [words, document] = [await run("lenet", "--summary"), await run("lenet", "--summary", "--json")];
  expect(words.stdout).toMatch(/^conv1 +Conv +1 × 6 × 28 × 28 +156 +239,904$/m);
  expect(words.stdout).toMatch(/^total +61,706 +852,370$/m);
  const { rows } = JSON.parse(document.stdout);
  expect(rows[0]).toEqual({ layer: "conv1", op: "Conv", output: [1, 6, 28, 28], parameters: 156, flops: 239904 });
});

test.concurrent("an exported file is counted like a model of ours", async () => {
  const { code, stdout } = await run(exported, "--json");
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ name: exported, about: "a file", classes: null }),
  ]);
  expect(JSON.parse(stdout).parameters).toBe(parametersOf(exported));
});

test.concurrent.each([
  [
    "resnet:33",
    /^batchscope: error: model: expected one of resnet:20, .*resnet:110 or a file \*\.onnx, got "resnet:33"/,
  ],
  ["lenet:5", /^batchscope: error: model: expected lenet or a file \*\.onnx, got "lenet:5"; choose one of these\n$/],
  [
    "resnt",
    /^batchscope: error: model: expected one of dualgafnet, gpt2, lenet, .*, vit or a file \*\.onnx, got "resnt"/,
  ],
])("%s is not there", async (name, message) => {
  const { code, stdout, stderr } = await run(name);
  expect([code, stdout]).toEqual([4, ""]);
  expect(stderr).toMatch(message);
});
