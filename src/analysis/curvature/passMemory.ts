import type { Model, Parameter } from "../../model/model.ts";
import type { Engine } from "../../runtime/engine.ts";
import { convert, type Tensor, tensor } from "../../tensor/tensor.ts";
import { type FlatLayout, flatLayout } from "../../training/flat.ts";
import type { ParameterSlice } from "./layout.ts";

export type Numbers = Float32Array | Float64Array;

/** The arrays that every session is bound to. Tensors start on boundaries that kernels like. */
export interface Memory {
  readonly precision: "float32" | "float64";
  readonly layout: FlatLayout;
  readonly parameters: Numbers;
  readonly vector: Numbers;
  /** Of each run at a time. */
  readonly results: readonly Numbers[];
  /** What does not change: running statistics, and parameters that are no variables. */
  readonly constants: Readonly<Record<string, Tensor>>;
}

export function memoryOf(
  { model, trained }: { readonly model: Model; readonly trained: readonly Parameter[] },
  engine: Engine,
  lanes: number,
): Memory {
  const precision = engine.name === "reference" ? "float64" : "float32";
  const layout = flatLayout(trained);
  const flat = () => (precision === "float64" ? new Float64Array(layout.length) : new Float32Array(layout.length));
  const variables = new Set(trained.map(({ name }) => name));
  const fixed = [...model.state, ...model.parameters.filter(({ name }) => !variables.has(name))];
  const constants = Object.fromEntries(fixed.map(({ name, initial }) => [name, convert(initial, precision)]));
  return {
    precision,
    layout,
    parameters: flat(),
    vector: flat(),
    results: Array.from({ length: lanes }, flat),
    constants,
  };
}

export function views({ layout, precision }: Memory, flat: Numbers, nameOf: (parameter: string) => string) {
  return Object.fromEntries(
    layout.entries.map(({ name, shape, offset }) => {
      const length = shape.reduce((product, axis) => product * axis, 1);
      return [nameOf(name), tensor(precision, shape, flat.subarray(offset, offset + length))];
    }),
  );
}

export function put(flat: Numbers, { entries }: FlatLayout, vector: Numbers, slices: readonly ParameterSlice[]): void {
  slices.forEach(({ offset, length }, i) => {
    flat.set(vector.subarray(offset, offset + length), entries[i]!.offset);
  });
}

/** sum += share · result. */
export function add(
  sum: Numbers,
  result: Numbers,
  { entries }: FlatLayout,
  slices: readonly ParameterSlice[],
  share: number,
): void {
  slices.forEach(({ offset, length }, i) => {
    const from = entries[i]!.offset;
    for (let at = 0; at < length; at++) sum[offset + at]! += share * result[from + at]!;
  });
}

export function putInitial({ parameters, layout, precision }: Memory, trained: readonly Parameter[]): void {
  trained.forEach(({ initial }, i) => {
    parameters.set(convert(initial, precision).data as Numbers, layout.entries[i]!.offset);
  });
}
