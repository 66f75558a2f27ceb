import { describe, expect, test } from "vitest";
import { clouds } from "../../../test/training.ts";
import { lossNames } from "../../model/loss.ts";
import { lossPresetNames } from "../../model/losses/presets.ts";
import { UsageError } from "../../tensor/errors.ts";
import { readLossFlags } from "../configuration.ts";
import { describeLoss, type LossFlags, lossName, resolveLoss } from "./loss.ts";

/** 12 labels: 6 of class 0, 4 of class 1, 2 of class 2. */
const data = { ...clouds(12), labels: Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2]) };
const balanced = [12 / 18, 12 / 12, 12 / 6];

test.each<[LossFlags, string, object]>([
  [{}, "cross_entropy", {}],
  [{ loss: "huber", huberDelta: 2 }, "huber", { huberDelta: 2 }],
  [{ classWeights: "balanced" }, "cross_entropy", { classWeights: balanced }],
  [{ classWeights: "0.5, 1,2e0" }, "cross_entropy", { classWeights: [0.5, 1, 2] }],
  [{ loss: "bce_with_logits", positiveWeight: "3" }, "bce_with_logits", { positiveWeight: [3] }],
  [{ lossPreset: "hvac_similar_optimized" }, "cross_entropy", { labelSmoothing: 0.1 }],
  [{ lossPreset: "imbalanced" }, "cross_entropy", { classWeights: balanced }],
  [{ lossPreset: "focal_imbalanced" }, "focal", { focalGamma: 2, focalAlpha: balanced }],
  // Explicit flags override a preset, and add to it.
  [{ lossPreset: "hvac_similar_optimized", labelSmoothing: 0.2 }, "cross_entropy", { labelSmoothing: 0.2 }],
  [
    { lossPreset: "imbalanced", labelSmoothing: 0.1, classWeights: "1,2,3" },
    "cross_entropy",
    { classWeights: [1, 2, 3], labelSmoothing: 0.1 },
  ],
  [{ lossPreset: "focal_imbalanced", focalGamma: 1 }, "focal", { focalGamma: 1, focalAlpha: balanced }],
])("%j is %s with %j", (flags, name, options) => {
  const loss = resolveLoss(flags, data);
  expect(loss.name).toBe(name);
  expect(loss.options).toEqual(options);
});

test.each<[LossFlags, string]>([
  [{ loss: "mes" }, `\`loss\`: expected one of ${lossNames.join(", ")}, got "mes"; did you mean "mse"?`],
  [
    { lossPreset: "hvac" },
    '`lossPreset`: expected one of hvac_similar_optimized, imbalanced, focal_imbalanced, got "hvac"; choose one of them',
  ],
  [
    { classWeights: "1,,2" },
    '`classWeights`: expected numbers with commas between them or balanced, got "1,,2"; write 0.5,1,2',
  ],
  [
    { loss: "bce_with_logits", positiveWeight: "balanced" },
    '`positiveWeight`: expected numbers with commas between them, got "balanced"',
  ],
  // A preset's option that the loss does not take is no more silent than a flag.
  [
    { lossPreset: "hvac_similar_optimized", loss: "mse" },
    "`labelSmoothing`: expected the loss cross_entropy, got mse; leave it out",
  ],
])("%j is refused", (flags, message) => {
  expect(() => resolveLoss(flags, data)).toThrow(UsageError);
  expect(() => resolveLoss(flags, data)).toThrow(message);
});

test("a number is predicted under the squared error where nothing else is asked for", () => {
  const numbers = { ...data, target: { name: "y", type: "float32", shape: [1] } } as const;
  expect(resolveLoss({}, numbers).name).toBe("mse");
  expect(resolveLoss({ loss: "l1" }, numbers).name).toBe("l1");
  expect(resolveLoss({ lossPreset: "hvac_similar_optimized" }, numbers).name).toBe("cross_entropy");
});

describe("balanced weights", () => {
  test("need data", () => {
    expect(() => resolveLoss({ classWeights: "balanced" })).toThrow(
      "`classWeights`: expected data with one class per example for balanced, got no data; give the numbers",
    );
  });

  test("need one class per example", () => {
    expect(() => resolveLoss({ lossPreset: "focal_imbalanced" }, { ...data, labels: new Int32Array(0) })).toThrow(
      "`focalAlpha`: expected data with one class per example for balanced, got clouds, whose examples have none",
    );
  });
});

test("what the other commands are given as text is read as for train", () => {
  const flags = readLossFlags({ loss: "focal", focalGamma: "1.5", focalAlpha: "1,2,3", ignoreIndex: "-1" });
  expect(resolveLoss(flags).options).toEqual({ focalGamma: 1.5, focalAlpha: [1, 2, 3], ignoreIndex: -1 });
  expect(() => resolveLoss(readLossFlags({ labelSmoothing: "much" }))).toThrow(
    "`labelSmoothing`: expected a number of at least 0 and below 1, got much; change it",
  );
});

test("every loss and every preset can be made and described", () => {
  expect(lossNames.map((loss) => describeLoss(resolveLoss({ loss: lossName(loss) })))).toEqual(lossNames);
  expect(lossPresetNames.map((lossPreset) => describeLoss(resolveLoss({ lossPreset }, data)))).toEqual([
    "cross_entropy, label smoothing 0.1",
    "cross_entropy, class weights 0.6667 1 2",
    "focal, focal gamma 2, focal alpha 0.6667 1 2",
  ]);
});
