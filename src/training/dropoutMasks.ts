import { examplePlaces } from "../gradient/examplesFirst.ts";
import { addInput, addOutput, type Graph, newGraph, type Value } from "../graph/graph.ts";
import type { Model } from "../model/model.ts";
import { builder } from "../ops/builder.ts";
import { sizeOf, type Tensor, zeros } from "../tensor/tensor.ts";
import { declare, maskName } from "./graphs.ts";
import { type DropoutRates, fillMask, fillMaskOfMicroBatch, type MaskLayout } from "./masks.ts";

/** What is dropped, and the seed of its masks. */
export interface Dropping {
  readonly rates: DropoutRates;
  readonly seed: number;
}

/** Where a micro-batch stands in the run: masks follow it. */
export interface MaskedPlace {
  /** Micro-batches of the run before this one. */
  readonly microBatch: number;
  /** Examples taken before it, repetitions included; undefined where masks follow the micro-batch alone. */
  readonly example?: number | undefined;
}

/** Memory for the masks that a graph reads, by the names of its inputs. */
export interface Masks {
  readonly tensors: Readonly<Record<string, Tensor>>;
  fill(place: MaskedPlace): void;
}

export const noMasks: Masks = { tensors: {}, fill: () => {} };

/** Of a graph of the model on so many examples. */
export function masksOf(graph: Graph, model: Model, examples: number, { rates, seed }: Dropping): Masks {
  if (rates.size === 0) return noMasks;
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const layouts = maskLayouts(model, examples);
  const list = [...rates].flatMap(([name, rate], layer) => {
    const input = inputs.get(maskName(name));
    return input
      ? [{ name: input.name, mask: zeros(input.type, input.shape), rate, layer, layout: layouts.get(name) }]
      : [];
  });
  return {
    tensors: Object.fromEntries(list.map(({ name, mask }) => [name, mask])),
    fill({ microBatch, example }) {
      for (const { mask, rate, layer, layout } of list)
        if (layout && example !== undefined) fillMask(mask, rate, { seed, layer, example }, layout);
        else fillMaskOfMicroBatch(mask, rate, { seed, layer, microBatch });
    },
  };
}

/**
 * How the mask of each dropout layer is shared out among the examples. Without those whose values have no examples of
 * their own, or in which the examples cannot be followed (an imported file may do with its axes what it likes).
 */
export function maskLayouts(model: Model, examples: number): Map<string, MaskLayout> {
  const graph = newGraph(`${model.name}_dropped`);
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [examples, ...shape])]),
  );
  const dropped = new Map<string, Value>();
  const mask = (layer: string, value: Value) => {
    dropped.set(layer, value);
    return undefined;
  };
  const [parameters, state] = [declare(graph, model.parameters), declare(graph, model.state)];
  const { logits } = model.forward(builder(graph), { inputs, parameters, state, mode: "training", mask });
  addOutput(graph, "logits", logits);
  if (examples === 1) return new Map([...dropped.keys()].map((layer) => [layer, { examples, groups: 1 }]));
  const places = examplePlaces(graph, Object.keys(inputs));
  return new Map(
    [...dropped].flatMap(([layer, value]) => {
      const place = places(value);
      return place
        ? [[layer, { examples, groups: sizeOf(value.shape.slice(0, place.axis)) * place.outer }] as const]
        : [];
    }),
  );
}
