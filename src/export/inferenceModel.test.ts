import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import * as ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { logits } from "../../test/foreignFile.ts";
import { oracle, oracleBytes, oracleNames } from "../../test/oracle.ts";
import { foreignModel } from "../model/foreign.ts";
import { linear, sequential } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { buildModel } from "../model/zoo.ts";
import { random } from "../tensor/random.ts";
import { type ElementType, fromNumbers, sizeOf, type Tensor, tensor, toNumbers } from "../tensor/tensor.ts";
import { foreignInference } from "./foreignInference.ts";
import { inferenceModel } from "./inferenceModel.ts";
import { encodeFiles, setMetadata } from "./onnxFile.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The logits that plain onnxruntime-node gives. */
async function infer(file: Uint8Array | string, feeds: Readonly<Record<string, Tensor>>): Promise<number[]> {
  const session = await (typeof file === "string"
    ? ort.InferenceSession.create(file)
    : ort.InferenceSession.create(file));
  const given = Object.entries(feeds).map(([name, { type, data, shape }]) => [
    name,
    new ort.Tensor(type as "float32", data as Float32Array, [...shape]),
  ]);
  const result = await session.run(Object.fromEntries(given));
  await session.release();
  return Array.from(result[session.outputNames[0]!]!.data as Float32Array);
}

/** As after training: every parameter and running statistic another than the initial one. */
function trained(model: Model, seed: number): { model: Model; tensors: Record<string, Tensor> } {
  const generator = random(seed);
  const moved = (entries: Model["parameters"]) =>
    entries.map(({ name, initial }) => {
      const data = (initial.data as Float32Array).map((x) => x * (0.5 + generator.uniform()) + 0.01);
      return { name, initial: { ...initial, data } };
    });
  const after = { ...model, parameters: moved(model.parameters), state: moved(model.state) };
  return {
    model: after,
    tensors: Object.fromEntries([...after.parameters, ...after.state].map(({ name, initial }) => [name, initial])),
  };
}

function examples(model: Model, batch: number): Tensor {
  const { type, shape } = model.inputs[0]!;
  const generator = random(5);
  const length = sizeOf([batch, ...shape]);
  if (type === "int64")
    return fromNumbers(
      "int64",
      [batch, ...shape],
      Array.from({ length }, () => generator.integer(10)),
    );
  return tensor(
    "float32",
    [batch, ...shape],
    Float32Array.from({ length }, () => generator.normal()),
  );
}

/**
 * The largest difference, relative to the largest logit: weights that are constants are packed, and sums taken in
 * another order.
 */
function difference(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / scale;
}

const bytes = (proto: ModelProto) => toBinary(ModelProtoSchema, proto);

describe("a model of the zoo", () => {
  test.each([
    ["mlp", [1, 28, 28]],
    ["lenet", [1, 28, 28]],
    ["resnet", [3, 16, 16]],
    ["mobilenet", [3, 32, 32]],
    ["tcn", [2, 32]],
    ["lstm", [4, 8]],
    ["vit", [1, 28, 28]],
    ["gpt2", [12]],
    ["dualgafnet", [2, 32, 32]],
  ] as const)("%s infers the same for any number of examples", async (name, shape) => {
    const { model, tensors } = trained(buildModel(name, { shape, classes: 10 }, random(1)), 2);
    const proto = inferenceModel(model, tensors);
    expect(proto.graph!.output.map((output) => output.name)).toEqual(["logits"]);
    for (const batch of [1, 5]) {
      const x = examples(model, batch);
      const found = await infer(bytes(proto), { [model.inputs[0]!.name]: x });
      const expected = await logits(model, x);
      expect(found).toHaveLength(expected.length);
      expect(difference(expected, found)).toBeLessThan(1e-6);
    }
  });

  test("has its weights under their own names, and a batch axis called N", () => {
    const { model, tensors } = trained(buildModel("mlp", { shape: [4], classes: 3 }, random(1)), 2);
    const { graph } = inferenceModel(model, tensors);
    expect(graph!.initializer.map(({ name }) => name)).toEqual(model.parameters.map(({ name }) => name));
    expect(graph!.input.map(({ name }) => name)).toEqual(["x"]);
    const sizes = (info: (typeof graph & object)["input"][number]) =>
      info.type!.value.case === "tensorType"
        ? info.type!.value.value.shape!.dim.map((dim) => String(dim.value.value))
        : [];
    expect([...graph!.input, ...graph!.output].map(sizes)).toEqual([
      ["N", "4"],
      ["N", "3"],
    ]);
  });

  test("says what it was trained on to whoever asks its metadata", () => {
    const model = sequential("m", { name: "x", type: "float32", shape: [2] }, [linear("output", 2, 2, random(1))]);
    const proto = inferenceModel(model, trained(model, 1).tensors);
    setMetadata(proto, { class_names: '["a","b"]', run: "first" });
    setMetadata(proto, { run: "second" });
    const read = fromBinary(ModelProtoSchema, bytes(proto)).metadataProps.map(({ key, value }) => [key, value]);
    expect(read).toEqual([
      ["class_names", '["a","b"]'],
      ["run", "second"],
    ]);
  });

  test("whose graph depends on the batch elsewhere is refused by name", () => {
    const base = sequential("m", { name: "x", type: "float32", shape: [2] }, [linear("output", 2, 2, random(1))]);
    const model: Model = {
      ...base,
      forward(g, io) {
        const { logits: plain, state } = base.forward(g, io);
        const scale = g.constant(tensor("float32", [plain.shape[0]!, 1], new Float32Array(plain.shape[0]!).fill(2)));
        return { logits: g.mul(plain, scale), state };
      },
    };
    expect(() => inferenceModel(model, trained(base, 1).tensors)).toThrow(
      /^export: expected a graph for any batch size, got Mul "Mul", which is built for one; /,
    );
  });
});

