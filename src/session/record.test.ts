import { expect, test } from "vitest";
import { epochRecord, stepRecord } from "../../test/scratchStore.ts";
import { classificationScores } from "../statistics/classification.ts";
import type { EvaluationFile, EvaluationRecord, MetricRecord } from "../store/schema.ts";
import type { RunWriter } from "../store/writer.ts";
import { textIn } from "../text/text.ts";
import type { EndEvent } from "../training/events.ts";
import type { SessionEvent } from "./events.ts";
import { eventLines } from "./log.ts";
import { recordRun } from "./record.ts";

/** What a recorder told the run, in order, and its listener. */
function record(
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
  const heard: SessionEvent["kind"][] = [];
  const run: RunWriter = {
    id: "id",
    path: "/runs/id",
    locked: true,
    writing: (write) => write(),
    appendMetric: note("metric"),
    appendFinding: note("finding"),
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
    heard,
    recorder: recordRun(run, {
      classNames: ["calm", "fault"],
      before,
      evaluation,
      lines: (event) => eventLines(event, textIn("en")),
      listen: ({ kind }) => heard.push(kind),
    }),
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

test("metrics and checkpoints go to the run in order; nothing of progress or the end is recorded", () => {
  const { told, recorder } = record();
  const bytes = new Uint8Array([1]);
  recorder.take(stepRecord(1));
  recorder.take(epochRecord(1, 6));
  recorder.take({ kind: "checkpoint", best: false, passing: false, epoch: 1, step: 6, bytes });
  recorder.take(ended);
  expect(told).toEqual([
    ["metric", stepRecord(1)],
    ["metric", epochRecord(1, 6)],
    ["checkpoint", 1, 6, bytes],
  ]);
});

test("the summary counts every step, also those that no record tells of, and keeps the best epoch", () => {
  const { told, recorder } = record();
  const better = { ...epochRecord(1, 50), validationLoss: 0.3 };
  for (const event of [better, epochRecord(2, 75), ended]) recorder.take(event);
  const result = recorder.close("interrupted", "SIGINT");
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

test("a run that ends before its first epoch has a best evaluation", () => {
  const { recorder } = record();
  const at = (step: number, validationLoss: number): EvaluationRecord => {
    return { ...epochRecord(1, step), kind: "evaluation", validationLoss };
  };
  for (const event of [at(20, 0.4), at(40, 0.3), at(60, 0.5), ended]) recorder.take(event);
  const { summary } = recorder.close("finished", null);
  expect(summary).toMatchObject({ epochs: 0, last: at(60, 0.5), best: at(40, 0.3) });
});

test("an evaluation is kept in full: as a file and in the summary", () => {
  const { told, recorder } = record();
  const classification = classificationScores([
    [97, 1],
    [1, 1],
  ]);
  recorder.take({ kind: "scores", epoch: 1, step: 50, at: "step", scores: { classification } });
  recorder.take({ kind: "scores", epoch: 1, step: 60, at: "epoch", scores: { classification } });
  recorder.take(epochRecord(1, 60));
  const place = { schemaVersion: 1, epoch: 1, classNames: ["calm", "fault"] };
  expect(told.filter(([name]) => name === "evaluation")).toEqual([
    ["evaluation", "step_50", { ...place, step: 50, classification }],
    ["evaluation", "epoch_1", { ...place, step: 60, classification }],
  ]);
  expect(recorder.close("finished", null).summary.evaluation).toEqual({ ...place, step: 60, classification });
});

test("the average stands in the summary, with the checksum of its file", () => {
  const { recorder, written } = record();
  const averaged = { count: 3, validationLoss: 0.25, validationAccuracy: 0.9 };
  recorder.take({ kind: "averaged", of: "epochs", ...averaged, bytes: new Uint8Array([1]) });
  expect(recorder.close("finished", null).summary.averaged).toEqual({ ...averaged, sha256: "its checksum" });
  expect(written[0]).toBe("average of the weights of 3 epochs: validation loss 0.2500, accuracy 90.0 %");
});

test("a signal after the last update interrupts nothing", () => {
  const { told, recorder } = record();
  recorder.take({ ...ended, reason: "finished" });
  expect(recorder.close("interrupted", "SIGINT").status).toBe("finished");
  expect(told.at(-1)).toEqual(["finish", "finished", null]);
});

test("a listener is told of every event, of the end too, once", () => {
  const { heard, told, recorder } = record();
  const bytes = new Uint8Array([1]);
  recorder.take({ kind: "remark", remark: { kind: "damaged", message: "first" } });
  recorder.take(stepRecord(1));
  recorder.take({ kind: "checkpoint", best: false, passing: false, epoch: 1, step: 6, bytes });
  const result = recorder.close("finished", null);
  expect(recorder.close("failed", "late")).toBe(result);
  expect(heard).toEqual(["remark", "step", "checkpoint", "closed"]);
  expect(told.filter(([name]) => name === "finish")).toEqual([["finish", "finished", null]]);
});

test("a run that is gone on with keeps the epochs before in its summary", () => {
  const first = { ...epochRecord(1, 50), validationLoss: 0.3 };
  const { told, recorder } = record([stepRecord(1), first]);
  recorder.take(epochRecord(2, 100));
  // Its clock goes on too.
  const last = { ...epochRecord(2, 100), seconds: first.seconds + epochRecord(2, 100).seconds };
  expect(told).toEqual([["metric", last]]);
  const { summary } = recorder.close("failed", "");
  expect(summary).toMatchObject({ epochs: 2, best: first, last });
  expect(summary.seconds).toBeGreaterThan(first.seconds);
});

test("a run that has nothing left to train keeps its last evaluation, and has no speed", () => {
  const evaluation = { schemaVersion: 1, epoch: 1, step: 50, classNames: ["calm", "fault"] };
  const { recorder } = record([epochRecord(1, 50)], undefined, evaluation);
  recorder.take({ ...ended, reason: "finished", step: 50, timedMicroBatches: 0, trainingSeconds: 0.001 });
  const { summary } = recorder.close("finished", null);
  expect(summary).toMatchObject({ evaluation, microBatchesPerSecond: Number.NaN });
});

test("the end of a run is recorded even where its summary cannot be written", () => {
  const { told, recorder } = record([], () => {
    throw new Error("a full disk");
  });
  expect(() => recorder.close("failed", "why")).toThrow("a full disk");
  expect(told.at(-1)).toEqual(["finish", "failed", "why"]);
});

test("evaluations, changes of the window and the end stand in the log", () => {
  const { written, recorder } = record();
  const { kind: _kind, ...numbers } = epochRecord(1, 30);
  recorder.take({ kind: "evaluation", ...numbers });
  const change = { kind: "accumulation", epoch: 1, step: 30, examples: 240, seconds: 1 } as const;
  recorder.take({ ...change, accumulationSteps: 4, effectiveBatchSize: 32, noiseScale: 30.123 });
  recorder.take({ ...epochRecord(2, 60), validationLoss: Number.NaN });
  recorder.take({ ...ended, reason: "stopped" });
  expect(recorder.close("finished", null).status).toBe("finished");
  expect(written).toEqual([
    "validation at step 30: loss 0.4000, accuracy 80.0 %",
    "accumulation: 4 micro-batches, 32 examples an update for a noise scale of 30.1 examples",
    "finished: stopped early: no better evaluation came",
  ]);
});

test("a run that failed has what was recorded until then", () => {
  const { told, recorder } = record();
  recorder.take(stepRecord(3));
  expect(recorder.close("diverged", "why").summary).toMatchObject({ steps: 3, examples: 24, last: null, best: null });
  expect(told.at(-1)).toEqual(["finish", "diverged", "why"]);
});
