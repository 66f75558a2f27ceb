import { expect, test } from "vitest";
import type { CheckpointSigns, DiagnosisFacts, TrainedWith } from "../../store/diagnosisFacts.ts";
import { causeSymptoms } from "./causeRules.ts";

const around = (value: number, by = 0.01) => ({ value, lower: value - by, upper: value + by });
const part = (loss: number, accuracy: number) => ({ examples: 500, loss: around(loss), accuracy: around(accuracy) });

const settings: TrainedWith = {
  ...{ learningRate: 0.01, optimizer: "sgd", momentum: 0.9, weightDecay: 1e-4, schedule: "constant", warmupSteps: 0 },
  ...{ clipNorm: null, dropout: 0.2, canDrop: true, augment: false, canAugment: true, labelSmoothing: 0.1 },
  ...{ classWeights: false, limitExamples: null, patience: null, batchSize: 32, epochs: 10, steps: null, seed: 0 },
  ...{ isFrozen: false, largerModel: null, smallerModel: null, isOfClasses: true },
};

const layers = (...gradients: number[]) =>
  gradients.map((relativeGradient, i) => ({ name: `l${i}`, relativeGradient }));
const gains = (...values: number[]) => values.map((gain, i) => ({ name: `l${i}`, gain }));
const units = (share: number) => [{ name: "l0", kind: "relu" as const, units: 64, share }];

const checkpoint = {
  training: part(2, 0.3),
  validation: part(2, 0.3),
  layers: layers(1, 1, 1),
  unmoved: [],
  parameters: 6,
  moved: 1,
  units: units(0.05),
  doubted: null,
  driftAuc: null,
  network: { outputActivation: null, isLinear: false, narrowest: 64 },
  start: { gains: gains(0.58, 0.58, 0.58), layers: layers(0.5, 1, 1), units: units(0) },
  data: { inputRms: 1, targets: null, majorityShare: 0.12, neighbours: { agreement: around(0.7), chance: 0.1 } },
} satisfies CheckpointSigns;

/** A classifier of ten classes that learned little, with nothing wrong that could be seen. */
const healthy: DiagnosisFacts = {
  diverged: false,
  steps: Array.from({ length: 200 }, (_, i) => ({ step: i + 1, loss: 2, gradientNorm: 1, learningRate: 0.01 })),
  evaluations: [],
  constantLoss: Math.log(10),
  beganUntrained: true,
  classes: { majorityShare: 0.12, rarest: { name: "9", share: 0.09, recall: 0.9 } },
  settings,
  split: "given",
  noise: null,
  checkpoint,
  probes: null,
  hasGaps: false,
  dataFound: true,
  isForeign: false,
};

const looked = (signs: Partial<CheckpointSigns>): DiagnosisFacts => ({
  ...healthy,
  checkpoint: { ...checkpoint, ...signs },
});
const set = (changes: Partial<TrainedWith>): DiagnosisFacts => ({ ...healthy, settings: { ...settings, ...changes } });
const network = (changes: object) => looked({ network: { ...checkpoint.network, ...changes } });
const started = (changes: object) => looked({ start: { ...checkpoint.start, ...changes } });
const given = (changes: object) => looked({ data: { ...checkpoint.data, ...changes } });
const rates = (rate: (share: number) => number): DiagnosisFacts => ({
  ...healthy,
  steps: healthy.steps.map((step, i) => ({ ...step, learningRate: rate(i / 200) })),
});
const oneWay = { from: "1", to: "0", there: around(0.5, 0.1), back: 0 };
const skilled = looked({ training: part(0.1, 0.97), validation: part(0.4, 0.8) });

test.each<[string, DiagnosisFacts, string[]]>([
  ["nothing wrong", healthy, []],
  ["a softmax before the loss", network({ outputActivation: "Softmax" }), ["wrong-loss"]],
  ["one unit", network({ narrowest: 1 }), ["model-too-small"]],
  ["as many units as it takes", network({ narrowest: 9 }), []],
  ["no activation", network({ isLinear: true }), ["model-too-small"]],
  ["inputs of bytes", given({ inputRms: 120 }), ["unscaled-inputs"]],
  ["inputs near zero", given({ inputRms: 0.001 }), ["unscaled-inputs"]],
  ["inputs of zeros", given({ inputRms: 0 }), ["zero-input-gradient"]],
  ["targets in thousands", given({ targets: { rms: 3000, lowest: -1, highest: 9000 } }), ["unscaled-targets"]],
  ["labels by chance", given({ neighbours: { agreement: around(0.1), chance: 0.1 } }), ["label-noise"]],
  ["decay of AdamW", set({ optimizer: "adamw", learningRate: 1e-3, weightDecay: 100 }), ["regularisation-too-strong"]],
  ["decay of SGD with momentum", set({ weightDecay: 0.5 }), ["regularisation-too-strong"]],
  ["the usual decay of AdamW", set({ optimizer: "adamw", learningRate: 1e-3, weightDecay: 0.1 }), []],
  ["dropout", set({ dropout: 0.95 }), ["regularisation-too-strong"]],
  ["smoothing", set({ labelSmoothing: 0.9 }), ["regularisation-too-strong"]],
  ["ten updates", { ...healthy, steps: healthy.steps.slice(0, 10) }, ["too-few-updates"]],
  ["a rate that is spent", rates((share) => 0.01 * 0.5 ** (200 * share)), ["learning-rate-too-low"]],
  ["a warm-up without end", rates((share) => 1e-5 * share), ["learning-rate-too-low"]],
  ["a cosine", rates((share) => 0.005 * (1 + Math.cos(Math.PI * share))), []],
  ["tiny weights", started({ gains: gains(0.01, 0.58, 0.58) }), ["vanishing-gradients"]],
  ["equal weights", started({ gains: gains(0, 0, 0) }), ["saddle"]],
  ["huge weights", started({ gains: gains(0.58, 12, 0.58) }), ["exploding-gradients"]],
  ["a first layer out of reach", started({ layers: layers(1e-6, 1e-2, 1) }), ["vanishing-gradients"]],
  ["units that died", looked({ units: units(0.9) }), ["learning-rate-too-high"]],
  ["units that were dead from the start", { ...started({ units: units(0.9) }) }, []],
  [
    "most arrays frozen as asked",
    { ...looked({ unmoved: ["l0", "l1", "l2", "l3"] }), settings: { ...settings, isFrozen: true } },
    ["frozen-parameters"],
  ],
  ["training harder than test", looked({ training: part(1.4, 0.5), validation: part(0.9, 0.8) }), ["label-noise"]],
  ["one class called another", { ...skilled, classes: { ...healthy.classes!, oneWay } }, ["label-noise"]],
  ["the same of a model that knows little", { ...healthy, classes: { ...healthy.classes!, oneWay } }, []],
  ["test labels renumbered", looked({ training: part(0.1, 0.97), validation: part(12, 0.01) }), ["mismatch"]],
  ["one class alone", given({ majorityShare: 0.95 }), ["class-imbalance"]],
])("%s", (_, facts, kinds) => {
  expect(causeSymptoms(facts).map(({ kind }) => kind)).toEqual(kinds);
});
