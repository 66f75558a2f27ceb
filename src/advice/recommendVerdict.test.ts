import { expect, test } from "vitest";
import { searched } from "../../test/plantedPilots.ts";
import { recommend } from "../statistics/recommend/recommendation.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import { recommendReasons, recommendVerdicts } from "./recommendVerdict.ts";

const cost = { perUpdate: 1e-3, perMicroBatch: 1e-3, perExample: 1e-4, deviation: 0.02, memoryBinds: false };
const machine = { cost, largestMicroBatch: 4096, devices: 1, secondsPerSync: 0 };
const present = { effectiveBatchSize: 16, learningRate: 0.01, beta2: null };
const presentWindow = { batchSize: 16, accumulationSteps: 1 };
const batchSizes = [8, 16, 32, 64];
const plan = { goal: "time", present, presentWindow, batchSizes, updates: 1000, seconds: 60 } as const;

/** Planted pilots to a target that the best setting reaches in about `fewest` updates. */
function pilots(fewestUpdates: number, referenceUpdates: number, own: { devices?: number; mixing?: string[] } = {}) {
  const truth = { noiseScale: 60, fewestUpdates, bestRate: 0.5, deviation: 0.05 };
  const on = { ...machine, devices: own.devices ?? 1, secondsPerSync: own.devices === undefined ? 0 : 0.01 };
  const space = { ...plan, machine: on, exponent: 1, beta2At: null, rules: () => [], seeds: [0, 1] };
  const table = searched(truth, space);
  const recommendation = recommend(table, { present, presentWindow, rules: [] });
  const rest = { cost, machine: on, target: 0.5, table, complete: true, recommendation, referenceUpdates };
  return { ...rest, plan: { ...plan, mixing: own.mixing ?? [], schedule: null } };
}

const answers = (fewestUpdates: number, referenceUpdates: number) =>
  recommendVerdicts(pilots(fewestUpdates, referenceUpdates));

test.each<[number, number, RegExp | null, string | null]>([
  [200, 1000, null, null],
  [200, 250, /^pilots had 250 of the 1,000 updates, [^;]*\. Give more `--seconds`/, "试训只有 1,000 次更新中的 250 次"],
  [2, 250, /; the target is so near that few updates tell settings apart\. Give more/, "；目标太近"],
])("pilots to a target %i updates away, of %i, are doubted as they deserve", (fewest, reference, english, chinese) => {
  const doubt = answers(fewest, reference).find(({ kind }) => kind === "pilotsShort");
  expect(doubt && said(doubt, textIn("en").verdicts)).toEqual(
    english === null ? undefined : expect.stringMatching(english),
  );
  if (doubt && chinese !== null) expect(said(doubt, textIn("zh").verdicts)).toContain(chinese);
});

test.each([
  [undefined, 64],
  [4, 64],
] as const)("a model that mixes examples: what pilots had at a time is named, on %s devices", (devices, batchSize) => {
  const found = pilots(200, 1000, { mixing: ["bn1", "bn2"], ...(devices !== undefined && { devices }) });
  const reasons = recommendReasons(found);
  expect(found.recommendation.advice.batchSize).toBe(64 / (devices ?? 1));
  expect(reasons).toContainEqual({ kind: "mixing", layer: "bn1", more: 1, batchSize });
  // Cut otherwise, such a model learns otherwise: that it needs as many updates is not known.
  expect(reasons.map(({ kind }) => kind)).not.toContain("cut");
  expect(recommendReasons(pilots(200, 1000)).map(({ kind }) => kind)).toContain("cut");
});
