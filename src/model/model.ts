import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import type { ElementType, Shape, Tensor } from "../tensor/tensor.ts";

/** A named array of a model and its value before training. */
export interface Parameter {
  readonly name: string;
  readonly initial: Tensor;
}

/** What a model reads, per example: the batch axis is not in `shape`. */
export interface ModelInput {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** "training" uses a mini-batch's own statistics in batch normalisation; "evaluation" the running ones. */
export type Mode = "training" | "evaluation";

export interface ForwardIo {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly parameters: Readonly<Record<string, Value>>;
  /** Running statistics: arrays that training changes but no gradient does. */
  readonly state: Readonly<Record<string, Value>>;
  readonly mode: Mode;
  /** The mask of a dropout layer, a factor for these values; undefined where the layer drops nothing. */
  readonly mask?: ((layer: string, dropped: Value) => Value | undefined) | undefined;
}

export interface ForwardResult {
  /** [N, …, classes]. */
  readonly logits: Value;
  /** New values of `state`, where the mode changes them. */
  readonly state: Readonly<Record<string, Value>>;
}

/** A place where training multiplies by a random mask of 0 and 1/(1 − rate): Srivastava et al. 2014, JMLR 15, §10. */
export interface DropoutLayer {
  readonly name: string;
  /** Probability of dropping a value that an imported file gives; undefined where whoever trains chooses. */
  readonly rate?: number | undefined;
}

/** A network as a function that adds its forward pass to a graph: one of ours, or one replayed from an `.onnx` file. */
export interface Model {
  readonly name: string;
  readonly inputs: readonly ModelInput[];
  readonly parameters: readonly Parameter[];
  readonly state: readonly Parameter[];
  /** Where training may drop values, in the order of the forward pass. */
  readonly dropout?: readonly DropoutLayer[] | undefined;
  /**
   * Whose variance of a mini-batch of n values the running statistics of an imported file take: its own (ONNX's rule),
   * or n/(n − 1) times it, what PyTorch estimates. Undefined where the file moves none, and in our own models, which
   * follow PyTorch.
   */
  readonly runningVariance?: "population" | "unbiased" | undefined;
  /**
   * Of an imported file with several outputs: the one that is trained, those that are not, and the weights that only
   * these read.
   */
  readonly outputs?:
    | { readonly trained: string; readonly others: readonly string[]; readonly untrained: readonly string[] }
    | undefined;
  forward(g: Builder, io: ForwardIo): ForwardResult;
}
