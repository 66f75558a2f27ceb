import { describe, expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import type { Probabilities } from "./exampleScores.ts";
import { imitatedNoise, unmixed } from "./imitatedNoise.ts";
import { isDoubted, labelNoise, likelierClass, withoutErrors } from "./labelNoise.ts";

interface Planting {
  readonly classes: number;
  readonly count: number;
  /** Chance that an example of a class gets each other label; none by default. */
  readonly turned: Readonly<Record<number, readonly [to: number, chance: number]>>;
  readonly seed?: number;
  /** How much the true class's score is ahead, on average. Default 5. */
  readonly apart?: number;
}

/** Labels that passed a channel, and a model that says of every example what the channel makes of its class. */
function imitating({ classes, count, turned, seed = 1, apart = 5 }: Planting) {
  const { integer, normal, uniform } = random(seed);
  const values = new Float64Array(count * classes);
  const labels: number[] = [];
  const wrong: boolean[] = [];
  for (let i = 0; i < count; i++) {
    const truth = integer(classes);
    const scores = Array.from({ length: classes }, (_, c) => normal() + (c === truth ? apart : 0));
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    const p = scores.map((score) => Math.exp(score) / total);
    const said = p.slice();
    p.forEach((chance, c) => {
      const [to, share] = turned[c] ?? [c, 0];
      said[c]! -= share * chance;
      said[to]! += share * chance;
    });
    said.forEach((chance, c) => {
      values[i * classes + c] = Math.log(chance) + 0.3 * normal();
    });
    const [to, share] = turned[truth] ?? [truth, 0];
    wrong.push(uniform() < share);
    labels.push(wrong[i] ? to : truth);
  }
  return { model: { values, classes } as Probabilities, labels, wrong };
}

test.each<[string, Planting]>([
  ["30 % between a pair of classes", { classes: 2, count: 600, turned: { 0: [1, 0.3], 1: [0, 0.3] } }],
  ["20 % one way of three classes", { classes: 3, count: 900, turned: { 0: [1, 0.2], 1: [2, 0.2], 2: [0, 0.2] } }],
  ["30 % of one of four classes", { classes: 4, count: 1200, turned: { 2: [0, 0.3] } }],
  ["a pair among ten classes", { classes: 10, count: 2000, turned: { 4: [9, 0.3], 9: [4, 0.3] } }],
])("errors that the model has learnt are found: %s", (_, planting) => {
  const { model, labels, wrong } = imitating(planting);
  const found = labelNoise(model, labels);
  const planted = wrong.filter(Boolean).length;
  expect(Math.abs((found.noise * labels.length) / planted - 1)).toBeLessThan(0.2);
  const doubted = [...labels.keys()].filter((i) => isDoubted(found.right[i]!));
  const hits = doubted.filter((i) => wrong[i]);
  expect(hits.length / doubted.length).toBeGreaterThan(0.85);
  expect(hits.length / planted).toBeGreaterThan(0.75);
  for (const i of hits) {
    const [to] = planting.turned[likelierClass(found, i, labels[i]!)] ?? [];
    expect(to).toBe(labels[i]);
  }
  expect(found.evidence).toBeGreaterThan(3);
  const most = Math.max(...withoutErrors(model, found, random(0), 19).map((draw) => draw.doubted));
  expect(doubted.length).toBeGreaterThan(2 * most);
  for (const [from, [label, chance]] of Object.entries(planting.turned))
    expect(Math.abs(found.transition[Number(from) * planting.classes + label]! - chance)).toBeLessThan(0.1);
});

describe("classes that look alike", () => {
  /** Labels drawn from the model's own probabilities. */
  function alike(apart: number, classes: number, seed: number) {
    const { integer, normal, uniform } = random(seed);
    const probabilities = new Float64Array(1000 * classes);
    const labels = Array.from({ length: 1000 }, (_, i) => {
      const centre = integer(classes);
      const odds = Array.from({ length: classes }, (_, c) => Math.exp(normal() + (c === centre ? apart : 0)));
      const total = odds.reduce((sum, x) => sum + x, 0);
      odds.forEach((x, c) => {
        probabilities[i * classes + c] = x / total;
      });
      let [left, label] = [uniform() * total, 0];
      while (label < classes - 1 && left >= odds[label]!) left -= odds[label++]!;
      return label;
    });
    return { probabilities, labels, examples: Uint32Array.from({ length: 1000 }, (_, i) => i), classes };
  }

  test.each([0.5, 1, 2, 3, 4])("are no channel: %d apart", (apart) => {
    let taken = 0;
    for (let seed = 1; seed <= 5; seed++)
      for (const classes of [2, 3, 5]) if (imitatedNoise(alike(apart, classes, seed)) !== null) taken++;
    expect(taken).toBeLessThanOrEqual(1);
  });
});

test("the channel is read where the model is sure, without the confusions of the rest", () => {
  let [share, draws] = [0, 0];
  for (let seed = 1; seed <= 6; seed++) {
    const planting = { classes: 2, count: 1500, turned: { 0: [1, 0.25], 1: [0, 0.25] }, apart: 3.2, seed } as const;
    const { model, labels } = imitating(planting);
    const said = model.values.map(Math.exp) as Float64Array;
    const probabilities = said.map((x, at) => x / (x + said[at ^ 1]!));
    const examples = Uint32Array.from(labels.keys());
    const found = imitatedNoise({ probabilities, labels, examples, classes: 2 });
    if (found === null) continue;
    share += found.transition[1]! + found.transition[2]!;
    draws += 2;
  }
  expect(draws).toBeGreaterThan(2);
  expect(Math.abs(share / draws - 0.25)).toBeLessThan(0.03);
});

test("classes without sure examples are no channel", () => {
  const probabilities = Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.7, 0.3);
  const subject = { probabilities, labels: [0, 0, 1], examples: Uint32Array.of(0, 1, 2), classes: 2 };
  expect(imitatedNoise(subject)).toBeNull();
});

test("what a channel mixed is given back", () => {
  const transition = Float64Array.of(0.7, 0.3, 0, 0, 1, 0, 0.1, 0, 0.9);
  for (const p of [
    [1, 0, 0],
    [0.2, 0.8, 0],
    [0, 0, 1],
  ]) {
    const mixed = Float64Array.from({ length: 3 }, (_, k) =>
      p.reduce((sum, x, c) => sum + x * transition[c * 3 + k]!, 0),
    );
    const found = unmixed(mixed, transition);
    p.forEach((x, c) => {
      expect(Math.abs(found[c]! - x)).toBeLessThan(0.06);
    });
    expect(found.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 9);
  }
});
