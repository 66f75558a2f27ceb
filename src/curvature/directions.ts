import { is, requireArguments } from "../tensor/arguments.ts";
import { random } from "../tensor/random.ts";
import { type Shape, sizeOf } from "../tensor/tensor.ts";

/** Where a parameter lies in the P numbers of all: they stand one after the other, in this order. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: Shape;
}

/** What `ParameterShape` must be, for callers without types. */
export const parameterShape = is.objectOf("a parameter", { name: is.text, shape: is.list });

/** As in net_plotter.py of the paper's code: keeps a filter of zeros from a division by zero. */
const TINY = 1e-10;

/** Each parameter with the places of its numbers, [start, end). */
export function placesOf(shapes: readonly ParameterShape[]): (ParameterShape & { start: number; end: number })[] {
  let end = 0;
  return shapes.map((parameter) => {
    const start = end;
    end += sizeOf(parameter.shape);
    return { ...parameter, start, end };
  });
}

/**
 * A random direction with every filter as long as the parameters' own (Li et al. 2018, arXiv:1712.09913, §4, and their
 * net_plotter.py): normal numbers, scaled filter by filter, where a filter is an entry of the first axis: an output of
 * a convolution [out, in, h, w] or linear layer [out, in], a token of an embedding. Parameters of at most one axis,
 * biases and the weights of normalisation, stay where they are. P numbers.
 */
export function filterNormalizedDirection(
  parameters: Float64Array,
  shapes: readonly ParameterShape[],
  seed: number,
): Float64Array {
  requireArguments(
    "filterNormalizedDirection",
    { parameters, shapes, seed },
    { parameters: is.numbers, shapes: is.listOf("shapes of parameters", parameterShape), seed: is.seed },
  );
  const { normal } = random(seed);
  return filterNormalized(
    parameters.map(() => normal()),
    parameters,
    shapes,
  );
}

/** `direction` with every filter as long as that of `parameters`, and zero for parameters of at most one axis. */
export function filterNormalized(
  direction: Float64Array,
  parameters: Float64Array,
  shapes: readonly ParameterShape[],
): Float64Array {
  requireArguments(
    "filterNormalized",
    { direction, parameters, shapes },
    { direction: is.numbers, parameters: is.numbers, shapes: is.listOf("shapes of parameters", parameterShape) },
  );
  const result = new Float64Array(parameters.length);
  for (const { shape, start, end } of placesOf(shapes)) {
    if (shape.length <= 1) continue;
    const size = (end - start) / shape[0]!;
    for (let at = start; at < end; at += size) {
      const scale = lengthOf(parameters, at, size) / (lengthOf(direction, at, size) + TINY);
      for (let i = at; i < at + size; i++) result[i] = direction[i]! * scale;
    }
  }
  return result;
}

function lengthOf(numbers: Float64Array, start: number, size: number): number {
  let sum = 0;
  for (let i = start; i < start + size; i++) sum += numbers[i]! ** 2;
  return Math.sqrt(sum);
}
