import { expect, test } from "vitest";
import { rough, walk } from "../../test/optimizerWalk.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { toNumbers } from "../tensor/tensor.ts";
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

const engine = openReference(nativeEngine());
const still = { beta1: 0 };

const table: Readonly<Record<string, Optimizer>> = {
  adam: adam(still),
  "adam of a large ε and a short memory": adam({ ...still, beta2: 0.7, epsilon: 0.1 }),
  amsgrad: adam({ ...still, amsgrad: true, epsilon: 0.01 }),
  adamw: adamW({ ...still, weightDecay: 0, epsilon: 0.01 }),
  rmsprop: rmsProp({ epsilon: 0.01 }),
  "rmsprop, centred": rmsProp({ centered: true, epsilon: 0.01 }),
  adagrad: adagrad({ initialAccumulator: 0.1, epsilon: 0.01 }),
  radam: rAdam({ ...still, epsilon: 0.01 }),
  nadam: nAdam({ ...still, epsilon: 0.01 }),
  adadelta: adadelta({ epsilon: 0.01 }),
  lamb: lamb({ ...still, epsilon: 0.01, largestNorm: Number.POSITIVE_INFINITY, weightDecay: 0 }),
};

test.each(Object.keys(table))("without momentum %s steps along D times the gradient", async (name) => {
  const optimizer = table[name]!;
  const { start, gradients } = rough();
  const own = optimizer.preconditioner;
  if (typeof own !== "function") throw new Error(`${name} has no D`);
  let before: Record<string, number[]> = { parameter: [...start], squaredChange: start.map(() => 0) };
  const walked = gradients.slice(0, 20);
  await walk(engine, "float64", optimizer, {
    start,
    gradients: walked,
    rate: () => 0.01,
    seen(memory, step) {
      const now = Object.fromEntries(Object.entries(memory).map(([key, tensor]) => [key, toNumbers(tensor)]));
      // What the step read: second moments with this gradient, all else as it was.
      const state: Record<string, number[]> = {
        ...now,
        ...(before.squaredChange && { squaredChange: before.squaredChange }),
      };
      const kept = Object.fromEntries(optimizer.state.map((key) => [key, Float64Array.from(state[key]!)]));
      const values = Float64Array.from(before.parameter!);
      const D = own({ values, state: kept, steps: step, decays: true } as never);
      const ratios = walked[step - 1]!.map((g, i) => (before.parameter![i]! - now.parameter![i]!) / (D[i]! * g));
      // The last element has no gradient, and where nothing was kept of it no D.
      for (const ratio of ratios.slice(1, 4)) expect(ratio / ratios[0]!).toBeCloseTo(1, 9);
      if (!name.startsWith("radam") && name !== "adagrad") expect(D[4]).toBe(0);
      if (name !== "radam" && name !== "nadam") expect(ratios[0]! / 0.01).toBeCloseTo(1, 9);
      before = now;
    },
  });
});

test("the others go along the gradient, its sign, or as far as norms say", () => {
  expect([sgd({ momentum: 0.9 }), lion(), lars()].map(({ preconditioner }) => preconditioner)).toEqual([
    undefined,
    "sign",
    "norms",
  ]);
});

test("LAMB weighs parameters by the step that its momentum would take", () => {
  const own = lamb({ weightDecay: 0.5, beta1: 0.5, beta2: 0.5 }).preconditioner as never as (kept: object) => number[];
  const state = { mean: Float32Array.of(0.5, 0), square: Float32Array.of(2, 8) };
  const D = own({ values: Float32Array.of(3, 4), state, steps: 1, decays: true });
  // v̂ = (4, 16), u = (1/2 + 1.5, 2), |θ|/|u| = 5/√8.
  expect(D[0]).toBeCloseTo(5 / Math.sqrt(8) / 2, 5);
  expect(D[1]).toBeCloseTo(5 / Math.sqrt(8) / 4, 5);
  const plain = own({ values: Float32Array.of(3, 4), state, steps: 1, decays: false });
  expect(plain[0]).toBeCloseTo(1 / 2, 5);
});
