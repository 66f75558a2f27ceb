import { expect, test } from "vitest";
import { rareClassesTried } from "./rareClassesTried.ts";

test.each([
  ["limited", { limitExamples: 60, classWeights: "balanced" }],
  ["focal", { loss: "focal" }],
  ["focal", { lossPreset: "focal_imbalanced" }],
  ["weights", { classWeights: "balanced" }],
  ["weights", { lossPreset: "imbalanced" }],
  ["nothing", {}],
])("%s of %j", (tried, options) => {
  const all = { loss: undefined, lossPreset: undefined, classWeights: undefined, limitExamples: undefined, ...options };
  expect(rareClassesTried(all as Parameters<typeof rareClassesTried>[0])).toBe(tried);
});
