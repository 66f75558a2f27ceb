import { describe, expect, test } from "vitest";
import { clouds, eventsOf, tensorsAfter } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { flatten, linear, sequential } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { buildModel } from "../model/zoo.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { maskLayouts } from "./dropoutMasks.ts";
import { dropoutRates } from "./masks.ts";
import { gradientPass } from "./microBatch.ts";
import type { TrainingOptions } from "./options.ts";
import { newTrainingState } from "./state.ts";

const engine = nativeEngine();

/** A text of random tokens: `clouds` of whole numbers. */
function tokens(size: number, length: number, classes: number): Dataset {
  const drawn = Array.from(
    { length: size * (length + 1) },
    (
      (stream) => () =>
        stream.integer(classes)
    )(random(4)),
  );
  return {
    ...clouds(size, [length], classes),
    inputs: [{ name: "x", type: "int64", shape: [length] }],
    target: { name: "y", type: "int64", shape: [length] },
    read(indices, batch) {
      for (const [name, shift] of [
        ["x", 0],
        ["y", 1],
      ] as const)
        indices.forEach((index, i) => {
          const from = index * (length + 1) + shift;
          const row = BigInt64Array.from(drawn.slice(from, from + length), BigInt);
          (batch[name]!.data as BigInt64Array).set(row, i * length);
        });
    },
  };
}

/** An imported file's ways: the time before the examples, then both merged. */
function timeMajor(merged: boolean): Model {
  const [time, width] = [6, 5];
  const head = linear("output", time * width, 3, random(3));
  const around = sequential("timeMajor", { name: "x", type: "float32", shape: [time, width] }, [flatten, head]);
  return {
    ...around,
    dropout: [{ name: "drop" }],
    forward(g, io) {
      const count = io.inputs.x!.shape[0]!;
      const turned = g.transpose(io.inputs.x!, [1, 0, 2]);
      const given = merged ? g.reshape(turned, [time * count, width]) : turned;
      const mask = io.mask?.("drop", given);
      const back = g.transpose(g.reshape(mask ? g.mul(given, mask) : given, [time, count, width]), [1, 0, 2]);
      return around.forward(g, { ...io, inputs: { x: back } });
    },
  };
}

const zoo = (name: string, shape: readonly number[]) => buildModel(name, { shape, classes: 3 }, random(1));
const models: [string, Model, Dataset][] = [
  ["mlp", zoo("mlp", [1, 8, 8]), clouds(40, [1, 8, 8])],
  ["mlp:16x3", zoo("mlp:16x3", [5]), clouds(40, [5])],
  ["vit:nano", zoo("vit:nano", [1, 16, 16]), clouds(40, [1, 16, 16])],
  ["tcn", zoo("tcn", [1, 40]), clouds(40, [1, 40])],
  ["gpt2:nano", buildModel("gpt2:nano", { shape: [8], classes: 11 }, random(1)), tokens(40, 8, 11)],
  ["[T, N, D]", timeMajor(false), clouds(40, [6, 5])],
  ["[T·N, D]", timeMajor(true), clouds(40, [6, 5])],
];

/** Gradient sums over the examples 3 to 10 of the stream, cut into micro-batches of one size. */
async function gradients(model: Model, data: Dataset, size: number, follow = true): Promise<Float32Array> {
  const state = newTrainingState(model, sgd());
  const dropout = { rates: dropoutRates(model, 0.3), seed: 5 };
  const pass = gradientPass(engine, model, state, { threads: 1, dropout });
  for (let i = 0; i < 8; i += size) {
    const indices = Uint32Array.from({ length: size }, (_, k) => 20 + i + k);
    await pass.run(data, indices, i === 0, { microBatch: i / size, example: follow ? 3 + i : undefined });
  }
  pass.release();
  return state.sums;
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
const distance = (a: Float32Array, b: Float32Array) => norm(a.map((x, i) => x - b[i]!)) / norm(b);

describe("gradients with dropout of 8 examples", () => {
  test.each(models)("%s: are the same in micro-batches of 1, 2 and 8", async (_, model, data) => {
    const whole = await gradients(model, data, 8);
    for (const size of [1, 2]) expect(distance(await gradients(model, data, size), whole)).toBeLessThan(1e-5);
    // By the rule before they were not, nor are they those of other examples of the stream.
    expect(distance(await gradients(model, data, 2, false), whole)).toBeGreaterThan(1e-2);
  });
});

describe("a mask's examples", () => {
  test.each(models)("%s: are found in every layer that drops", (name, model) => {
    const layouts = maskLayouts(model, 4);
    const groups = { "[T, N, D]": 6, "[T·N, D]": 6 }[name] ?? 1;
    expect([...layouts]).toEqual(model.dropout!.map((layer) => [layer.name, { examples: 4, groups }]));
  });

  test("of a network that mixes them in its normalisation are found as well", () => {
    const layouts = maskLayouts(buildModel("mobilenet:0.25", { shape: [3, 32, 32], classes: 3 }, random(1)), 4);
    expect([...layouts.values()]).toEqual([{ examples: 4, groups: 1 }]);
  });

  test("are none where all of them share what is dropped", () => {
    const shared: Model = {
      ...timeMajor(false),
      forward: (g, io) => {
        const weight = io.parameters["output.weight"]!;
        const mask = io.mask?.("drop", weight);
        const parameters = { ...io.parameters, "output.weight": mask ? g.mul(weight, mask) : weight };
        const rows = g.reshape(io.inputs.x!, [io.inputs.x!.shape[0]!, 30]);
        return { logits: g.gemm(rows, parameters["output.weight"]!, undefined, { transB: 1 }), state: {} };
      },
    };
    expect(maskLayouts(shared, 4)).toEqual(new Map());
  });
});

describe("noise watched while training with dropout", () => {
  const options = (model: Model): TrainingOptions => ({
    model,
    train: clouds(40, [6, 5]),
    validation: clouds(8, [6, 5]),
    optimizer: sgd(),
    learningRate: 0.1,
    window: [8],
    epochs: 1,
    checkpointEvery: 1,
    dropout: 0.3,
    seed: 3,
    threads: 1,
    logEvery: 1,
  });

  // More examples than steps of time, or whole numbers of steps an example: neither is taken for the other.
  test.each([8, 3, 2])(
    "%i examples behind the time are told to be mixed, and train as they do unwatched",
    async (size) => {
      const given = { ...options(timeMajor(false)), window: [size] };
      const watched = await eventsOf(engine, { ...given, noiseScale: true });
      expect(watched.at(-1)).toMatchObject({ kind: "end", unwatched: expect.stringContaining("Transpose") });
      expect(tensorsAfter(watched)).toEqual(tensorsAfter(await eventsOf(engine, given)));
    },
  );
});
