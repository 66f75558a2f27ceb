/** One training of the atlas: data, a network and the options of `train`, as plain data that a fault changes. */
import type { RunOptions } from "../../src/api/trainToRun.ts";

/** Inputs [size, …shape] and their target, with the axis of the examples first. */
export interface Part {
  readonly x: Float32Array;
  /** Classes, or numbers to predict. */
  readonly y: Float32Array;
}

export interface Examples {
  /** Of one example. */
  readonly shape: readonly number[];
  /** 0 where a number is predicted. */
  readonly classes: number;
  readonly train: Part;
  readonly validation: Part;
}

export type Activation = "relu" | "sigmoid" | "tanh" | "none";

export interface Network {
  /** Channels of convolutions 5 × 5, each halved by pooling; none for a multilayer perceptron. */
  readonly channels: readonly number[];
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** What stands after the last layer. */
  readonly output: Activation;
  /** Factor of all initial weights. */
  readonly weights: number;
  /** Added to the initial biases of the hidden layers. */
  readonly bias: number;
  /** One of ours by its name in place of all above; null for a file. */
  readonly named: string | null;
}

export type Options = Omit<RunOptions, "model" | "data" | "dir" | "name">;

export interface Setup {
  readonly examples: Examples;
  readonly network: Network;
  readonly options: Options;
}

/** One of the healthy trainings that faults are put into. */
export interface Subject {
  readonly name: string;
  /** The same for the same seed. */
  setup(seed: number): Promise<Setup>;
}

export const plain: Network = {
  channels: [],
  hidden: [64, 64],
  activation: "relu",
  output: "none",
  weights: 1,
  bias: 0,
  named: null,
};

export function withOptions(setup: Setup, options: Options): Setup {
  return { ...setup, options: { ...setup.options, ...options } };
}

export function withNetwork(setup: Setup, network: Partial<Network>): Setup {
  return { ...setup, network: { ...setup.network, ...network } };
}

export function withTrain(setup: Setup, train: Part): Setup {
  return { ...setup, examples: { ...setup.examples, train } };
}

export function withValidation(setup: Setup, validation: Part): Setup {
  return { ...setup, examples: { ...setup.examples, validation } };
}

/** The inputs of both parts, each number by itself. */
export function withInputs(setup: Setup, change: (value: number) => number): Setup {
  const changed = ({ x, y }: Part) => ({ x: x.map(change), y });
  const { train, validation } = setup.examples;
  return { ...setup, examples: { ...setup.examples, train: changed(train), validation: changed(validation) } };
}
