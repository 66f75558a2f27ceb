import { describe, expect, test } from "vitest";
import { farthest, rough, walk } from "../../test/optimizerWalk.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { lamb, lars } from "./layerWise.ts";
import { lion } from "./lion.ts";
import { nAdam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rAdam } from "./radam.ts";
import { rmsProp } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

describe("a group without decay", () => {
  const reference = openReference(nativeEngine());
  const without = { ...rough(), decays: false };

  test.each([
    ["sgd", sgd({ momentum: 0.9, weightDecay: 0.1 }), sgd({ momentum: 0.9 })],
    ["lars takes the plain step of momentum", lars(), sgd({ momentum: 0.9 })],
    ["lamb takes Adam's step", lamb(), adam({ epsilon: 1e-6 })],
    ["adam", adam({ weightDecay: 0.1 }), adam()],
    ["adamw", adamW({ weightDecay: 0.1 }), adam()],
    ["adagrad", adagrad({ weightDecay: 0.1 }), adagrad()],
    ["rmsprop", rmsProp({ weightDecay: 0.1 }), rmsProp()],
    ["adadelta", adadelta({ weightDecay: 0.1 }), adadelta()],
    ["radam", rAdam({ weightDecay: 0.1 }), rAdam()],
    ["nadam", nAdam({ weightDecay: 0.1 }), nAdam()],
    ["lion", lion({ weightDecay: 0.1 }), lion()],
  ])("%s has none", async (_, decayed, plainly) => {
    const expected = await walk(reference, "float64", plainly, without);
    expect(farthest(await walk(reference, "float64", decayed, without), expected)).toBeLessThan(1e-12);
    expect(farthest(await walk(reference, "float64", decayed, rough()), expected)).toBeGreaterThan(1e-4);
  });
});

describe("a norm of 0 leaves the plain step", () => {
  const stepped = async (optimizer: Optimizer, start: number[], gradient: number[]) => {
    const [end] = await walk(openReference(nativeEngine()), "float64", optimizer, {
      start,
      gradients: [gradient],
      rate: () => 0.1,
    });
    return end!.map((value) => Number(value.toFixed(6)));
  };

  test("to lars", async () => {
    expect(await stepped(lars(), [0, 0], [1, -2])).toEqual([-0.1, 0.2]);
    expect(await stepped(lars({ weightDecay: 0.5 }), [1, -1], [0, 0])).toEqual([0.95, -0.95]);
  });

  test("to lamb", async () => {
    expect(await stepped(lamb(), [0, 0], [1, -2])).toEqual([-0.1, 0.1]);
    expect(await stepped(lamb({ weightDecay: 0 }), [1, -1], [0, 0])).toEqual([1, -1]);
  });
});

test("centred RMSProp stays a number where gradients stay the same", async () => {
  const gradient = Array.from({ length: 200 }, (_, i) => (i + 1) / 7);
  const steady = { start: gradient, gradients: Array(400).fill(gradient), rate: () => 1e-6 };
  const path = await walk(nativeEngine(), "float32", rmsProp({ alpha: 0.9, centered: true }), steady);
  expect(path.at(-1)!.every(Number.isFinite)).toBe(true);
});

test.each([
  ["sgd", () => sgd({ momentum: 1 }), "sgd: expected momentum to be at least 0 and below 1, got 1"],
  ["nesterov", () => sgd({ nesterov: true }), "sgd: expected nesterov to be false without momentum"],
  ["dampened", () => sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 }), "expected nesterov to be false"],
  ["adam", () => adam({ beta1: -0.1 }), "adam: expected beta1 to be at least 0 and below 1, got -0.1"],
  ["adamw", () => adamW({ epsilon: 0 }), "adamw: expected epsilon to be above 0, got 0"],
  ["adagrad", () => adagrad({ initialAccumulator: -1 }), "adagrad: expected initialAccumulator to be at least 0"],
  ["rmsprop", () => rmsProp({ alpha: 1 }), "rmsprop: expected alpha"],
  ["adadelta", () => adadelta({ rho: 2 }), "adadelta: expected rho"],
  ["radam", () => rAdam({ weightDecay: -1 }), "radam: expected weightDecay to be at least 0, got -1"],
  ["nadam", () => nAdam({ momentumDecay: 0 }), "nadam: expected momentumDecay to be above 0, got 0"],
  ["lars", () => lars({ trustCoefficient: 0 }), "lars: expected trustCoefficient to be above 0"],
  ["lamb", () => lamb({ largestNorm: 0 }), "lamb: expected largestNorm to be above 0, got 0"],
  ["lion", () => lion({ beta2: 0 }), "lion: expected beta2 to be above 0, got 0"],
])("%s refuses an option out of its domain", (_, make, message) => {
  expect(make).toThrow(message);
});
