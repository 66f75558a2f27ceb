import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { epochRecord, runOptions, scratchStore, stepRecord } from "../../test/scratchStore.ts";
import { createRun } from "./create.ts";
import { readLastEvaluation } from "./evaluation.ts";

const store = scratchStore();

test("the last evaluation of a run's records is found, and a damaged one is told", () => {
  const run = createRun(store.directory, runOptions);
  const evaluation = (step: number) => ({ schemaVersion: 1, epoch: 1, step, classNames: ["a"] });
  run.writeEvaluation("epoch_1", evaluation(10));
  run.writeEvaluation("step_15", evaluation(15));
  const told: string[] = [];
  const read = (records: Parameters<typeof readLastEvaluation>[1]) =>
    readLastEvaluation(run, records, (damage) => told.push(damage));
  const inside = { ...epochRecord(2, 15), kind: "evaluation" } as const;
  const unevaluated = { ...epochRecord(2, 20), validationLoss: Number.NaN };
  expect(read([])).toBeUndefined();
  expect(read([epochRecord(1, 10), stepRecord(11)])).toEqual(evaluation(10));
  expect(read([epochRecord(1, 10), inside, unevaluated])).toEqual(evaluation(15));
  expect(read([epochRecord(3, 30)])).toBeUndefined();
  expect(told).toEqual([]);
  const path = join(run.path, "evaluation/step_15.json");
  writeFileSync(path, "{}");
  expect(read([inside])).toBeUndefined();
  expect(told).toEqual([expect.stringContaining(`${path}: expected a number in "schemaVersion", got nothing`)]);
});
