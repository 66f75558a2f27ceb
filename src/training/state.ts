import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type FlatLayout, flatLayout, flatParameters, viewOf, viewsOf } from "./flat.ts";

/** Everything that training changes, in flat arrays of one layout. Sessions are bound to this memory. */
export interface TrainingState {
  readonly layout: FlatLayout;
  readonly parameters: Float32Array;
  /** Σ w·∇ℓ of the window so far. */
  readonly sums: Float32Array;
  /** One array per name of `Optimizer.state`. */
  readonly moments: Readonly<Record<string, Float32Array>>;
  /** Running statistics by name. */
  readonly running: Readonly<Record<string, Tensor>>;
}

/** The state before the first step: the model's initial values, the optimizer's, and zeros. */
export function newTrainingState(model: Model, optimizer: Optimizer): TrainingState {
  requireArguments("newTrainingState", { model, optimizer }, { model: is.model, optimizer: is.optimizer });
  const layout = flatLayout(model.parameters);
  return {
    layout,
    parameters: flatParameters(model.parameters, layout),
    sums: new Float32Array(layout.length),
    moments: Object.fromEntries(
      optimizer.state.map((name) => [name, new Float32Array(layout.length).fill(optimizer.initial?.[name] ?? 0)]),
    ),
    running: Object.fromEntries(
      model.state.map(({ name, initial }) => [name, { ...initial, data: (initial.data as Float32Array).slice() }]),
    ),
  };
}

/** The model with a state's tensors, which stay shared with it, in place of its own initial values. */
export function modelAt(model: Model, { layout, parameters, running }: TrainingState): Model {
  const trained = layout.entries.map((entry) => ({ name: entry.name, initial: viewOf(parameters, entry) }));
  const statistics = model.state.map(({ name }) => ({ name, initial: running[name]! }));
  return { ...model, parameters: trained, state: statistics };
}

/** Parameters and running statistics under their own names, as graphs read them. */
export function modelTensors(state: TrainingState): Record<string, Tensor> {
  return { ...viewsOf(state.parameters, state.layout), ...state.running };
}
