import { describe, expect, test } from "vitest";
import type { CheckpointSigns, DiagnosisFacts, RecordedEvaluation, RecordedStep } from "../../store/diagnosisFacts.ts";
import { random } from "../../tensor/random.ts";
import { diagnose } from "./diagnose.ts";

/** Planted runs: what is known of each, and what is to be said of it. */

const settings = {
  learningRate: 0.01,
  optimizer: "sgd",
  momentum: 0,
  weightDecay: 0,
  schedule: "constant",
  warmupSteps: 0,
  clipNorm: null,
  dropout: 0,
  canDrop: true,
  augment: false,
  canAugment: true,
  labelSmoothing: 0,
  classWeights: false,
  limitExamples: null,
  patience: null,
  batchSize: 32,
  epochs: 10,
  steps: null,
  seed: 0,
  isFrozen: false,
  largerModel: "mlp:64x2",
  smallerModel: "mlp:16x1",
  isOfClasses: true,
};

const LN10 = Math.log(10);

/** 30 updates an epoch whose loss follows `at(share of the run)`; validation is `ahead` of training by factors. */
function planted(
  at: (share: number) => number,
  more: Partial<DiagnosisFacts> & { gap?: (share: number) => number; norm?: (share: number) => number } = {},
): DiagnosisFacts {
  const { gap = () => 1, norm = () => 1, ...facts } = more;
  const [epochs, per] = [10, 30];
  const noise = random(7);
  const steps = Array.from({ length: epochs * per }, (_, i): RecordedStep => {
    const share = i / (epochs * per);
    const ripple = 1 + 0.04 * (noise.uniform() - 0.5);
    const step = { step: i + 1, epoch: 1 + Math.floor(i / per), learningRate: 0.01 };
    return { ...step, loss: at(share) * ripple, gradientNorm: norm(share) };
  });
  const evaluations = Array.from({ length: epochs }, (_, e): RecordedEvaluation => {
    const share = (e + 1) / epochs;
    const loss = at(share);
    const accuracy = (nats: number) => Math.max(0.1, Math.min(1, 1 - nats / LN10));
    return {
      step: (e + 1) * per,
      trainLoss: loss,
      trainAccuracy: accuracy(loss),
      validationLoss: loss * gap(share),
      validationAccuracy: accuracy(loss * gap(share)),
    };
  });
  return {
    diverged: false,
    steps,
    evaluations,
    constantLoss: LN10,
    beganUntrained: true,
    classes: { majorityShare: 0.1, rarest: { name: "9", share: 0.09, recall: 0.9 } },
    settings,
    split: "given",
    noise: null,
    checkpoint: null,
    probes: null,
    hasGaps: false,
    dataFound: true,
    isForeign: false,
    ...facts,
  };
}

const falling = (share: number) => 0.02 + (LN10 - 0.02) * Math.exp(-8 * share);
const flat = () => 2.29;
const level = (share: number) => 1.2 + (LN10 - 1.2) * Math.exp(-20 * share);

const around = (value: number, by: number) => ({ value, lower: value - by, upper: value + by });
const scored = (loss: number, accuracy: number) => ({
  examples: 500,
  loss: around(loss, 0.02),
  accuracy: around(accuracy, 0.01),
});
const looked = (more: Partial<CheckpointSigns> = {}): CheckpointSigns => ({
  training: scored(1.2, 0.5),
  validation: scored(1.25, 0.48),
  layers: ["a", "b", "c"].map((name) => ({ name, relativeGradient: 0.01 })),
  unmoved: [],
  parameters: 6,
  moved: 1.3,
  units: [],
  doubted: null,
  driftAuc: null,
  ...more,
});

const probes = { baselines: [], own: null, byHeart: null, trainDev: null, driftAuc: null };

