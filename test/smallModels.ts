import { readdirSync, readFileSync } from "node:fs";
import { type Dataset, oneClass } from "../src/data/dataset.ts";
import { decodeNpz } from "../src/data/files/npz.ts";
import { foreignModel } from "../src/model/foreign.ts";
import { createLoss, type Loss } from "../src/model/loss.ts";
import type { Model } from "../src/model/model.ts";
import { buildModel, zoo } from "../src/model/zoo.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, type Shape, sizeOf, type Tensor } from "../src/tensor/tensor.ts";
import { oracle, oracleNames } from "./oracle.ts";

/** A model, examples that it reads, and a loss that fits. */
export interface Scene {
  readonly model: Model;
  readonly data: Dataset;
  readonly loss: Loss;
}

/** Shapes and classes that keep each model of the zoo small. */
const tasks: Readonly<Record<string, readonly [name: string, shape: readonly number[], classes: number]>> = {
  dualgafnet: ["dualgafnet", [2, 8, 8], 2],
  gpt2: ["gpt2:nano", [6], 11],
  lenet: ["lenet", [1, 12, 12], 3],
  linear: ["linear", [5], 3],
  lstm: ["lstm", [1, 6, 5], 3],
  mlp: ["mlp", [5], 3],
  mobilenet: ["mobilenet:0.25", [3, 8, 8], 3],
  resnet: ["resnet:20", [3, 8, 8], 3],
  tcn: ["tcn", [2, 60], 3],
  vit: ["vit:nano", [1, 8, 8], 3],
};

const models = new URL("./fixtures/models/", import.meta.url);

/** Every model of the zoo on small inputs, and every exported one of the fixtures, by name. */
export const scenes: Readonly<Record<string, () => Scene>> = {
  ...Object.fromEntries(Object.keys(zoo).map((name) => [name, () => ofZoo(name)])),
  ...Object.fromEntries(oracleNames.map((name) => [`${name}.onnx`, () => ofOracle(name)])),
  ...Object.fromEntries(readdirSync(models).map((name) => [name, () => ofFile(name)])),
};

function ofZoo(row: string): Scene {
  const [name, shape, classes] = tasks[row]!;
  const model = buildModel(name, { shape, classes }, random(1));
  const { normal, integer } = random(2);
  const { type } = model.inputs[0]!;
  const draw = type === "int64" ? () => integer(classes) : normal;
  const array = (of: "float32" | "int64", shape: Shape, each: (i: number) => number) =>
    fromNumbers(
      of,
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => each(i)),
    );
  const x = array(type as "float32", [4, ...shape], draw);
  // Of texts, a class for each position.
  return sceneOf(model, { x, y: array("int64", type === "int64" ? [4, ...shape] : [4], (i) => i % classes) });
}

function ofOracle(name: (typeof oracleNames)[number]): Scene {
  const { model, x, y } = oracle(name);
  return sceneOf(model, { x, y });
}

function ofFile(name: string): Scene {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, models));
  const arrays = Object.fromEntries(decodeNpz(read("batch.npz"), name));
  return sceneOf(foreignModel(read("model.onnx"), name), arrays);
}

/** Of classes with smoothed labels, which write more than one gradient. */
function sceneOf(model: Model, arrays: Readonly<Record<string, Tensor>>): Scene {
  const { y } = arrays;
  const loss = y!.type === "int64" ? createLoss("cross_entropy", { labelSmoothing: 0.1 }) : createLoss("mse");
  return { model, loss, data: repeated(model, arrays, 12) };
}

/** These examples over and over, each time a little larger. */
function repeated(model: Model, arrays: Readonly<Record<string, Tensor>>, size: number): Dataset {
  const perExample = (name: string) => arrays[name]!.shape.slice(1);
  const { y } = arrays;
  const target = { ...oneClass, type: y!.type as "int64", shape: perExample("y") };
  const isClass = target.type === "int64" && target.shape.length === 0;
  return {
    name: model.name,
    size,
    classes: target.type === "int64" ? 1 + Math.max(...Array.from(y!.data as BigInt64Array, Number)) : 0,
    classNames: [],
    inputs: model.inputs.map(({ name, type }) => ({ name, type: type as "float32", shape: perExample(name) })),
    target,
    labels: isClass ? Int32Array.from({ length: size }, (_, i) => Number(y!.data[i % y!.shape[0]!])) : new Int32Array(),
    read(indices, batch) {
      for (const [name, { data, shape }] of Object.entries(batch)) {
        const source = arrays[name]!;
        const length = sizeOf(shape.slice(1));
        indices.forEach((index, row) => {
          const from = (index % source.shape[0]!) * length;
          for (let i = 0; i < length; i++) {
            const value = source.data[from + i]!;
            data[row * length + i] = typeof value === "bigint" ? value : value * (1 + index / 50);
          }
        });
      }
    },
  };
}
