import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { epochRecord, stepRecord } from "../../../test/scratchStore.ts";
import { classificationScores } from "../../statistics/classification.ts";
import type { EvaluationFile, EvaluationRecord, MetricRecord } from "../../store/schema.ts";
import type { RunWriter } from "../../store/writer.ts";
import type { EndEvent } from "../../training/events.ts";
import { createFollower } from "./follow.ts";

/** What a follower told the run, in order. */
function follow(
  before: readonly MetricRecord[] = [],
  writeSummary?: RunWriter["writeSummary"],
  evaluation?: EvaluationFile,
) {
  const told: [string, ...unknown[]][] = [];
  const note =
    (name: string) =>
    (...values: unknown[]) => {
      told.push([name, ...values]);
    };
  const written: string[] = [];
  const run: RunWriter = {
    id: "id",
    path: "/runs/id",
    locked: true,
    writing: (write) => write(),
    appendMetric: note("metric"),
    heartbeat: note("heartbeat"),
    log: (line) => written.push(line),
    saveCheckpoint: ({ epoch, step, bytes }) => {
      told.push(["checkpoint", epoch, step, bytes]);
      return { epoch, step, path: "" };
    },
    writeEvaluation: note("evaluation"),
    writeSummary: writeSummary ?? note("summary"),
    saveAverage: (bytes) => {
      told.push(["average", bytes]);
      return "its checksum";
    },
    finish: note("finish"),
  };
  return {
    told,
    written,
    follower: createFollower(run, { epochs: 2, progress: "none", classNames: ["calm", "fault"], before, evaluation }),
  };
}

const ended: EndEvent = {
  kind: "end",
  reason: "interrupted",
  step: 77,
  examples: 616,
  microBatches: 154,
  trainingSeconds: 2,
  timedMicroBatches: 154,
};

beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

test("metrics and checkpoints go to the run in order; nothing of progress or the end is recorded", () => {
  const { told, follower } = follow();
  const bytes = new Uint8Array([1]);
  follower.take(stepRecord(1));
  follower.take(epochRecord(1, 6));
  follower.take({ kind: "checkpoint", best: false, passing: false, epoch: 1, step: 6, bytes });
  follower.take(ended);
  expect(told).toEqual([
    ["metric", stepRecord(1)],
    ["metric", epochRecord(1, 6)],
    ["checkpoint", 1, 6, bytes],
  ]);
});

test("the summary counts every step, also those that no record tells of, and keeps the best epoch", () => {
  const { told, follower } = follow();
  const better = { ...epochRecord(1, 50), validationLoss: 0.3 };
  for (const event of [better, epochRecord(2, 75), ended]) follower.take(event);
  const result = follower.close("interrupted", "SIGINT");
  expect(result).toMatchObject({ run: "id", path: "/runs/id", status: "interrupted" });
  expect(result.summary).toMatchObject({
    epochs: 2,
    steps: 77,
    examples: 616,
    last: epochRecord(2, 75),
    best: better,
    microBatchesPerSecond: 77,
  });
  expect(told.slice(-2)).toEqual([
    ["summary", result.summary],
    ["finish", "interrupted", "SIGINT"],
  ]);
});

test("a run that ends before its first epoch has a best evaluation, told by its step", () => {
  const { follower } = follow();
  const at = (step: number, validationLoss: number): EvaluationRecord => {
    return { ...epochRecord(1, step), kind: "evaluation", validationLoss };
  };
  for (const event of [at(20, 0.4), at(40, 0.3), at(60, 0.5), ended]) follower.take(event);
  const { summary } = follower.close("finished", null);
  expect(summary).toMatchObject({ epochs: 0, last: at(60, 0.5), best: at(40, 0.3) });
  expect(follower.lines().join("\n")).toContain("best at step 40: loss 0.3000");
});

