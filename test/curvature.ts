import type { Dataset } from "../src/data/dataset.ts";
import { tensorDataset } from "../src/data/tensorDataset.ts";
import type { Model } from "../src/model/model.ts";
import { fromNumbers, type Shape, sizeOf } from "../src/tensor/tensor.ts";
import { oracleJson } from "./oracle.ts";

/** What PyTorch found for a tanh network of 57 numbers in float64. */
export interface CurvatureOracle {
  readonly X: number[][];
  readonly Y: number[];
  readonly parameters: number[];
  readonly loss: number;
  readonly gradient: number[];
  readonly vector: number[];
  readonly hessian_vector_product: number[];
  /** Ascending. */
  readonly eigenvalues: number[];
  readonly trace: number;
}

export const curvatureOracle = (): CurvatureOracle => oracleJson<CurvatureOracle>("curvature.json");

/** tanh((x + low)·W1 + b1)·W2 + b2 over these sizes, its parameters cut from `flat`. */
export function tanhNetwork(sizes: readonly [number, number, number], flat: ArrayLike<number>): Model {
  const [features, hidden, classes] = sizes;
  const shapes: [string, Shape][] = [
    ["first.W1", [features, hidden]],
    ["first.b1", [hidden]],
    ["second.W2", [hidden, classes]],
    ["second.b2", [classes]],
  ];
  let start = 0;
  const parameters = shapes.map(([name, shape]) => {
    const numbers = Array.from({ length: sizeOf(shape) }, (_, i) => flat[start + i]!);
    start += numbers.length;
    return { name, initial: fromNumbers("float32", shape, numbers) };
  });
  return {
    name: "tanh network",
    inputs: ["x", "low"].map((name) => ({ name, type: "float32", shape: [features] })),
    parameters,
    state: [],
    forward: (g, { inputs, parameters: p }) => {
      const hidden = g.tanh(g.gemm(g.add(inputs.x!, inputs.low!), p["first.W1"]!, p["first.b1"]));
      return { logits: g.gemm(hidden, p["second.W2"]!, p["second.b2"]), state: {} };
    },
  };
}

/** Numbers and their classes. What float32 cuts off of a number comes in as `low`, so that float64 has it all. */
export function numbersAndClasses(rows: readonly (readonly number[])[], classes: readonly number[]): Dataset {
  const shape = [rows.length, rows[0]!.length];
  const [x, low] = [rows.flat().map(Math.fround), rows.flat().map((value) => value - Math.fround(value))];
  return tensorDataset("numbers", {
    inputs: { x: fromNumbers("float32", shape, x), low: fromNumbers("float32", shape, low) },
    target: fromNumbers("int64", [classes.length], classes),
  });
}

/** Its network and data. */
export function oracleNetwork(known: CurvatureOracle): { readonly model: Model; readonly data: Dataset } {
  return { model: tanhNetwork([5, 6, 3], known.parameters), data: numbersAndClasses(known.X, known.Y) };
}
