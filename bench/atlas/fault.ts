import type { Setup } from "./setup.ts";

/** A change of a healthy training in one place, as users make it without noticing. */
export interface Fault {
  readonly name: string;
  /** The findings that name its cause, the best first; any is right, for one fault shows in several ways. */
  readonly kinds: readonly string[];
  /** All patches that are known to mend it, in words; one is to undo it. */
  readonly repairs: readonly string[];
  /** Null where this training cannot have it. */
  put(setup: Setup, seed: number): Setup | null;
}

export const isClassifier = ({ examples }: Setup) => examples.classes > 0;
export const isMlp = ({ network }: Setup) => network.channels.length === 0;
export const isAdam = ({ options }: Setup) => options.optimizer !== "sgd";

export const tooHigh = ["learning-rate-too-high", "exploding-gradients", "not-finite", "oscillation"];
export const tooLow = ["learning-rate-too-low", "too-few-updates", "plateau"];
