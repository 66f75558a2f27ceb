import { expect, test } from "vitest";
import { epochRecord } from "../../../test/scratchStore.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import type { SessionEvent } from "../../session/events.ts";
import type { RunResult } from "../../session/result.ts";
import { classificationScores } from "../../statistics/classification.ts";
import type { RunSummary } from "../../store/schema.ts";
import { textIn } from "../../text/text.ts";
import type { ProgressEvent } from "../../training/events.ts";
import { type ShowOptions, showRun, type Told } from "./showRun.ts";

/** What the events write, and the run that shows them. */
function show(events: readonly SessionEvent[], options: Partial<ShowOptions> = {}) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const shown = showRun(stream, { epochs: 2, progress: "none", ...options });
  events.forEach(shown.listen);
  return { written: written.join(""), shown };
}

const summary: RunSummary = {
  epochs: 1,
  steps: 60,
  examples: 480,
  last: null,
  best: null,
  seconds: 1,
  microBatchesPerSecond: Number.NaN,
  peakMemoryBytes: 2 ** 20,
};
const resultOf = (some: Partial<RunSummary>, status: RunResult["status"] = "finished"): RunResult => {
  return { run: "id", path: "/store/runs/id", status, summary: { ...summary, ...some }, findings: [] };
};

const configuration = resolveConfiguration({ model: "mlp", data: "iris" }, {});
const told = (some: Partial<Told> = {}): Told => ({ answer: [], records: { epochs: [] }, configuration, ...some });

const progressAt = (microBatch: number): ProgressEvent => ({
  kind: "progress",
  epoch: 1,
  microBatch,
  microBatches: 2,
  accumulated: 1,
  accumulationSteps: 1,
  loss: 1,
  accuracy: 0.5,
  learningRate: 0.1,
  noiseScale: undefined,
});

test("what is said of an epoch stands below its line of progress", () => {
  const { kind: _kind, ...numbers } = epochRecord(1, 2);
  const events = [progressAt(0), progressAt(2), { kind: "evaluation", ...numbers } as const];
  const { written } = show(events, { progress: "lines" });
  expect(written).toMatch(/^Epoch 1\/2: 100%.*\n {2}validation at step 2: loss 0.4000, accuracy 80.0 %\n$/);
});

test("remarks, warnings and copies are said in the language asked for", () => {
  const accumulation = { batchSize: 8, steps: 1, remainder: 0, effectiveBatchSize: 8, window: [8], why: "" };
  const events: SessionEvent[] = [
    { kind: "plan", accumulation },
    { kind: "warning", warning: { kind: "damaged", message: "damaged" } },
    { kind: "remark", remark: { kind: "damaged", message: "known" } },
    { kind: "copy", copy: 1, copies: 2, state: "started" },
    { kind: "copy", copy: 1, copies: 2, state: "finished", validationLoss: 0.5, validationAccuracy: 0.75 },
    { kind: "copy", copy: 2, copies: 2, state: "resumed" },
    { kind: "copy", copy: 2, copies: 2, state: "failed", reason: "SIGKILL" },
  ];
  expect(show(events).written.split("\n")).toEqual([
    "No gradient accumulation: batch size 8",
    "damaged",
    "known",
    "copy 1 of 2 starts",
    "copy 1 of 2: validation loss 0.5000, accuracy 75.0 %",
    "copy 2 of 2 goes on",
    "copy 2 failed: SIGKILL",
    "",
  ]);
  expect(show(events, { text: textIn("zh") }).written).toContain(
    "第 1 份模型（共 2 份）：验证损失 0.5000，准确率 75.0 %",
  );
});

test("the result says the best evaluation by its place, and what to do next", () => {
  const { kind: _kind, ...numbers } = { ...epochRecord(1, 40), validationLoss: 0.3 };
  const best = { kind: "evaluation", ...numbers } as const;
  const { shown } = show([]);
  const lines = shown.lines(resultOf({ last: epochRecord(1, 60), best }), told());
  expect(lines.join("\n")).toContain("best at step 40: loss 0.3000");
  expect(lines.join("\n")).toMatch(/training: loss \d\.\d{4}, the mean of the last epoch/);
  expect(lines.join("\n")).not.toContain("per second");
  expect(lines.at(-1)).toBe("next: batchscope analyze id --checkpoint all --dir /store");
  const interrupted = shown.lines(resultOf({ microBatchesPerSecond: 77, seconds: 250 }, "interrupted"), told());
  expect(interrupted).toEqual([
    "77 micro-batches per second; the run took 4 min",
    "peak memory 1 MiB",
    "run /store/runs/id",
    "resume with: batchscope train --resume id --dir /store",
  ]);
});

