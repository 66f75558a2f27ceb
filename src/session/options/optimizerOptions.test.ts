import { expect, test } from "vitest";
import { z } from "zod";
import { printGraph } from "../../graph/print.ts";
import type { Optimizer } from "../../optimizer/optimizer.ts";
import { type OptimizerName, optimizers } from "../../optimizer/optimizers.ts";
import { zeros } from "../../tensor/tensor.ts";
import { updateGraph } from "../../training/updateGraphs.ts";
import { type OptimizerChoice, optimizerOf } from "./optimizer.ts";
import { optimizerFields } from "./optimizerOptions.ts";
import { optimizerShapes } from "./schema.ts";

const model = {
  parameters: [
    { name: "head.weight", initial: zeros("float32", [2, 2]) },
    { name: "head.bias", initial: zeros("float32", [2]) },
  ],
};

function chosen(name: OptimizerName, fields: Readonly<Record<string, unknown>> = {}): Promise<Optimizer> {
  const schema = z.strictObject({ optimizer: z.literal(name), ...(optimizerShapes[name] as z.ZodRawShape) });
  return optimizerOf(schema.parse({ optimizer: name, ...fields }) as unknown as OptimizerChoice, model);
}

/** What an option must change: the graph, where its state starts, or its bound. */
async function meaning(name: OptimizerName, fields: Readonly<Record<string, unknown>>): Promise<string> {
  const optimizer = await chosen(name, fields);
  const constants = updateGraph(optimizer, 4).nodes.flatMap((node) =>
    node.inputs.map((value) => (value?.constant ? String(value.constant.data) : "")),
  );
  return [
    printGraph(updateGraph(optimizer, 4)),
    constants,
    JSON.stringify(optimizer.initial),
    optimizer.largestNorm,
  ].join();
}

/** A value that is not the default of any optimizer. */
const others: Readonly<Record<string, unknown>> = {
  weightDecay: 0.3,
  momentum: 0.7,
  dampening: 0.2,
  nesterov: true,
  beta1: 0.8,
  beta2: 0.98,
  epsilon: 1e-3,
  amsgrad: true,
  alpha: 0.8,
  centered: true,
  rho: 0.8,
  initialAccumulator: 0.1,
  momentumDecay: 0.01,
  trustCoefficient: 0.01,
  trustClip: true,
  largestNorm: 2,
};

const cases = Object.entries(optimizerShapes).flatMap(([name, shape]) =>
  Object.keys(shape)
    .filter((field) => field in others)
    .map((field) => [name as OptimizerName, field] as const),
);

test.each(cases)("%s: %s reaches the graph", async (name, field) => {
  // Dampening and Nesterov are about a momentum.
  const base = name === "sgd" && field !== "momentum" ? { momentum: 0.9 } : {};
  expect(await meaning(name, { ...base, [field]: others[field] })).not.toBe(await meaning(name, base));
});

test("every field is tried, and spelled", () => {
  const fields = new Set(Object.values(optimizerShapes).flatMap((shape) => Object.keys(shape)));
  const common = ["learningRate", "decayWeightsOnly", "parameterRates"];
  expect([...fields].sort()).toEqual([...Object.keys(others), ...common].sort());
  expect(Object.keys(optimizerFields).sort()).toEqual([...fields, "optimizer"].sort());
});

test("the defaults of the command line are the library's", async () => {
  for (const name of Object.keys(optimizers) as OptimizerName[]) {
    const make = (await optimizers[name].load()) as (options?: object) => Optimizer;
    expect([name, printGraph(updateGraph(await chosen(name), 4))]).toEqual([name, printGraph(updateGraph(make(), 4))]);
  }
});

test("groups come from patterns and shapes", async () => {
  const { groupOf } = await chosen("adamw", { decayWeightsOnly: true, parameterRates: ["*=0.5", "head.b*=2e-1"] });
  const groups = model.parameters.map(({ name, initial }) => groupOf?.({ name, shape: initial.shape }));
  expect(groups).toEqual([
    { decays: true, learningRateScale: 0.5 },
    { decays: false, learningRateScale: 0.2 },
  ]);
  expect((await chosen("adamw")).groupOf).toBeUndefined();
});
