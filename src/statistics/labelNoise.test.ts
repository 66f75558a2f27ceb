import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { confidentLearning } from "./confidentLearning.ts";
import type { Probabilities } from "./exampleScores.ts";
import { isDoubted, labelNoise, likelierClass, withoutErrors } from "./labelNoise.ts";

interface Planting {
  readonly count?: number;
  readonly classes?: number;
  /** How far apart classes are: the mean advantage of the true class's score. */
  readonly apart?: number;
  /** The model's scores are the honest ones over this. */
  readonly temperature?: number;
  readonly noise?: number;
  /** Errors go to the next class, or else to any other. */
  readonly next?: boolean;
  readonly seed?: number;
}

/**
 * Examples whose true classes are drawn from honest probabilities, a model that is honest but for a temperature, and
 * wrong labels.
 */
function planted({
  count = 3000,
  classes = 5,
  apart = 3,
  temperature = 1,
  noise = 0,
  next = false,
  seed = 1,
}: Planting) {
  const { uniform, normal, integer } = random(seed);
  const values = new Float64Array(count * classes);
  const labels: number[] = [];
  const wrong: boolean[] = [];
  for (let i = 0; i < count; i++) {
    const centre = integer(classes);
    const scores = Array.from({ length: classes }, (_, c) => normal() + (c === centre ? apart : 0));
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    scores.forEach((score, c) => {
      values[i * classes + c] = (score - Math.log(total)) / temperature;
    });
    let [left, truth] = [uniform(), 0];
    while (truth < classes - 1 && left >= Math.exp(scores[truth]!) / total) left -= Math.exp(scores[truth++]!) / total;
    wrong.push(uniform() < noise);
    labels.push(wrong[i] ? (truth + (next ? 1 : 1 + integer(classes - 1))) % classes : truth);
  }
  return { model: { values, classes } as Probabilities, labels, wrong };
}

/** Mean log-likelihood of labels, written out. */
function likelihood({ values, classes }: Probabilities, labels: readonly number[], a: number, T: ArrayLike<number>) {
  return (
    labels.reduce((sum, label, i) => {
      const powers = [...values.slice(i * classes, (i + 1) * classes)].map((score) => Math.exp(a * score));
      const total = powers.reduce((x, y) => x + y, 0);
      return sum + Math.log(powers.reduce((chance, p, c) => chance + (p / total) * T[c * classes + label]!, 0));
    }, 0) / labels.length
  );
}

const identity = Float64Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 : 0));
const doubtedOf = (right: Float64Array) => [...right.keys()].filter((i) => isDoubted(right[i]!));

test.each([
  { temperature: 1, noise: 0.1, next: false },
  { temperature: 0.5, noise: 0.05, next: true },
  { temperature: 2, noise: 0.2, next: true },
])("temperature and channel are found: %o", (planting) => {
  const { model, labels, wrong } = planted({ ...planting, apart: 5, count: 6000 });
  const { sharpness, transition, noise } = labelNoise(model, labels);
  expect(Math.abs(sharpness / planting.temperature - 1)).toBeLessThan(0.12);
  const actual = wrong.filter(Boolean).length / labels.length;
  expect(Math.abs(noise - actual)).toBeLessThan(0.015);
  for (let c = 0; c < 5; c++) {
    const row = transition.subarray(c * 5, (c + 1) * 5);
    expect(row.reduce((sum, t) => sum + t, 0)).toBeCloseTo(1, 12);
    const other = row[(c + 1) % 5]!;
    expect(Math.abs(other - (planting.next ? planting.noise : planting.noise / 4))).toBeLessThan(0.03);
  }
  // No nearby temperature makes the labels likelier.
  const best = likelihood(model, labels, sharpness, transition);
  for (const factor of [0.95, 1.05])
    expect(likelihood(model, labels, sharpness * factor, transition)).toBeLessThan(best);
});

test("what is right among the doubted is counted right", () => {
  const { model, labels, wrong } = planted({ noise: 0.15, apart: 4, count: 8000 });
  const { right } = labelNoise(model, labels);
  const doubted = doubtedOf(right);
  const expected = doubted.reduce((sum, i) => sum + right[i]!, 0);
  const actual = doubted.filter((i) => !wrong[i]).length;
  expect(actual).toBeGreaterThan(50);
  expect(Math.abs(actual - expected)).toBeLessThan(4 * Math.sqrt(expected));
});

// By construction no label is wrong: the classes overlap, and a model that knows them is right on 30 to 85 %.
test.each([0.5, 1, 2, 3, 4])(
  "classes that overlap (%d apart) are no evidence of errors, where confident learning doubts",
  (apart) => {
    const { model, labels } = planted({ apart, count: 1000, seed: 3 });
    const found = labelNoise(model, labels);
    const byChance = withoutErrors(model, found, random(0), 19).map(({ evidence }) => evidence);
    expect(found.evidence).toBeLessThanOrEqual(Math.max(3, ...byChance));
    const probabilities = { ...model, values: model.values.map(Math.exp) as Float64Array };
    expect(confidentLearning(probabilities, labels, "class").issues.length).toBeGreaterThan(50);
  },
);

test("evidence is the ratio of likelihoods", () => {
  const { model, labels } = planted({ noise: 0.1, count: 600 });
  const { sharpness, transition, evidence } = labelNoise(model, labels);
  const without = Array.from({ length: 400 }, (_, at) =>
    likelihood(model, labels, Math.exp((at - 200) / 100), identity),
  );
  const ratio = likelihood(model, labels, sharpness, transition) - Math.max(...without);
  expect(evidence).toBeCloseTo(600 * ratio, 1);
});

