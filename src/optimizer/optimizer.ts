import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import type { Shape } from "../tensor/tensor.ts";
import type { Preconditioner } from "./preconditioner.ts";

/**
 * What one optimizer step reads. All arrays have one shape; scalars are graph INPUTS, so a schedule never changes the
 * graph.
 */
export interface UpdateInputs {
  readonly parameter: Value;
  /** Mean gradient over the effective batch, after clipping. */
  readonly gradient: Value;
  /** One value per name of `Optimizer.state`. */
  readonly state: Readonly<Record<string, Value>>;
  /** [] the learning rate η of this step. */
  readonly learningRate: Value;
  /** [] counts optimizer steps (not micro-batches) and is 1 on the first. */
  readonly step: Value;
  /** [] where a schedule moves the option that `Optimizer.momentum` names: takes its place in this step. */
  readonly momentum?: Value | undefined;
  /** Whether these parameters are of a group that weight decay applies to. */
  readonly decays: boolean;
}

export interface UpdateOutputs {
  readonly parameter: Value;
  readonly state: Readonly<Record<string, Value>>;
}

/** Parameters that are treated alike. */
export interface ParameterGroup {
  /** False: no weight decay, and none of the scaling by norms that LARS and LAMB add. */
  readonly decays: boolean;
  /** Factor of the learning rate; at 0 the parameters and their state stay as they are. */
  readonly learningRateScale: number;
}

export const oneGroup: ParameterGroup = { decays: true, learningRateScale: 1 };

/**
 * An optimizer as a pure graph function, element by element, so that it runs on any slice of the flat parameter array.
 * What never changes during a run (betas, momentum unless a schedule moves it) is a constant inside.
 */
export interface Optimizer {
  readonly name: string;
  readonly state: readonly string[];
  /** What every element of a state starts at, where that is not 0. */
  readonly initial?: Readonly<Record<string, number>>;
  /** True for one that takes norms: `parameter` is then one whole parameter, and nothing else. */
  readonly layerWise?: boolean;
  /**
   * Its option that a schedule of momentum moves, as torch's one-cycle and cyclic do; undefined where it has none, or
   * has it at 0.
   */
  readonly momentum?: "momentum" | "beta1" | undefined;
  /**
   * Largest global norm of the mean gradient, where clipping to it is part of the algorithm; without the 1e-6 of
   * `clipNorm`.
   */
  readonly largestNorm?: number;
  /** How its update follows the gradient; undefined where it is along the gradient itself. */
  readonly preconditioner?: Preconditioner | undefined;
  /** Default: all parameters are of `oneGroup`. */
  groupOf?(parameter: { readonly name: string; readonly shape: Shape }): ParameterGroup;
  update(g: Builder, inputs: UpdateInputs): UpdateOutputs;
}
