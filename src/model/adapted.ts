import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { type Shape, sizeOf } from "../tensor/tensor.ts";
import type { Model, ModelInput } from "./model.ts";

/**
 * A model of one input as one that reads `given`: under that name whatever its own is, since exporters call it
 * `input.1`, `images` or `conv2d_input`. Where the shape tells how, the layout is changed too:
 *
 *   [C, H, W] to [H, W, C]     images with channels last
 *   [1, H, W] to [H, W]        axes of one element, anywhere
 *   [1, H, W] to [H · W]       grey images in a row; of colours nobody knows the order
 *   int64 to int32             tokens
 *
 * `undefined` where the model has other inputs.
 */
export function adapted(model: Model, given: ModelInput): Model | undefined {
  const [own, ...others] = model.inputs;
  if (!own || others.length > 0) return undefined;
  const arrange = arrangement(given.shape, own.shape);
  const castable = given.type === own.type || (given.type === "int64" && own.type === "int32");
  if (!arrange || !castable) return undefined;
  return {
    ...model,
    inputs: [given],
    forward: (g, io) => {
      const read = arrange(g, g.cast(io.inputs[given.name]!, own.type));
      return model.forward(g, { ...io, inputs: { [own.name]: read } });
    },
  };
}

/** How examples of one shape become those of another; the examples stay on axis 0. */
function arrangement(from: Shape, to: Shape): ((g: Builder, x: Value) => Value) | undefined {
  const reshaped = (g: Builder, x: Value) => g.reshape(x, [x.shape[0]!, ...to]);
  const long = (shape: Shape) => shape.filter((size) => size !== 1);
  const [channels = 0, ...size] = from;
  if (equalShapes(long(from), long(to))) return reshaped;
  if (to.length === 1 && long(from).length === 2 && sizeOf(from) === to[0]) return reshaped;
  if (from.length === 3 && equalShapes(to, [...size, channels])) return (g, x) => g.transpose(x, [0, 2, 3, 1]);
  return undefined;
}