test("a model that takes seconds for a micro-batch has a speed too", () => {
  const { shown } = show([]);
  const slow = shown.lines(resultOf({ microBatchesPerSecond: 0.137, seconds: 250 }), told());
  expect(slow.join("\n")).toContain("0.137 micro-batches per second");
});

test.each([
  [{ value: 797, lower: 573, upper: 1240, resolved: true }, "noise scale while training: 797 [573, 1,240] examples"],
  [{ value: 3.69, lower: 1.27, upper: Number.POSITIVE_INFINITY }, "noise scale while training: ≥ 1.27 examples"],
  [{ value: Number.NaN, lower: 164, upper: Number.POSITIVE_INFINITY }, "noise scale while training: ≥ 164 examples"],
  // A batch has one example at least.
  [
    { value: 0.44, lower: 8.39e-6, upper: Number.POSITIVE_INFINITY },
    "noise scale while training: not to be told from so few",
  ],
  [
    { value: 0.44, lower: 0, upper: Number.POSITIVE_INFINITY },
    "noise scale while training: not to be told from so few",
  ],
])("the noise scale is said with its interval, or as at least: %j", (scale, line) => {
  const noiseScale = { resolved: false, level: 0.95, unit: "examples", ...scale } as const;
  const counts = { step: 1, examples: 1, microBatches: 1, trainingSeconds: 1, timedMicroBatches: 1 };
  const { shown } = show([{ kind: "end", reason: "finished", ...counts, noiseScale }]);
  expect(shown.lines(resultOf({}), told()).join("\n")).toContain(line);
});

test("a layer that mixes examples is named where it keeps the noise scale from being measured", () => {
  const counts = { step: 1, examples: 1, microBatches: 1, trainingSeconds: 1, timedMicroBatches: 1 };
  const said = (unwatched: string) => {
    const { shown } = show([{ kind: "end", reason: "finished", ...counts, unwatched }]);
    return shown.lines(resultOf({}), told()).join("\n");
  };
  const refusal = "rows: expected operators that keep groups of examples apart, got BatchNormalization at node ";
  expect(said(`${refusal}"bn1"`)).toContain('while training: BatchNormalization ("bn1") mixes the examples');
  expect(said(`${refusal}""`)).toContain("while training: BatchNormalization mixes the examples");
  expect(said("no rows")).toContain("while training: a layer mixes");
});

test("an evaluation in full is a table, with what misleads in it", () => {
  const classification = classificationScores([
    [97, 1],
    [1, 1],
  ]);
  const evaluation = { schemaVersion: 1, epoch: 1, step: 60, classNames: ["calm", "fault"], classification };
  const text = show([]).shown.lines(resultOf({ evaluation }), told()).join("\n");
  expect(text).toMatch(/^class +precision +recall +95 % +F1 +labels\ncalm /);
  expect(text).toContain(
    'accuracy misleads: always answering "calm" gives 98.0 %, the model 98.0 %; rare: "fault" (2.0 %',
  );
});

test("the answers come first, then the course of the losses, then the tables", () => {
  const answer = [
    { kind: "noiseUnmeasured", run: "id" },
    { kind: "stoppedEarly", evaluations: 5, best: { epoch: 2, step: 20, inside: false } },
  ] as const;
  const epochs = [1, 2, 3, 4].map((epoch) => ({ ...epochRecord(epoch, 10 * epoch), trainLoss: 4 / epoch ** 2 }));
  const lines = show([]).shown.lines(resultOf({}), told({ answer, records: { epochs } }));
  expect(lines.slice(0, 7)).toEqual([
    "Batch: not measured yet; `batchscope analyze id --dir /store` tells which batch size pays",
    "Training: stopped early after 5 evaluations without a better one; the best was at epoch 2",
    "",
    "training    █▅▂▁  4.00 → 0.250",
    expect.stringMatching(/^validation {2}[▁-█]{4} {2}0\.400 → 0\.400$/),
    "",
    "peak memory 1 MiB",
  ]);
});
