import { expect, test } from "vitest";
import { resolveConfiguration } from "../../session/configuration.ts";
import { resolveAccumulation } from "../../session/options/accumulation.ts";
import { evaluationGrid, examplesAfter, lengthOf, parseBudget, type SizedArm, updatesFor } from "./budget.ts";
import { parseSeeds } from "./seeds.ts";

function arm(steps: number, options: Record<string, unknown> = {}, examples = 100): SizedArm {
  const configuration = resolveConfiguration(
    { model: "mlp", data: "iris", batchSize: 2, gradientAccumulationSteps: steps, ...options },
    {},
  );
  return {
    name: `2x${steps}`,
    configuration,
    accumulation: resolveAccumulation(configuration),
    examples,
  };
}

test.each([
  ["updates=100", { kind: "updates", value: 100 }],
  ["examples=5", { kind: "examples", value: 5 }],
  ["seconds=0.5", { kind: "seconds", value: 0.5 }],
  ["target-loss=-1.5", { kind: "target-loss", value: -1.5 }],
])("%s", (text, budget) => {
  expect(parseBudget(text)).toEqual(budget);
});

test.each([
  ["seconds=1e30", "31622400 seconds"],
  ["examples=1e30", "1000000000000 examples"],
  ["updates=1e12", "2147483647 updates"],
])("%s is longer than anybody waits for", (text, most) => {
  expect(() => parseBudget(text)).toThrow(`\`budget\`: expected at most ${most}, got "${text}"; ask for less`);
});

test.each([
  "",
  "updates",
  "updates=",
  "updates=0",
  "updates=1.5",
  "examples=-3",
  "seconds=0",
  "steps=5",
  "seconds=Infinity",
])("%j is no budget", (text) => {
  expect(() => parseBudget(text)).toThrow("`budget`: expected updates=N, examples=N, seconds=S or target-loss=X");
});

test("updates reach the examples, by counting windows of epochs whose last is cut", () => {
  for (const steps of [1, 4, 8]) {
    const one = arm(steps);
    let [seen, updates] = [0, 0];
    for (const wanted of [1, 2, 16, 99, 100, 101, 250, 400]) {
      while (seen < wanted) {
        seen = Math.min(seen + 2 * steps, 100 * (1 + Math.floor(seen / 100)));
        updates++;
      }
      expect([updatesFor(wanted, one), examplesAfter(updates, one)]).toEqual([updates, seen]);
    }
  }
});

test("evaluations are at whole updates of all arms, about twenty of them", () => {
  const examples = { kind: "examples", value: 3200 } as const;
  expect(evaluationGrid([arm(1), arm(4), arm(16)], examples)).toBe(160);
  expect(evaluationGrid([arm(1), arm(4)], { kind: "examples", value: 20 })).toBe(8);
  // 7 · 11 · 13 examples do not fit in: not more often than the largest update.
  expect(evaluationGrid([arm(7), arm(11), arm(13)], { kind: "updates", value: 20 })).toBe(26);
});

test.each([
  [{ kind: "updates", value: 7 }, { steps: 7 }],
  [{ kind: "examples", value: 24 }, { steps: 3 }],
  [
    { kind: "target-loss", value: 0.5 },
    { stopLoss: 0.5, steps: undefined },
  ],
  [
    { kind: "seconds", value: 2 },
    { stopSeconds: 2, epochs: 2 ** 31 - 1 },
  ],
] as const)("%j as options of train", (budget, options) => {
  expect(lengthOf(arm(4, { patience: 3 }), budget, 16)).toMatchObject({
    ...options,
    evaluateExamples: 16,
    patience: undefined,
  });
});

test.each([
  ["seconds", { schedule: "cosine" }, "`budget`: expected a schedule that needs no length with seconds, got cosine"],
  [
    "examples",
    { accumulationSchedule: "noise-scale", noiseScale: "on" },
    "`accumulationSchedule`: expected arms whose updates stay",
  ],
] as const)("a budget of %s with %j is refused", (kind, options, words) => {
  expect(() => lengthOf(arm(4, options), { kind, value: 10 }, 8)).toThrow(words);
});

test.each([
  ["3", [0, 1, 2]],
  ["4,7", [4, 7]],
  ["10..12", [10, 11, 12]],
])("seeds %s", (text, seeds) => {
  expect(parseSeeds(text)).toEqual(seeds);
});

test.each(["", "0", "4,4", "x", "5..3", "1001", "0..4294967295", "-1", "1,4294967296", "1.5"])(
  "%j names no seeds",
  (text) => {
    expect(() => parseSeeds(text)).toThrow("`seeds`: expected how many");
  },
);
