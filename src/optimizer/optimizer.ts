import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";

/** What one optimizer step reads. All arrays have one shape; scalars are graph INPUTS, so a schedule never changes the graph. */
export interface UpdateInputs {
  readonly parameter: Value;
  /** Mean gradient over the effective batch, after clipping. */
  readonly gradient: Value;
  /** One value per name of `Optimizer.state`; all start at 0. */
  readonly state: Readonly<Record<string, Value>>;
  /** [] the learning rate η of this step. */
  readonly learningRate: Value;
  /** [] counts optimizer steps (not micro-batches) and is 1 on the first. */
  readonly step: Value;
}

export interface UpdateOutputs {
  readonly parameter: Value;
  readonly state: Readonly<Record<string, Value>>;
}

/**
 * An optimizer as a pure graph function, element by element, so that it runs on any slice of the flat parameter array.
 * What never changes during a run (momentum, betas) is a constant inside.
 */
export interface Optimizer {
  readonly name: string;
  readonly state: readonly string[];
  update(g: Builder, inputs: UpdateInputs): UpdateOutputs;
}