test("right labels seldom give evidence beyond chance, wrong ones mostly do", () => {
  const [draws, trials] = [9, 20];
  const evident = (planting: Planting) =>
    Array.from({ length: trials }, (_, seed) => seed).filter((seed) => {
      const { model, labels } = planted({ count: 250, classes: 3, ...planting, seed });
      const found = labelNoise(model, labels);
      const byChance = withoutErrors(model, found, random(seed), draws).map(({ evidence }) => evidence);
      return found.evidence > Math.max(3, ...byChance);
    }).length;
  // 1 in 10 of 20, and three standard deviations.
  expect(evident({ apart: 2 })).toBeLessThanOrEqual(2 + 4);
  expect(evident({ apart: 4, noise: 0.1, count: 600 })).toBeGreaterThanOrEqual(0.9 * trials);
});

test("of right labels up to 1.7 times as many are doubted as of those that are drawn", () => {
  const counts = { given: 0, drawn: 0 };
  for (let seed = 0; seed < 60; seed++) {
    const { model, labels } = planted({ count: 400, classes: 3, apart: 2, seed });
    const found = labelNoise(model, labels);
    counts.given += doubtedOf(found.right).length;
    counts.drawn += withoutErrors(model, found, random(seed), 3).reduce((sum, { doubted }) => sum + doubted / 3, 0);
  }
  expect(counts.drawn).toBeGreaterThan(150);
  // They are drawn from probabilities that leave room for errors, and so are a little surer than the honest ones.
  expect(counts.given / counts.drawn).toBeGreaterThan(1.2);
  expect(counts.given / counts.drawn).toBeLessThan(1.7);
});

test("the same seed draws the same labels", () => {
  const { model, labels } = planted({ count: 600, apart: 2 });
  const found = labelNoise(model, labels);
  const drawn = withoutErrors(model, found, random(4), 5);
  expect(drawn).toHaveLength(5);
  expect(withoutErrors(model, found, random(4), 5)).toEqual(drawn);
  expect(withoutErrors(model, found, random(5), 5)).not.toEqual(drawn);
});

test("well separated classes are given back without error, and the likelier class is the true one", () => {
  const { model, labels, wrong } = planted({ apart: 30, noise: 0.05, count: 600 });
  const found = labelNoise(model, labels);
  expect(doubtedOf(found.right)).toEqual(wrong.flatMap((one, i) => (one ? [i] : [])));
  for (const i of doubtedOf(found.right)) {
    const row = model.values.subarray(i * 5, (i + 1) * 5);
    expect(likelierClass(found, i, labels[i]!)).toBe(row.indexOf(Math.max(...row)));
  }
});

test("a label is right by Bayes' rule, the likelier class by the same", () => {
  const { model, labels } = planted({ noise: 0.2, count: 500 });
  const found = labelNoise(model, labels);
  const { sharpness, transition, right } = found;
  labels.forEach((label, i) => {
    const powers = [...model.values.slice(i * 5, (i + 1) * 5)].map((score) => Math.exp(sharpness * score));
    const joint = powers.map((p, c) => p * transition[c * 5 + label]!);
    expect(right[i]).toBeCloseTo(joint[label]! / joint.reduce((a, b) => a + b, 0), 10);
    const others = joint.with(label, -1);
    expect(likelierClass(found, i, label)).toBe(others.indexOf(Math.max(...others)));
  });
});

test("an example that is not judged has no verdict and changes none", () => {
  const { model, labels } = planted({ noise: 0.1, count: 800 });
  const some = labelNoise(model, labels, (i) => i < 600);
  const alone = labelNoise({ values: model.values.slice(0, 600 * 5), classes: 5 }, labels.slice(0, 600));
  expect(some.right.subarray(0, 600)).toEqual(alone.right);
  expect(some.right.subarray(600).every(Number.isNaN)).toBe(true);
  expect(some.noise).toBeCloseTo(alone.noise, 12);
  const none = labelNoise(model, labels, () => false);
  expect(none.noise).toBeNaN();
  expect(withoutErrors(model, none, random(0), 1)).toEqual([{ doubted: 0, evidence: 0 }]);
});

test("classes without examples, and a single one with any, do no harm", () => {
  const values = Float64Array.of(-0.1, -3, -4, -3, -0.1, -4, -0.2, -2, -5, -3, -0.1, -4);
  const gap = labelNoise({ values, classes: 3 }, [0, 1, 0, 1]);
  expect([...gap.right].every((one) => one > 0.5)).toBe(true);
  const alone = labelNoise({ values, classes: 3 }, [1, 1, 1, 1]);
  for (const i of [1, 3]) expect(alone.right[i]).toBeGreaterThan(0.5);
});

test("what is not finite and shapes that do not fit are refused", () => {
  const values = Float64Array.of(-1, -1, Number.NEGATIVE_INFINITY, 0);
  expect(() => labelNoise({ values, classes: 2 }, [0, 1])).toThrow(UsageError);
  expect(() => labelNoise({ values, classes: 2 }, [0, 1])).toThrow(
    /^labelNoise: expected finite logarithms of probabilities, got -Infinity for example 1; give ln p, not p, and no zeros$/,
  );
  expect(() => labelNoise({ values, classes: 2 }, [0, 2])).toThrow(ShapeError);
  expect(() => labelNoise({ values, classes: 2 }, [0])).toThrow(/^labelNoise: expected 1 × 2 probabilities, got 4/);
});
