import { expect, test } from "vitest";
import type { StudyBudget } from "../../store/studies/study.ts";
import { planSweep, sweepSettings } from "../sweeps/planSweep.ts";
import { readSweepRequest } from "../sweeps/request.ts";
import { armsOf } from "./arms.ts";
import { countedOptions, identityOf } from "./identity.ts";
import { planComparison, trialsOf } from "./plan.ts";

const flags = { model: "linear", data: "iris", epochs: "1" };
const examples: StudyBudget = { kind: "examples", value: 60 };

async function planned(vary: string, given: Readonly<Record<string, unknown>> = {}, budget = examples) {
  const arms = armsOf({ flags: { ...flags, ...given }, vary: [vary], arms: [] }, {});
  const plan = await planComparison({ kind: "comparison", arms, budget, seeds: [0] });
  const { specification } = plan;
  const told = { stage: "comparison", counted: countedOptions(specification) } as const;
  return { id: plan.id, specification, keys: trialsOf(specification.arms, [0], told).map(({ key }) => key) };
}

const rates = "learning-rate=0.01,0.001";
const none: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["checkpointEvery", { checkpointEvery: "1" }],
  ["checkpointSteps", { checkpointSteps: "3" }],
  ["checkpointMinutes", { checkpointMinutes: "3" }],
  ["keepCheckpoints", { keepCheckpoints: "4" }],
  ["logEvery", { logEvery: "2" }],
  ["threads", { threads: "2" }],
  ["disableParallel", { disableParallel: true }],
];

test.each(none)("another %s makes no other study, and is what its trials are trained with", async (name, given) => {
  const [plain, other] = [await planned(rates), await planned(rates, given)];
  expect([other.id, other.keys]).toEqual([plain.id, plain.keys]);
  expect(identityOf(other.specification)).toEqual(identityOf(plain.specification));
  expect(String(other.specification.arms[0]!.configuration[name])).toBe(String(given[name]));
});

test("what decides numbers makes another study", async () => {
  const [plain, other] = [await planned(rates), await planned(rates, { batchSize: "8" })];
  expect(other.id).not.toBe(plain.id);
  expect(other.keys.filter((key) => plain.keys.includes(key))).toEqual([]);
});

test.each(["threads=1,2", "log-every=1,5", "checkpoint-every=1,3"])("arms that differ in %s are two", async (vary) => {
  const { keys } = await planned(vary);
  expect(new Set(keys).size).toBe(2);
});

test.each<StudyBudget>([
  { kind: "seconds", value: 1 },
  { kind: "target-loss", value: 0.5 },
])("with the budget $kind, threads decide it too, and records do not", async (budget) => {
  const plain = await planned(rates, {}, budget);
  expect((await planned(rates, { threads: "2" }, budget)).id).not.toBe(plain.id);
  expect((await planned(rates, { logEvery: "2" }, budget)).id).toBe(plain.id);
});

test("a sweep is told apart by the same", async () => {
  const of = async (given: Readonly<Record<string, unknown>>) => {
    const asked = { ...flags, grid: ["batch-size=4,8"], budget: "examples=60", seeds: "1", ...given };
    const { id, specification } = await planSweep(readSweepRequest(asked, {}).request);
    const settings = await sweepSettings(specification, 2, [0]);
    return [id, settings.map(({ trials }) => trials[0]!.key)];
  };
  const plain = await of({});
  expect(await of({ logEvery: "7", threads: "2" })).toEqual(plain);
  expect(await of({ weightDecay: "0.5" })).not.toEqual(plain);
});