describe("a planted run", () => {
  test.each<[string, DiagnosisFacts, string, string | null, string | null]>([
    ["healthy", planted(falling), "fine", null, null],
    [
      "no number from the first step on",
      planted(flat, { diverged: true, steps: [], evaluations: [] }),
      "broken",
      "not-finite",
      "lower-rate",
    ],
    ["diverged on the way", planted((s) => (s > 0.5 ? Number.NaN : falling(s))), "broken", "not-finite", "lower-rate"],
    ["nothing learned", planted(flat), "optimisation", "not-learning", "lower-rate"],
    ["crawling", planted((s) => LN10 - 0.15 * s), "optimisation", "learning-rate-too-low", "higher-rate"],
    [
      "hardly moved",
      planted(flat, { checkpoint: looked({ training: scored(2.29, 0.1), moved: 1e-4 }) }),
      "optimisation",
      "learning-rate-too-low",
      "higher-rate",
    ],
    ["cut short", planted((s) => LN10 * Math.exp(-1.2 * s)), "optimisation", "too-few-updates", "longer"],
    [
      "bouncing",
      planted((s) => 1.5 + Math.sin(40 * s) ** 2 * 1.5),
      "optimisation",
      "learning-rate-too-high",
      "lower-rate",
    ],
    ["above its beginning", planted((s) => LN10 * (1 + 3 * s)), "optimisation", "learning-rate-too-high", "lower-rate"],
    ["level", planted(level), "bias-or-optimisation", "model-too-small", "larger-model"],
    [
      "gradients grow",
      planted(level, { norm: (s) => 10 ** (4 * s) }),
      "optimisation",
      "exploding-gradients",
      "clip-norm",
    ],
    ["gradients gone", planted(level, { norm: (s) => 10 ** (-6 * s) }), "optimisation", "saddle", "landscape"],
    [
      "test loss rises",
      planted(falling, { gap: (s) => 1 + 60 * s ** 2 }),
      "overfitting-or-mismatch",
      "overfitting",
      "early-stopping",
    ],
    [
      "test loss rises, split at random",
      planted(falling, { gap: (s) => 1 + 60 * s ** 2, split: "random" }),
      "overfitting",
      "overfitting",
      "early-stopping",
    ],
    [
      "inputs told apart",
      planted(falling, {
        gap: (s) => 1 + 60 * s ** 2,
        checkpoint: looked({ training: scored(0.02, 0.99), validation: scored(1.2, 0.6), driftAuc: around(0.9, 0.02) }),
      }),
      "mismatch",
      "mismatch",
      "inspect-data",
    ],
    [
      "held-out training examples do well",
      planted(falling, {
        checkpoint: looked({ training: scored(0.02, 0.99), validation: scored(1.2, 0.6) }),
        probes: { ...probes, trainDev: scored(0.1, 0.97) },
      }),
      "mismatch",
      "mismatch",
      "inspect-data",
    ],
    [
      "held-out training examples do as badly",
      planted(falling, {
        checkpoint: looked({ training: scored(0.02, 0.99), validation: scored(1.2, 0.6) }),
        probes: { ...probes, trainDev: scored(1.19, 0.6) },
      }),
      "overfitting",
      "overfitting",
      "augmentation",
    ],
    [
      "a simpler model does better",
      planted(level, {
        checkpoint: looked(),
        probes: { ...probes, own: around(1.2, 0.02), baselines: [{ model: "linear", loss: around(0.4, 0.02) }] },
      }),
      "optimisation",
      null,
      null,
    ],
    [
      "a simpler model does worse",
      planted(level, {
        checkpoint: looked(),
        probes: {
          ...probes,
          own: around(1.2, 0.02),
          baselines: [{ model: "linear", loss: around(1.6, 0.02) }],
          byHeart: { loss: 0.01, accuracy: 1, learned: true },
        },
      }),
      "model-bias",
      "model-too-small",
      "larger-model",
    ],
    [
      "a few batches are not learned by heart",
      planted(level, {
        checkpoint: looked(),
        probes: { ...probes, byHeart: { loss: 2.2, accuracy: 0.2, learned: false } },
      }),
      "optimisation",
      null,
      null,
    ],
    [
      "silent units",
      planted(level, { checkpoint: looked({ units: [{ name: "hidden", kind: "relu", units: 64, share: 0.95 }] }) }),
      "optimisation",
      "dead-units",
      "lower-rate",
    ],
    [
      "a layer stands still",
      planted(level, { checkpoint: looked({ unmoved: ["a"] }) }),
      "optimisation",
      "frozen-parameters",
      "train-all",
    ],
    [
      "no gradient reaches the first layer",
      planted(level, {
        checkpoint: looked({
          layers: [
            { name: "a", relativeGradient: 1e-9 },
            { name: "b", relativeGradient: 1e-5 },
            { name: "c", relativeGradient: 1e-2 },
          ],
        }),
      }),
      "optimisation",
      "vanishing-gradients",
      "smaller-model",
    ],
    [
      "labels doubted",
      planted(level, { checkpoint: looked({ doubted: around(0.2, 0.03) }) }),
      "bias-or-optimisation",
      "label-noise",
      "inspect-data",
    ],
    [
      "one class of all",
      planted(falling, { classes: { majorityShare: 0.97, rarest: { name: "ill", share: 0.03, recall: 0 } } }),
      "fine",
      "class-imbalance",
      "class-weights",
    ],
    ["without validation", planted(falling, { evaluations: [] }), "training-small", null, null],
    ["nothing recorded", planted(flat, { steps: [], evaluations: [] }), "nothing-recorded", null, null],
  ])("%s", (_, facts, verdict, kind, remedy) => {
    const found = diagnose(facts);
    expect([found.verdict, found.findings.map((one) => `${one.kind} ${one.strength}`)]).toEqual([
      verdict,
      kind === null && verdict !== "optimisation" ? [] : expect.any(Array),
    ]);
    if (kind === null) return;
    expect(found.findings[0]?.kind).toBe(kind);
    expect(found.findings[0]?.remedies[0]?.kind).toBe(remedy);
  });

  test("that runs through its data in order of their classes shows waves", () => {
    const facts = planted(level);
    const waves = facts.steps.map((one) => ({
      ...one,
      loss: one.loss + 0.5 * Math.sin((2 * Math.PI * one.step) / 30),
    }));
    expect(diagnose({ ...facts, steps: waves }).findings.map(({ kind }) => kind)).toContain("unshuffled-data");
    expect(diagnose(facts).findings.map(({ kind }) => kind)).not.toContain("unshuffled-data");
  });

  test("of another program has remedies without options", () => {
    const found = diagnose(planted((s) => 1.5 + Math.sin(40 * s) ** 2 * 1.5, { settings: null, isForeign: true }));
    expect(found.findings[0]!.remedies[0]).toEqual({ kind: "lower-rate", changes: null });
    expect(found.limits).toContain("no-settings");
  });

  test.each<[string, Partial<DiagnosisFacts>, string]>([
    ["one class", { classes: { majorityShare: 1, rarest: { name: "a", share: 1, recall: 1 } } }, "one-class"],
    ["data that are gone", { dataFound: false }, "no-data"],
    ["a log with gaps", { hasGaps: true }, "gaps"],
    ["two evaluations alone", { steps: [], evaluations: planted(level).evaluations.slice(0, 2) }, "few-evaluations"],
  ])("of %s says what could not be looked at", (_, more, limit) => {
    expect(diagnose({ ...planted(level), ...more }).limits).toContain(limit);
  });

  test("has no remedy that it uses already", () => {
    const used = { ...settings, augment: true, dropout: 0.5, patience: 3, weightDecay: 0.5, smallerModel: null };
    const [first] = diagnose(
      planted(falling, { gap: (s) => 1 + 60 * s ** 2, split: "random", settings: used }),
    ).findings;
    expect(first!.remedies.map(({ kind }) => kind)).toEqual(["more-data", "label-smoothing"]);
  });
});
