import { expect, test } from "vitest";
import { walk } from "../../test/optimizerWalk.ts";
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

const betas = { beta1: 0.9, beta2: 0.999 };

/** What is left out, and the values that docs/optimizers.md names. */
test.each<[Optimizer, Optimizer]>([
  [sgd(), sgd({ momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 })],
  [adam(), adam({ ...betas, epsilon: 1e-8, weightDecay: 0, amsgrad: false })],
  [adamW(), adamW({ ...betas, epsilon: 1e-8, weightDecay: 0.01, amsgrad: false })],
  [nAdam(), nAdam({ ...betas, epsilon: 1e-8, weightDecay: 0, momentumDecay: 4e-3 })],
  [rAdam(), rAdam({ ...betas, epsilon: 1e-8, weightDecay: 0 })],
  [adadelta(), adadelta({ rho: 0.9, epsilon: 1e-6, weightDecay: 0 })],
  [adagrad(), adagrad({ initialAccumulator: 0, epsilon: 1e-10, weightDecay: 0 })],
  [rmsProp(), rmsProp({ alpha: 0.99, epsilon: 1e-8, centered: false, momentum: 0, weightDecay: 0 })],
  [lion(), lion({ beta1: 0.9, beta2: 0.99, weightDecay: 0 })],
  [lars(), lars({ momentum: 0.9, weightDecay: 1e-4, trustCoefficient: 0.001, epsilon: 1e-8, trustClip: false })],
  [lamb(), lamb({ ...betas, epsilon: 1e-6, weightDecay: 0.01, largestNorm: 1, trustClip: false })],
])("defaults of $name", async (left, named) => {
  const gradients = [
    [0.5, -1e-6, 3],
    [-0.2, 1e-6, 0.1],
    [0.4, 2e-6, -1],
  ];
  const path = { start: [10, -20, 30], gradients, rate: () => 0.1 };
  const reference = openReference(nativeEngine());
  expect(await walk(reference, "float64", left, path)).toEqual(await walk(reference, "float64", named, path));
  const { update: _left, preconditioner: byLeft, ...ofLeft } = left;
  const { update: _named, preconditioner: byNamed, ...ofNamed } = named;
  const kept = Object.fromEntries(left.state.map((name) => [name, Float32Array.of(0.3, 1e-9, 20)]));
  const own = { values: Float32Array.of(1, -2, 3), state: kept, steps: 3, decays: true };
  const scaled = (by: typeof byLeft) => (typeof by === "function" ? by(own) : by);
  expect(scaled(byLeft)).toEqual(scaled(byNamed));
  expect(ofLeft).toEqual(ofNamed);
});
