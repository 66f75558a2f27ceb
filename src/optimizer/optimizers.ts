import type { Optimizer } from "./optimizer.ts";

/** An optimizer by name: how to make it, and what it is told where nothing is said. */
export interface OptimizerEntry {
  /** Its file is read only where it is made: names, defaults and help need none of them. */
  readonly load: () => Promise<(options: never) => Optimizer>;
  readonly learningRate: number;
  /** Default 0. */
  readonly weightDecay?: number;
  /** Every other option that it takes, with its default. */
  readonly options: Readonly<Record<string, number | boolean>>;
  /** Of these, those that it cannot do with at 0 though other optimizers can. */
  readonly above0?: readonly string[];
}

const adamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/**
 * Every optimizer by the name that a configuration gives; its options, defaults and help come from its row. Defaults
 * are torch's, or timm's for lars, lamb and lion (docs/optimizers.md).
 */
export const optimizers = {
  sgd: {
    load: async () => (await import("./sgd.ts")).sgd,
    learningRate: 0.01,
    options: { momentum: 0, dampening: 0, nesterov: false },
  },
  adam: {
    load: async () => (await import("./adam.ts")).adam,
    learningRate: 0.001,
    options: { ...adamOptions, amsgrad: false },
  },
  adamw: {
    load: async () => (await import("./adam.ts")).adamW,
    learningRate: 0.001,
    weightDecay: 0.01,
    options: { ...adamOptions, amsgrad: false },
  },
  adagrad: {
    load: async () => (await import("./adagrad.ts")).adagrad,
    learningRate: 0.01,
    options: { initialAccumulator: 0, epsilon: 1e-10 },
  },
  rmsprop: {
    load: async () => (await import("./rmsprop.ts")).rmsProp,
    learningRate: 0.01,
    options: { alpha: 0.99, epsilon: 1e-8, centered: false, momentum: 0 },
  },
  radam: { load: async () => (await import("./radam.ts")).rAdam, learningRate: 0.001, options: adamOptions },
  nadam: {
    load: async () => (await import("./nadam.ts")).nAdam,
    learningRate: 0.002,
    options: { ...adamOptions, momentumDecay: 4e-3 },
  },
  adadelta: {
    load: async () => (await import("./adadelta.ts")).adadelta,
    learningRate: 1,
    options: { rho: 0.9, epsilon: 1e-6 },
  },
  lars: {
    load: async () => (await import("./layerWise.ts")).lars,
    learningRate: 1,
    weightDecay: 1e-4,
    options: { momentum: 0.9, trustCoefficient: 0.001, epsilon: 1e-8, trustClip: false },
  },
  lamb: {
    load: async () => (await import("./layerWise.ts")).lamb,
    learningRate: 0.001,
    weightDecay: 0.01,
    options: { beta1: 0.9, beta2: 0.999, epsilon: 1e-6, largestNorm: 1, trustClip: false },
  },
  lion: {
    load: async () => (await import("./lion.ts")).lion,
    learningRate: 0.0001,
    options: { beta1: 0.9, beta2: 0.99 },
    above0: ["beta2"],
  },
} as const satisfies Record<string, OptimizerEntry>;

export type OptimizerName = keyof typeof optimizers;

type KeyOfAny<T> = T extends unknown ? keyof T : never;

/** The options that single optimizers have. */
export type OptimizerOption = KeyOfAny<(typeof optimizers)[OptimizerName]["options"]>;