describe("an imported model", () => {
  test.each(oracleNames)("%s is its own file with other weights, and infers as our evaluation does", async (name) => {
    const original = oracleBytes(`models/${name}/model.onnx`);
    const { x } = oracle(name);
    const { model, tensors } = trained(foreignModel(original, name), 3);
    const proto = foreignInference(original, tensors);
    const before = fromBinary(ModelProtoSchema, original).graph!;
    expect(proto.graph!.node.map((node) => [node.opType, node.name])).toEqual(
      before.node.map((node) => [node.opType, node.name]),
    );
    expect(proto.graph!.initializer.map((weight) => weight.name)).toEqual(
      before.initializer.map((weight) => weight.name),
    );
    const theirs = await infer(bytes(proto), { [model.inputs[0]!.name]: x });
    expect(difference(await logits(model, x), theirs)).toBeLessThan(1e-6);
  });

  test("keeps the element types of its weights", () => {
    const original = fromBinary(ModelProtoSchema, oracleBytes("models/mlp/model.onnx"));
    const half = (values: readonly number[]): [ElementType, Tensor] => [
      "float16",
      fromNumbers("float16", [values.length], values),
    ];
    const [, stored] = half([1, 2, 3]);
    original.graph!.initializer = [
      {
        ...original.graph!.initializer[0]!,
        name: "w",
        dims: [3n],
        dataType: 10,
        rawData: new Uint8Array(stored.data.buffer as ArrayBuffer),
      },
    ];
    const proto = foreignInference(bytes(original), { w: fromNumbers("float32", [3], [0.1, 0.2, 0.3]) });
    const [weight] = proto.graph!.initializer;
    expect(weight!.dataType).toBe(10);
    expect(Array.from(new Float16Array(new Uint8Array(weight!.rawData).buffer))).toEqual(
      toNumbers(fromNumbers("float16", [3], [0.1, 0.2, 0.3])),
    );
  });
});

test("weights of bfloat16 are rounded to it", () => {
  const original = fromBinary(ModelProtoSchema, oracleBytes("models/mlp/model.onnx"));
  original.graph!.initializer = [{ ...original.graph!.initializer[0]!, name: "w", dims: [2n], dataType: 16 }];
  const proto = foreignInference(bytes(original), { w: fromNumbers("float32", [2], [-2.5, 1 + 2 ** -7 + 2 ** -10]) });
  const [weight] = proto.graph!.initializer;
  expect(weight!.dataType).toBe(16);
  expect([...new Uint16Array(new Uint8Array(weight!.rawData).buffer)]).toEqual([0xc020, 0x3f81]);
});

test("weights beyond a limit lie in a second file, aligned, and the model loads from its path", async () => {
  const { model, tensors } = trained(buildModel("mlp", { shape: [1, 28, 28], classes: 10 }, random(1)), 2);
  const { model: file, external } = encodeFiles(inferenceModel(model, tensors), "big.onnx.data", 100_000);
  expect(file.length).toBeLessThan(10_000);
  writeFileSync(join(folder, "big.onnx"), file);
  writeFileSync(join(folder, "big.onnx.data"), Buffer.concat(external));
  const x = examples(model, 3);
  expect(difference(await logits(model, x), await infer(join(folder, "big.onnx"), { x }))).toBeLessThan(1e-6);
  const places = fromBinary(ModelProtoSchema, file).graph!.initializer.flatMap(({ externalData }) =>
    externalData.filter(({ key }) => key === "offset").map(({ value }) => Number(value)),
  );
  expect(places.length).toBeGreaterThan(0);
  expect(places.filter((place) => place % 4096 !== 0)).toEqual([]);
});
