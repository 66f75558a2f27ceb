import { expect, test } from "vitest";
import type { DataNote } from "../data/notes.ts";
import type { RunRemark } from "../store/findings.ts";
import { textIn } from "./text.ts";
import { said } from "./words.ts";

type Remark = RunRemark | DataNote;

/** One of each kind: one that is missing here is an error of types. */
const all: { readonly [Kind in Remark["kind"]]: Extract<Remark, { readonly kind: Kind }> } = {
  table: { kind: "table", file: "a.csv", target: "y", classes: 3, features: 4, inputs: 9, categories: ["colour"] },
  arrays: {
    kind: "arrays",
    file: "a.npz",
    inputs: [{ name: "x", type: "float32", shape: [1, 28, 27], images: true }],
    classes: null,
  },
  images: { kind: "images", folder: "photos", colour: true, deep: true, height: 5, width: 6, classes: ["cat", "dog"] },
  series: {
    kind: "series",
    file: "s.csv",
    series: 7,
    features: ["a", "b"],
    length: 16,
    stride: 8,
    fields: true,
    target: "fault",
    classes: { count: 2, rule: "any", normal: "ok" },
  },
  parts: {
    kind: "parts",
    of: "rows",
    train: 80,
    validation: 20,
    split: { kind: "seriesBlock", block: 3, blocks: 5, gap: 9, lacking: true },
  },
  rowNumbers: { kind: "rowNumbers", columns: ["id"] },
  dateTexts: { kind: "dateTexts", columns: ["sold", "built"], example: "2024-01-05" },
  ownTexts: { kind: "ownTexts", columns: ["name"], example: "Braund, Mr. Owen Harris", quantities: true },
  unseenCategories: { kind: "unseenCategories", columns: ["town"], rows: 3, of: 40 },
  spelling: { kind: "spelling", columns: ["price"], decimal: ",", group: ".", unit: "€" },
  numbersAsTexts: { kind: "numbersAsTexts", column: "mass", texts: ["5 kg", "300 g"] },
  roundedNumbers: { kind: "roundedNumbers", columns: ["user"] },
  ascending: { kind: "ascending", columns: ["c1", "c2"], more: 3, droppable: true },
  identifying: { kind: "identifying", columns: ["c1", "c2"], more: 3, droppable: true },
  telling: { kind: "telling", columns: ["c4"], more: 0, droppable: true, target: "t5" },
  coarse: { kind: "coarse", columns: ["x[0]"], more: 2, share: 0.25 },
  wholeTargets: { kind: "wholeTargets", target: "y", values: [-1, 1] },
  manyClasses: { kind: "manyClasses", target: "y", classes: 45, examples: 80 },
  constantTarget: { kind: "constantTarget", target: "t5", value: 6.5 },
  codes: { kind: "codes", column: "zip", text: "00123", categories: true },
  quantitiesAsTexts: { kind: "quantitiesAsTexts", column: "t", texts: ["1/2", "3/4"], inputs: 30 },
  similarNames: { kind: "similarNames", column: "t", names: ["Yes", "yes"] },
  filledCells: { kind: "filledCells", numbers: { cells: 5, columns: 2 }, categories: { cells: 7, columns: 3 } },
  missingRows: { kind: "missingRows", rows: 2 },
  missingReadings: { kind: "missingReadings", readings: 4 },
  transparentImages: { kind: "transparentImages", images: 3 },
  leftOut: { kind: "leftOut", folder: "photos", files: [[".gif", 3]], folders: 2 },
  missingParts: { kind: "missingParts", names: ["a-1-of-8.csv"], more: 2, there: 5, of: 8 },
  folderColumns: { kind: "folderColumns", columns: ["year"] },
  absentClasses: { kind: "absentClasses", classes: ["7"] },
  numberedLabels: { kind: "numberedLabels", labels: ["-1", "0", "1"], classes: 3, mark: -1 },
  unlabelled: { kind: "unlabelled", label: 255, labels: 20, of: 80 },
  tableOnDisk: { kind: "tableOnDisk" },
  arraysOnDisk: { kind: "arraysOnDisk" },
  duplicates: { kind: "duplicates", of: "rows", duplicates: 3, validation: 20, pair: [4, 5] },
  shortSeries: { kind: "shortSeries", length: 16, names: ["7"], more: 2 },
  timeColumn: { kind: "timeColumn", column: "when" },
  sortedRows: { kind: "sortedRows", rows: 6, column: "when" },
  repeatedTimes: { kind: "repeatedTimes", readings: 2, column: "when" },
  timeGaps: {
    kind: "timeGaps",
    column: "when",
    steps: 3,
    usualStep: 60,
    inSeconds: true,
    largest: { step: 900, after: "2026-01-31", series: "7" },
    cut: false,
  },
  loss: { kind: "loss", loss: "huber" },
  emulatedFloat16: { kind: "emulatedFloat16" },
  overfit: { kind: "overfit", microBatches: 2, examples: 16 },
  oneClass: { kind: "oneClass", name: "7" },
  outputs: { kind: "outputs", model: "m7", trained: "o1", others: ["o2", "o3"], untrained: ["w4"] },
  moreOutputs: { kind: "moreOutputs", model: "m7", outputs: 8, classes: 3 },
  foldedNormalisation: { kind: "foldedNormalisation", layers: 2 },
  zeroWeights: { kind: "zeroWeights", weights: ["w4", "w5"], zero: 6, of: 9 },
  loneExamples: { kind: "loneExamples", layers: 4, single: 2, always: true },
  runningVariance: { kind: "runningVariance", rule: "unbiased" },
  movedMomentum: { kind: "movedMomentum", schedule: "one-cycle", moved: "beta1", optimizer: "adam" },
  scaledUpdates: {
    kind: "scaledUpdates",
    rule: "measured",
    batchSize: 512,
    baseBatchSize: 256,
    exponent: { value: 0.62, lower: 0.55, upper: 0.71 },
    given: { learningRate: 0.01, beta2: 0.999, weightDecay: 0.1 },
    values: { learningRate: 0.01537, beta2: 0.998001, weightDecay: 0.2, warmupSteps: 40 },
  },
  missedPremise: { kind: "missedPremise", rule: "linear", premise: "proportional", optimizer: "adamw" },
  plannedBatches: {
    kind: "plannedBatches",
    first: 16,
    from: [
      [20_000, 32],
      [60_000, 128],
    ],
  },
  seesaw: { kind: "seesaw", exponent: 1, first: 16, largest: 1024 },
  updatesSaved: { kind: "updatesSaved", updates: 1234, constantBatchUpdates: 1875, batchSize: 16 },
  batchRegime: {
    kind: "batchRegime",
    rule: "sqrt",
    assumed: true,
    batchSize: 512,
    source: "training",
    watched: true,
    plainOf: "adamw",
    regime: "noise",
    ratio: { value: 0.03, lower: 0.02, upper: 0.05 },
  },
  mixingLayers: { kind: "mixingLayers", examples: 64, layers: ["norm1"] },
  copies: { kind: "copies", workers: 3, epochs: 2, batchSize: 8, learningRate: 0.01 },
  firstExamples: { kind: "firstExamples", used: 10, of: 90 },
  unlocked: { kind: "unlocked" },
  lost: { kind: "lost", run: "r1", loss: { kind: "silent", host: "h2", since: "2026" } },
  damaged: { kind: "damaged", message: "a.json: 3" },
  goingOn: { kind: "goingOn", run: "r1", from: { step: 30, epoch: 2 } },
  divergedBefore: { kind: "divergedBefore", run: "r1", rate: 0.5 },
  longWarmup: { kind: "longWarmup", warmup: 50, updates: 8, rate: 0.1 },
  raised: { kind: "raised", option: "epochs", from: "3", to: "4" },
  threadsChanged: { kind: "threadsChanged", from: 2, to: 4 },
  scheduleFollows: { kind: "scheduleFollows", schedule: "cosine" },
  versionChanged: { kind: "versionChanged", of: "node", before: "24.1", now: "24.2" },
  noEnvironment: { kind: "noEnvironment", path: "r1/environment.json" },
};

const numbers = (sentence: string) => (sentence.match(/\d[\d.]*\d|\d/g) ?? []).toSorted();

test.each(Object.values(all))("$kind is told by the same numbers in both languages", (remark) => {
  const [english, chinese] = (["en", "zh"] as const).map((language) =>
    said(remark as Remark, textIn(language).remarks),
  );
  expect(numbers(chinese!)).toEqual(numbers(english!));
  expect([english, chinese].join()).not.toMatch(/undefined|null|NaN|\[object/);
  // The words of an error are those of the error.
  if (remark.kind === "damaged") return;
  expect(english).not.toMatch(/\p{Script=Han}/u);
  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(chinese!.replaceAll(/`\w+`/g, "")).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
});
