import type { StatisticSet } from "../src/data/choices.ts";
import type { Dataset } from "../src/data/dataset.ts";
import { fieldDefaults, seriesDefaults } from "../src/data/named/sensors.ts";
import type { SeriesOptions } from "../src/data/series/series.ts";
import { chain, flatten, linear } from "../src/model/layers.ts";
import type { Model } from "../src/model/model.ts";
import { buildModel } from "../src/model/zoo.ts";
import { random } from "../src/tensor/random.ts";
import { sizeOf } from "../src/tensor/tensor.ts";

/** The windows that a model trains on, and how. */
export interface Candidate {
  readonly series: SeriesOptions;
  readonly learningRate: number;
  readonly epochs: number;
}

export interface Method {
  readonly candidates: readonly Candidate[];
  readonly model: (data: Dataset, seed: number) => Model;
}

const common = { stride: 2, fieldSize: 8, fieldRange: "centred" } as const;
/** As many examples each: 16 epochs of the series, or 4 of the series and three copies. */
const plantings = [
  { copies: 0, anomalies: 8, epochs: 16 },
  { copies: 3, anomalies: 2, epochs: 4 },
  { copies: 3, anomalies: 0, epochs: 4 },
] as const;

/** Two lengths of windows, these plantings and these learning rates. */
function candidates(
  series: SeriesOptions,
  planted: readonly (typeof plantings)[number][],
  learningRates: readonly number[],
): Candidate[] {
  return [16, 32].flatMap((length) =>
    planted.flatMap(({ copies, anomalies, epochs }) =>
      learningRates.map((learningRate) => ({
        series: { ...series, ...common, length, copies, anomalies },
        learningRate,
        epochs,
      })),
    ),
  );
}

/** Logistic regression on these inputs of the windows of readings: twelve candidates. */
function linearOn(inputs: readonly ("x" | "features")[], statistics?: StatisticSet): Method {
  return {
    candidates: candidates({ ...seriesDefaults, statistics }, plantings, [0.003, 0.01]),
    model: (data, seed) => logistic(data, inputs, seed),
  };
}

function logistic(data: Dataset, names: readonly string[], seed: number): Model {
  const stream = random(seed);
  const inputs = data.inputs.filter(({ name }) => names.includes(name));
  const size = inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const { parameters, forward } = linear("output", size, data.classes, stream);
  return {
    name: "linear",
    inputs,
    parameters,
    state: [],
    forward(g, { inputs: given, ...io }) {
      const layer = { ...io, newState: {} };
      const flat = inputs.map(({ name }) => chain([flatten]).forward(g, given[name]!, layer));
      return { logits: forward(g, g.concat(flat, 1), layer), state: {} };
    },
  };
}

/**
 * DualGAFNet on the fields of the windows, and on the statistics beside them: four of those candidates, as it takes
 * longer.
 */
function networkWith(statistics?: StatisticSet): Method {
  return {
    candidates: candidates({ ...fieldDefaults, statistics }, plantings.slice(0, 2), [0.003]),
    model: ({ inputs: [x, features], classes }, seed) =>
      buildModel("dualgafnet", { shape: x!.shape, classes, features: features?.shape[0] }, random(seed)),
  };
}

export const linearMethods: Readonly<Record<string, Method>> = {
  "linear on readings": linearOn(["x"]),
  "linear on basic statistics": linearOn(["features"], "basic"),
  "linear on comprehensive statistics": linearOn(["features"], "comprehensive"),
  "linear on statistics of variation": linearOn(["features"], "variation"),
  "linear on readings and basic statistics": linearOn(["x", "features"], "basic"),
};

export const networks: Readonly<Record<string, Method>> = {
  DualGAFNet: networkWith(),
  "DualGAFNet with basic statistics": networkWith("basic"),
  "DualGAFNet with statistics of variation": networkWith("variation"),
};
