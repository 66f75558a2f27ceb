import { expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { type OptimizerEntry, type OptimizerName, optimizers } from "./optimizers.ts";
import {
  type BatchChange,
  isOfRateAlone,
  missedPremise,
  type ScaledOptimizer,
  type ScaleRule,
  scaledConstants,
  scaleRules,
} from "./scaleRules.ts";

/** An optimizer as the table has it, at the rate 0.001. */
function made(optimizer: OptimizerName, changed: Partial<ScaledOptimizer> = {}): ScaledOptimizer {
  const { weightDecay = 0, options }: OptimizerEntry = optimizers[optimizer];
  return { optimizer, ...options, weightDecay, learningRate: 0.001, ...changed };
}

const names = Object.keys(optimizers) as OptimizerName[];
const four = (rule: ScaleRule, more: Partial<BatchChange> = {}): BatchChange => ({
  rule,
  ratio: 4,
  exponent: 0.75,
  ...more,
});

test.each<[OptimizerName, ScaleRule, Partial<ScaledOptimizer>]>([
  ["adamw", "none", {}],
  ["adamw", "sqrt", { learningRate: 0.002 }],
  ["adamw", "linear", { learningRate: 0.004 }],
  ["adamw", "sde", { learningRate: 0.002, beta1: 0.6, beta2: 0.996, epsilon: 5e-9, weightDecay: 0.02 }],
  ["adam", "sde", { learningRate: 0.002, beta1: 0.6, beta2: 0.996, epsilon: 5e-9 }],
  ["rmsprop", "sde", { learningRate: 0.002, alpha: 0.96, epsilon: 5e-9 }],
  ["sgd", "sde", { learningRate: 0.004 }],
  ["adamw", "half-life", { beta2: 0.999 ** 4 }],
  ["adamw", "power-lines", { weightDecay: 0.04 }],
  ["adamw", "measured", { learningRate: 0.001 * 4 ** 0.75 }],
  ["sgd", "measured", { learningRate: 0.001 * 4 ** 0.75 }],
])("%s by %s at four times the batch", (optimizer, rule, changed) => {
  const given = made(optimizer);
  const { learningRate, weightDecay, beta1, beta2, alpha, epsilon } = { ...given, ...changed };
  const scaled = scaledConstants(given, four(rule));
  const expected = { learningRate, weightDecay, beta1, beta2, alpha, epsilon };
  for (const [name, value] of Object.entries(expected)) {
    const found = scaled[name as keyof typeof scaled];
    if (value === undefined) expect(found).toBeUndefined();
    else expect(Math.abs(found! / value - 1) || 0).toBeLessThan(1e-12);
  }
});

test("with the batch that it was meant for, no rule changes a bit", () => {
  let tried = 0;
  for (const optimizer of names)
    for (const rule of scaleRules) {
      const given = made(optimizer, { weightDecay: 0.01, momentum: undefined });
      let scaled: ReturnType<typeof scaledConstants>;
      try {
        scaled = scaledConstants(given, { rule, ratio: 1, exponent: 0.7, weightDecayRule: "none" });
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        continue;
      }
      tried++;
      const { learningRate, weightDecay, beta1, alpha, epsilon } = given;
      expect(scaled).toMatchObject({ learningRate, weightDecay, beta1, alpha, epsilon });
      expect(Math.abs((scaled.beta2 ?? 0) - (given.beta2 ?? 0))).toBeLessThan(1e-15);
    }
  expect(tried).toBeGreaterThan(names.length * 4);
});

test("weight decay follows where it is asked for, whatever the rule", () => {
  const scaled = (rule: ScaleRule, more: Partial<BatchChange>, optimizer: OptimizerName = "adamw") =>
    scaledConstants(made(optimizer, { weightDecay: 0.01 }), four(rule, more)).weightDecay;
  expect(scaled("sqrt", { weightDecayRule: "timescale" })).toBe(0.02);
  expect(scaled("linear", { weightDecayRule: "timescale" }, "sgd")).toBe(0.01);
  expect(scaled("none", { weightDecayRule: "timescale" }, "lion")).toBe(0.04);
  expect(scaled("sde", { weightDecayRule: "none" })).toBe(0.01);
  // What lies in the gradient is part of what is scaled.
  expect(scaled("sde", {}, "adam")).toBe(0.01);
});

test("a half-life that is given sets β₂ beside a rule of the rate", () => {
  const { beta2, learningRate } = scaledConstants(made("adamw"), four("sqrt", { halfLifeUpdates: 1000 }));
  expect(beta2).toBeCloseTo(0.5 ** (1 / 1000), 14);
  expect(learningRate).toBe(0.002);
});

test.each<[string, ScaledOptimizer, BatchChange, string]>([
  [
    "lamb",
    made("lamb"),
    four("sde"),
    "expected an optimizer whose equation sde knows (sgd, rmsprop, adam, adamw), got lamb",
  ],
  ["momentum", made("sgd", { momentum: 0.9 }), four("sde"), "expected no `momentum` beside sde"],
  ["AMSGrad", made("adam", { amsgrad: true }), four("sde"), "expected no `amsgrad` beside sde"],
  ["a centred square", made("rmsprop", { centered: true }), four("sde"), "expected no `centered` beside sde"],
  [
    "no time for a mean",
    made("adamw"),
    { rule: "sde", ratio: 16 },
    "`lrScale`: expected at most 10 times the base batch for sde with `beta1` 0.9, got 16 times",
  ],
  ["no β₂", made("sgd"), four("half-life"), "expected an optimizer with `beta2` for half-life, got sgd"],
  [
    "no β₂ either",
    made("rmsprop"),
    four("none", { halfLifeUpdates: 9 }),
    "`beta2HalfLife`: expected an optimizer with",
  ],
  [
    "two rules of β₂",
    made("adam"),
    four("sde", { halfLifeUpdates: 9 }),
    "`beta2HalfLife`: expected a rule that leaves",
  ],
  [
    "decay in the gradient",
    made("adam", { weightDecay: 0.1 }),
    four("power-lines"),
    "decoupled weight decay for power-lines",
  ],
  [
    "its time scale",
    made("adam", { weightDecay: 0.1 }),
    four("sqrt", { weightDecayRule: "timescale" }),
    "has a time scale",
  ],
  ["no decay", made("adamw", { weightDecay: 0 }), four("power-lines"), "`weightDecay`: expected more than 0"],
  [
    "a rate beyond all",
    made("sgd"),
    { rule: "measured", ratio: 4, exponent: 600 },
    "`learningRate`: expected a finite number above 0",
  ],
  [
    "a rate of nothing",
    made("sgd"),
    { rule: "measured", ratio: 4, exponent: -600 },
    "`learningRate`: expected a finite number above 0",
  ],
  ["no exponent", made("sgd"), { rule: "measured", ratio: 4 }, "got NaN"],
])("%s is refused", (_, given, change, message) => {
  expect(() => scaledConstants(given, change)).toThrow(UsageError);
  expect(() => scaledConstants(given, change)).toThrow(message);
});

test("a premise that an optimizer misses is known", () => {
  const missed = (rule: ScaleRule) => names.filter((name) => missedPremise(rule, name) !== null);
  expect(missed("linear")).toEqual(names.filter((name) => name !== "sgd" && name !== "lars"));
  expect(missed("half-life")).toEqual(["lion"]);
  expect(missed("power-lines")).toEqual(["lion"]);
  for (const rule of ["none", "sqrt", "sde", "measured"] as const) expect(missed(rule)).toEqual([]);
});

test("only a rule of the rate alone can follow windows that change", () => {
  expect(scaleRules.filter((rule) => isOfRateAlone({ rule, ratio: 1 }))).toEqual([
    "none",
    "sqrt",
    "linear",
    "measured",
  ]);
  expect(isOfRateAlone({ rule: "sqrt", ratio: 1, weightDecayRule: "timescale" })).toBe(false);
  expect(isOfRateAlone({ rule: "sqrt", ratio: 1, halfLifeUpdates: 5 })).toBe(false);
});