test("an evaluation is kept in full: as a file, in the summary and in words", () => {
  const { told, follower } = follow();
  const classification = classificationScores([
    [97, 1],
    [1, 1],
  ]);
  follower.take({ kind: "scores", epoch: 1, step: 50, at: "step", scores: { classification } });
  follower.take({ kind: "scores", epoch: 1, step: 60, at: "epoch", scores: { classification } });
  follower.take(epochRecord(1, 60));
  const place = { schemaVersion: 1, epoch: 1, classNames: ["calm", "fault"] };
  expect(told.filter(([name]) => name === "evaluation")).toEqual([
    ["evaluation", "step_50", { ...place, step: 50, classification }],
    ["evaluation", "epoch_1", { ...place, step: 60, classification }],
  ]);
  expect(follower.close("finished", null).summary.evaluation).toEqual({ ...place, step: 60, classification });
  const text = follower.lines().join("\n");
  expect(text).toMatch(/^class +precision +recall +95 % +F1 +labels\ncalm /);
  expect(text).toContain(
    'accuracy misleads: always answering "calm" gives 98.0 %, the model 98.0 %; rare: "fault" (2.0 %',
  );
});

test("a signal after the last update interrupts nothing", () => {
  const { told, follower } = follow();
  follower.take({ ...ended, reason: "finished" });
  expect(follower.close("interrupted", "SIGINT").status).toBe("finished");
  expect(told.at(-1)).toEqual(["finish", "finished", null]);
});

test("a run that is gone on with keeps the epochs before in its summary", () => {
  const first = { ...epochRecord(1, 50), validationLoss: 0.3 };
  const { told, follower } = follow([stepRecord(1), first]);
  follower.take(epochRecord(2, 100));
  // Its clock goes on too.
  const last = { ...epochRecord(2, 100), seconds: first.seconds + epochRecord(2, 100).seconds };
  expect(told).toEqual([["metric", last]]);
  const { summary } = follower.close("failed", "");
  expect(summary).toMatchObject({ epochs: 2, best: first, last });
  expect(summary.seconds).toBeGreaterThan(first.seconds);
});

test("a run that has nothing left to train keeps its last evaluation, and says no speed", () => {
  const evaluation = { schemaVersion: 1, epoch: 1, step: 50, classNames: ["calm", "fault"] };
  const { follower } = follow([epochRecord(1, 50)], undefined, evaluation);
  follower.take({ ...ended, reason: "finished", step: 50, timedMicroBatches: 0, trainingSeconds: 0.001 });
  const { summary } = follower.close("finished", null);
  expect(summary).toMatchObject({ evaluation, microBatchesPerSecond: Number.NaN });
  expect(follower.lines().join("\n")).not.toMatch(/per second/);
});

test("the end of a run is recorded even where its summary cannot be written", () => {
  const { told, follower } = follow([], () => {
    throw new Error("a full disk");
  });
  expect(() => follower.close("failed", "why")).toThrow("a full disk");
  expect(told.at(-1)).toEqual(["finish", "failed", "why"]);
});

test("evaluations, changes of the window and the end stand in the log", () => {
  const { written, follower } = follow();
  const { kind: _kind, ...numbers } = epochRecord(1, 30);
  follower.take({ kind: "evaluation", ...numbers });
  const change = { kind: "accumulation", epoch: 1, step: 30, examples: 240, seconds: 1 } as const;
  follower.take({ ...change, accumulationSteps: 4, effectiveBatchSize: 32, noiseScale: 30.123 });
  follower.take({ ...epochRecord(2, 60), validationLoss: Number.NaN });
  follower.take({ ...ended, reason: "stopped" });
  expect(follower.close("finished", null).status).toBe("finished");
  expect(written).toEqual([
    "validation at step 30: loss 0.4000, accuracy 80.0 %",
    "accumulation: 4 micro-batches, 32 examples an update for a noise scale of 30.1 examples",
    "finished: stopped early: no better evaluation came",
  ]);
});

test("a run that failed has what was recorded until then", () => {
  const { told, follower } = follow();
  follower.take(stepRecord(3));
  expect(follower.close("diverged", "why").summary).toMatchObject({ steps: 3, examples: 24, last: null, best: null });
  expect(told.at(-1)).toEqual(["finish", "diverged", "why"]);
});
