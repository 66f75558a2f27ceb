import { is, requireArguments } from "../tensor/arguments.ts";
import { type ParameterShape, parameterShape, placesOf } from "./directions.ts";

/**
 * Two layers with only positively homogeneous functions between them (Relu, LeakyRelu, pooling): f(a x) = a f(x) for
 * a > 0, so that `grown` × a and `shrunk` ÷ a leave what the network computes as it is.
 */
export interface HomogeneousPair {
  /** Names of the parameters whose scale the next layer can undo: weight and bias of the first layer. */
  readonly grown: readonly string[];
  /** The weight of the second layer, whose bias stays. */
  readonly shrunk: readonly string[];
}

/**
 * Other parameters of the same function: the first layer of every pair times `factor`, the second divided by it (Dinh
 * et al. 2017, arXiv:1703.04933, §5). No prediction changes, and so no property of the function does; a number that
 * changes measures how the function is written down.
 */
export function rescaledTwin(
  parameters: Float64Array,
  shapes: readonly ParameterShape[],
  pairs: readonly HomogeneousPair[],
  factor: number,
): Float64Array {
  requireArguments(
    "rescaledTwin",
    { parameters, shapes, pairs, factor },
    {
      parameters: is.numbers,
      shapes: is.listOf("shapes of parameters", parameterShape),
      pairs: is.listOf("pairs of layers", is.objectOf("a pair", { grown: is.list, shrunk: is.list })),
      factor: is.above0,
    },
  );
  const places = new Map(placesOf(shapes).map((place) => [place.name, place]));
  const twin = Float64Array.from(parameters);
  const multiply = (name: string, by: number) => {
    const { start, end } = places.get(name)!;
    for (let i = start; i < end; i++) twin[i]! *= by;
  };
  for (const { grown, shrunk } of pairs) {
    for (const name of grown) multiply(name, factor);
    for (const name of shrunk) multiply(name, 1 / factor);
  }
  return twin;
}
