import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import type { EpochRecord, MetricRecord, StepRecord } from "../../store/schema.ts";
import { armResult } from "./comparison.ts";
import { lossAt, reached, trainingCurve, validationCurve } from "./curves.ts";
import { fitNorms } from "./gradients.ts";
import type { TrialResult } from "./trialResult.ts";
import { updateTimes } from "./updateTimes.ts";

const step = (at: number, seconds: number, batch = 4, loss = 1, gradientNorm = 1): StepRecord => ({
  ...{ kind: "step", step: at, epoch: 1, examples: at * batch, loss, gradientNorm, learningRate: 0.1, seconds },
});
const evaluation = (examples: number, validationLoss: number, seconds = examples): EpochRecord => ({
  ...{ kind: "epoch", epoch: 1, step: examples, examples, trainLoss: 1, validationLoss, seconds },
});

test("times are of undisturbed updates that follow another update", () => {
  const metrics: MetricRecord[] = [];
  let seconds = 0;
  for (let at = 1; at <= 40; at++) {
    // Every tenth is slowed down; after each evaluation its files are written.
    seconds += at % 10 === 5 ? 1 : at % 8 === 1 ? 5 : 0.1;
    metrics.push(step(at, seconds));
    if (at % 8 !== 0) continue;
    seconds += 3;
    metrics.push(evaluation(at, 1, seconds));
  }
  const times = updateTimes(metrics);
  expect(times.secondsPerUpdate).toBeCloseTo(0.1, 9);
  expect(times.seconds).toBeCloseTo(4, 9);
  expect(times.examplesPerSecond).toBeCloseTo(40, 9);
  // Two are warm-up, five follow an evaluation, one of which was slowed down too.
  expect(times.disturbed).toBeCloseTo(3 / (3 + 0.1 * 30), 9);
  expect(updateTimes([step(1, 1)]).secondsPerUpdate).toBeNaN();
});

test("a loss at equal examples, and where a target is reached, lie on the lines between evaluations", () => {
  const evaluations = [evaluation(10, 3), evaluation(30, 1), evaluation(40, 2)];
  const at = (examples: number) => lossAt({ evaluations }, examples);
  expect([at(10), at(15), at(30), at(35), at(40)]).toEqual([3, 2.5, 1, 1.5, 2]);
  expect([at(5), at(41)]).toEqual([Number.NaN, Number.NaN]);
  expect(reached({ evaluations }, 2)).toEqual({ examples: 20, seconds: 20 });
  expect(reached({ evaluations }, 3)).toEqual({ examples: 10, seconds: 10 });
  expect(reached({ evaluations }, 0.5)).toBeNull();
});

function trial(seed: number, batch: number, norm: number): TrialResult {
  const steps = Array.from({ length: 80 / batch }, (_, i) =>
    step(i + 1, i, batch, seed + 1, norm * (1 + 0.01 * (i % 2))),
  );
  return {
    ...{ seed, run: `r${seed}`, whole: true, steps, meanLoss: seed, finalLoss: seed, finalAccuracy: null },
    ...{ evaluations: [evaluation(40, seed), evaluation(80, seed + 2)], trainAccuracy: null, examples: 80 },
    ...{ times: updateTimes(steps), peakMemoryBytes: 1 },
  };
}

const arm = (batch: number, norm: number) =>
  armResult(
    { name: `${batch}`, configuration: {}, fingerprints: {}, effectiveBatchSize: batch },
    [trial(0, batch, norm), trial(2, batch, norm)],
    [],
  );

test("curves are means over seeds", () => {
  const one = arm(4, 1);
  expect(trainingCurve(one, 80).every(({ value }) => value === 2)).toBe(true);
  expect(trainingCurve(one, 80)).toHaveLength(20);
  expect(validationCurve(one, 40).map(({ examples, value }) => [examples, value])).toEqual([
    [40, 1],
    [80, 3],
  ]);
});

test("an arm whose trials all diverged has no curve, accuracies of 0 count, and intervals end where quantities do", () => {
  const diverged = [trial(0, 4, 1), trial(1, 4, 1)].map((one) => ({ ...one, whole: false }));
  const name = { name: "a", configuration: {}, fingerprints: {}, effectiveBatchSize: 4 };
  expect(validationCurve(armResult(name, diverged, []), 40)).toEqual([]);
  const accuracies = [0, 0.5].map((finalAccuracy, seed) => ({ ...trial(seed, 4, 1), finalAccuracy }));
  expect(armResult(name, accuracies, []).finalAccuracy).toEqual({ value: 0.25, lower: 0, upper: 1 });
});

test("gradient norms of arms give the noise scale that they were made of", () => {
  // E‖g‖² = 4 + 32/B.
  const norm = (batch: number) => Math.sqrt(4 + 32 / batch);
  const fit = fitNorms([arm(2, norm(2)), arm(4, norm(4)), arm(8, norm(8))]);
  expect(fit!.noiseScale.value).toBeCloseTo(8, 1);
  expect(fitNorms([arm(4, 1), arm(4, 2)])).toBeNull();
  // No batch of one place has a larger norm than a smaller batch: the arms were elsewhere.
  expect(fitNorms([arm(2, 1), arm(4, 2), arm(8, 3)])).toBeNull();
});

test("a table is the same as CSV and as Parquet; what is missing stays so, and texts are no formulas", async () => {
  const table = {
    name: "t",
    columns: [
      { name: "arm", kind: "text", values: ["=a", "b,c", null] },
      { name: "loss", kind: "number", values: [0.1, null, 3] },
    ],
  } as const;
  expect(plainCsv(table)).toBe('arm,loss\r\n\'=a,0.1\r\n"b,c",\r\n,3\r\n');
  const bytes = plainParquet(table);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  expect(await parquetReadObjects({ file })).toEqual([
    { arm: "=a", loss: 0.1 },
    { arm: "b,c", loss: null },
    { arm: null, loss: 3 },
  ]);
});
