import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Tensor as OrtTensor } from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope } from "../../test/cli/harness.ts";
import { type OracleName, oracle } from "../../test/oracle.ts";
import { datasetOf } from "../../test/training.ts";
import { decode } from "../graph/decode.ts";
import { createLoss } from "../model/loss.ts";
import { ops } from "../ops/table.ts";
import { adagrad } from "../optimizer/adagrad.ts";
import { adam, adamW } from "../optimizer/adam.ts";
import { withGroups } from "../optimizer/groups.ts";
import { lamb } from "../optimizer/layerWise.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { type Shape, sizeOf, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { compileStep } from "./compile.ts";
import { gradientPass } from "./microBatch.ts";
import { modelTensors, newTrainingState } from "./state.ts";
import { createUpdater } from "./update.ts";

const engine = nativeEngine();
// Where a module can import onnxruntime-node, and git does not look.
const scene = mkdtempSync(new URL("../../node_modules/.compile-", import.meta.url).pathname);
afterAll(() => rmSync(scene, { recursive: true }));

const learningRates = [0.1, 0.05, 0.02];
const microBatches = [
  [0, 1],
  [2, 3],
];

/** What our own loop makes of the model in three steps of two micro-batches. */
async function ownTraining(name: OracleName, optimizer: Optimizer) {
  const { model, x, y } = oracle(name);
  const data = datasetOf(x, y, 10);
  const state = newTrainingState(model, optimizer);
  const gradients = gradientPass(engine, model, state, {});
  const updater = await createUpdater(engine, optimizer, state);
  const losses: number[] = [];
  for (const [i, learningRate] of learningRates.entries()) {
    let [loss, weight] = [0, 0];
    for (const [k, indices] of microBatches.entries()) {
      const totals = await gradients.run(data, Uint32Array.from(indices), k === 0);
      loss += totals.loss;
      weight += totals.weight;
    }
    await updater.step({ weight, learningRate, step: i + 1, clipNorm: undefined }, Number.NaN);
    losses.push(loss / weight);
  }
  for (const resource of [gradients, updater]) resource.release();
  return { losses, tensors: modelTensors(state) };
}

interface OpenedStep {
  train(
    window: readonly Record<string, OrtTensor>[],
    numbers: { learningRate: number; step: number; clip?: number },
  ): Promise<number>;
  readonly parameters: Record<string, OrtTensor>;
  readonly running: Record<string, OrtTensor>;
}

/** The module that the folder's README prints, run on the folder. */
async function openStep(folder: string): Promise<OpenedStep> {
  const [, source] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(folder, "README.md"), "utf8"))!;
  const file = join(scene, `${folder.split("/").at(-1)}.mjs`);
  writeFileSync(file, source!);
  const { openStep: open } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return open(pathToFileURL(`${folder}/`));
}

/** Rows of a tensor as the binding's own. */
function rowsOf({ type, shape, data }: Tensor, indices: readonly number[]): OrtTensor {
  const size = sizeOf(shape.slice(1));
  const taken = data.slice(indices[0]! * size, (indices.at(-1)! + 1) * size) as Float32Array;
  return new OrtTensor(type as "float32", taken, [indices.length, ...shape.slice(1)]);
}

const fixture = (name: OracleName) =>
  new URL(`../../test/fixtures/oracle/models/${name}/model.onnx`, import.meta.url).pathname;

// Adam blows up gradients that are rounding alone to whole steps, as that of a bias before batch normalisation: it is
// left to mlp.
const cases: [OracleName, string, Optimizer][] = [
  ["lenet", "--optimizer sgd --momentum 0.9 --weight-decay 0.1", sgd({ momentum: 0.9, weightDecay: 0.1 })],
  ["mlp", "--optimizer adamw", adamW()],
  ["bn_cnn", "--optimizer sgd", sgd()],
  ["lenet", "--optimizer adagrad --initial-accumulator 0.3", adagrad({ initialAccumulator: 0.3 })],
  [
    "mlp",
    "--optimizer lamb --largest-norm 0.1 --decay-weights-only --parameter-rate *.bias=0.5",
    withGroups(lamb({ largestNorm: 0.1 }), oracle("mlp").model.parameters, {
      decayWeightsOnly: true,
      parameterRates: { "*.bias": 0.5 },
    }),
  ],
];

