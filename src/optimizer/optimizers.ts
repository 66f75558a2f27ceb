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

/** An optimizer by name: how to make it, and the learning rate to begin with where none is given. */
interface OptimizerEntry {
  readonly make: (options: never) => Optimizer;
  readonly learningRate: number;
}

/** Every optimizer by the name that a configuration gives. Rates are torch's defaults, or timm's for lars, lamb and lion. */
export const optimizers = {
  sgd: { make: sgd, learningRate: 0.01 },
  adam: { make: adam, learningRate: 0.001 },
  adamw: { make: adamW, learningRate: 0.001 },
  adagrad: { make: adagrad, learningRate: 0.01 },
  rmsprop: { make: rmsProp, learningRate: 0.01 },
  radam: { make: rAdam, learningRate: 0.001 },
  nadam: { make: nAdam, learningRate: 0.002 },
  adadelta: { make: adadelta, learningRate: 1 },
  lars: { make: lars, learningRate: 1 },
  lamb: { make: lamb, learningRate: 0.001 },
  lion: { make: lion, learningRate: 0.0001 },
} as const satisfies Record<string, OptimizerEntry>;

export type OptimizerName = keyof typeof optimizers;
