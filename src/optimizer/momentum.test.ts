import { describe, expect, test } from "vitest";
import { farthest, rough, type Walk, walk } from "../../test/optimizerWalk.ts";
import { oracleJson } from "../../test/oracle.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { lamb, lars } from "./layerWise.ts";
import { lion } from "./lion.ts";
import { nAdam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rAdam } from "./radam.ts";
import { rmsProp } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

interface Recorded {
  readonly schedules: Record<"one_cycle", { readonly lr: number[]; readonly momentum: number[] }>;
  readonly walks: Record<string, { readonly gradients: number[][]; readonly parameters: number[][] }>;
}

const { schedules, walks } = oracleJson<Recorded>("momentum_schedules.json");
const { lr, momentum } = schedules.one_cycle;

const table: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ momentum: 0.9 }),
  sgd_nesterov: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  rmsprop: rmsProp({ momentum: 0.5 }),
  adam: adam(),
  adamw: adamW({ weightDecay: 0.05 }),
  radam: rAdam(),
};

const recorded = (name: string): Walk => ({
  start: [1, -2, 0.5, 3],
  gradients: walks[name]!.gradients,
  rate: (step) => lr[step - 1]!,
  momentum: (step) => momentum[step - 1]!,
});

describe("under one-cycle, which moves rate and momentum,", () => {
  test("every recorded walk is compared", () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(walks).sort());
  });

  test.each(Object.entries(table))("%s follows torch.optim", async (name, optimizer) => {
    const { parameters } = walks[name]!;
    const exact = await walk(openReference(nativeEngine()), "float64", optimizer, recorded(name));
    expect(farthest(exact, parameters)).toBeLessThan(1e-9);
    expect(farthest(await walk(nativeEngine(), "float32", optimizer, recorded(name)), parameters)).toBeLessThan(1e-5);
  });
});

test.each<[string, Optimizer, (momentum: number) => Optimizer]>([
  ["sgd", sgd({ momentum: 0.9, nesterov: true }), (x) => sgd({ momentum: x, nesterov: true })],
  ["rmsprop", rmsProp({ momentum: 0.9, centered: true }), (x) => rmsProp({ momentum: x, centered: true })],
  ["adam", adam({ amsgrad: true }), (x) => adam({ beta1: x, amsgrad: true })],
  ["adamw", adamW(), (x) => adamW({ beta1: x })],
  ["radam", rAdam(), (x) => rAdam({ beta1: x })],
  ["lars", lars(), (x) => lars({ momentum: x })],
  ["lamb", lamb(), (x) => lamb({ beta1: x })],
  ["lion", lion(), (x) => lion({ beta1: x })],
])("%s with a momentum given in each step is the one that was made with it", async (_, moved, made) => {
  const reference = openReference(nativeEngine());
  for (const x of [0.5, 0.75]) {
    const path = await walk(reference, "float64", moved, { ...rough(), momentum: () => x });
    expect(farthest(path, await walk(reference, "float64", made(x), rough()))).toBeLessThan(1e-12);
    expect(farthest(path, await walk(reference, "float64", moved, rough()))).toBeGreaterThan(1e-4);
  }
});

test("optimizers say whether they have a momentum to move", () => {
  expect([sgd(), rmsProp(), lars({ momentum: 0 }), nAdam(), adagrad()].map((one) => one.momentum)).toEqual(
    Array(5).fill(undefined),
  );
  expect([...Object.values(table), lamb(), lion(), lars()].map((one) => one.momentum)).toEqual([
    ...["momentum", "momentum", "momentum", "beta1", "beta1", "beta1", "beta1", "beta1", "momentum"],
  ]);
});