describe("three steps of the compiled files in plain onnxruntime-node are ours", () => {
  test.each(cases)("%s %s", async (name, flags, optimizer) => {
    const folder = join(scene, `${name}-${optimizer.name}`);
    const line = `compile --model ${fixture(name)} ${flags} --batch-size 2 --out ${folder} --json`;
    const { code, stdout, stderr } = await batchscope(line.split(" "), { cwd: scene });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout).files).toContain("update.onnx");

    const { x, y } = oracle(name);
    const step = await openStep(folder);
    const window = microBatches.map((indices) => ({ x: rowsOf(x, indices), y: rowsOf(y, indices) }));
    const losses: number[] = [];
    for (const [i, learningRate] of learningRates.entries())
      losses.push(await step.train(window, { learningRate, step: i + 1 }));

    const own = await ownTraining(name, optimizer);
    own.losses.forEach((loss, i) => {
      expect(losses[i]).toBeCloseTo(loss, 6);
    });
    expect(losses[2]).not.toBeCloseTo(losses[0]!, 3);
    for (const [tensor, value] of Object.entries(own.tensors)) {
      const found = (step.parameters[tensor] ?? step.running[tensor])!.data as Float32Array;
      const error = Math.max(...toNumbers(value).map((expected, i) => Math.abs(found[i]! - expected)));
      expect(error, tensor).toBeLessThan(1e-6);
    }
  });
});

test("every operator is a standard one, and step.json names every input and output", () => {
  const { model } = oracle("bn_cnn");
  const { graphs, description } = compileStep(model, {
    optimizer: adam(),
    loss: createLoss("cross_entropy"),
    batch: 3,
  });
  for (const [name, graph] of Object.entries(graphs)) {
    expect(graph.nodes.filter((node) => node.domain !== "" || !Object.hasOwn(ops, node.op))).toEqual([]);
    const { inputs, outputs } = description.graphs[name as keyof typeof graphs];
    expect(inputs.map((port) => port.name)).toEqual(graph.inputs.map((value) => value.name));
    expect(outputs.map((port) => port.name)).toEqual([...graph.outputs.keys()]);
  }
  const shapeOf = (graph: "gradient" | "accumulate" | "update", port: string): Shape | undefined =>
    [...description.graphs[graph].inputs, ...description.graphs[graph].outputs].find(({ name }) => name === port)
      ?.shape;
  const [first] = model.parameters;
  expect(shapeOf("gradient", "x")?.[0]).toBe(3);
  expect(shapeOf("gradient", `sum:${first!.name}`)).toBeUndefined();
  expect(shapeOf("accumulate", `sum:${first!.name}`)).toEqual(first!.initial.shape);
  expect(shapeOf("update", "new:square")).toEqual([description.layout.length]);
});

describe("the output folder", () => {
  const line = (out: string) => ["compile", "--model", fixture("mlp"), "--out", out];

  test("that holds anything is refused and kept", async () => {
    const folder = mkdtempSync(join(scene, "full-"));
    writeFileSync(join(folder, "mine.txt"), "mine");
    const { code, stderr } = await batchscope(line(folder), { cwd: scene });
    expect(code).toBe(2);
    expect(stderr).toContain("--out: expected a new or empty folder, got ");
    expect(stderr).toContain("with mine.txt; choose another or remove it");
    expect(readFileSync(join(folder, "mine.txt"), "utf8")).toBe("mine");
  });

  test("may be empty", async () => {
    const folder = mkdtempSync(join(scene, "empty-"));
    expect((await batchscope(line(folder), { cwd: scene })).code).toBe(0);
    expect(decode(new Uint8Array(readFileSync(join(folder, "update.onnx")))).opset).toBe(20);
  });
});

test.each([
  ["--model lenet", /^compile: expected --data, got nothing, .*; pass it$/m],
  ["--model MODEL --loss mes", /^--loss: expected one of .*, got "mes"; did you mean "mse"\?/],
  [
    "--model MODEL --momentum 0.9",
    /^--momentum: expected the optimizer sgd or rmsprop or lars, got adamw; leave it out/,
  ],
  ["--model MODEL --optimizer sgdd", /^--optimizer: expected one of sgd, .*, got "sgdd"; did you mean "sgd"\?/],
  ["--model MODEL --parameter-rate x.*=1", /^parameter rate: expected a pattern that fits a parameter, got "x\.\*"/],
  ["--model MODEL --optimizer sgd --momentum 1", /^--momentum: expected a number of at least 0 and below 1, got "1"/],
  ["--model MODEL --weight-decay=-1", /^--weight-decay: expected a number of at least 0, got "-1"; change it/],
])("compile %s is refused", async (flags, message) => {
  const argv = `compile ${flags.replace("MODEL", fixture("mlp"))} --out refused`.split(" ");
  const { code, stderr } = await batchscope(argv, { cwd: scene });
  expect(code).toBe(2);
  expect(stderr.replace(/^batchscope: error: /, "")).toMatch(message);
});
