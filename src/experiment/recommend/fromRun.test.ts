import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Run } from "../../store/runs.ts";
import { expectedOf } from "./fromRun.ts";
import type { RecommendPlan } from "./plan.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-expected-"));
afterAll(() => rmSync(folder, { recursive: true }));

const plan = {
  goal: "time",
  present: { effectiveBatchSize: 32, learningRate: 0.1, beta2: null },
  presentWindow: { batchSize: 8, accumulationSteps: 4 },
  batchSizes: [8, 16, 32, 64],
  exponent: 1,
  schedule: null,
  mixing: [],
} as unknown as RecommendPlan;

test("a run whose model mixes examples says so, with its micro-batches", () => {
  const path = join(folder, "run");
  mkdirSync(path);
  writeFileSync(join(path, "metrics.jsonl"), "");
  const run = { path, record: { id: "run" } } as Run;
  const reasons = (mixing: string[]) => expectedOf(run, { ...plan, mixing }).reasons;
  expect(reasons(["bn1", "bn2"])).toContainEqual({ kind: "mixing", layer: "bn1", more: 1, batchSize: 8 });
  expect(reasons([]).map(({ kind }) => kind)).toEqual(["noNoiseScale", "withoutPilots"]);
});
