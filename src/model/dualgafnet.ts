import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { zeros } from "../tensor/tensor.ts";
import {
  batchNormalization,
  chain,
  filters,
  globalMean,
  type Layer,
  linear,
  linearOf,
  maxPool,
  relu,
} from "./layers.ts";
import type { Model, ModelInput } from "./model.ts";
import { imageShape, type ModelTask } from "./task.ts";

const WIDTHS = [8, 16] as const;

/**
 * Two convolutional branches, one for Gramian angular summation fields and one for difference fields, fused by
 * attention. An example is [2·series, size, size]: the summation field of every series, then the difference field of
 * every series (Wang & Oates 2015, arXiv:1506.00327, for the fields). Where the task has statistical features
 * [features] a third branch reads them, and they reach the logits past the gate too. The head begins with zeros there, so
 * that the network begins as a linear model of the features and the branches learn what that leaves.
 *
 *   a = branch(summation), b = branch(difference), c = max(0, linear(features))   each [N, 16]
 *   w = softmax(gate([a, b, c]))        [N, 2 or 3]: how much each branch is listened to, example by example
 *   logits = head([a·w₁, b·w₂, c·w₃]) + past(features)
 */
export function dualgafnet(task: ModelTask, random: Random): Model {
  const { shape, features } = task;
  const [channels] = imageShape("dualgafnet", task, 2);
  if (channels % 2 !== 0)
    throw new ShapeError(
      `dualgafnet: expected a summation and a difference field of every series, hence an even number of channels, got [${shape.join(", ")}]; use lenet or resnet`,
    );
  const width = WIDTHS[1];
  const branches = [branch("a", channels / 2, random), branch("b", channels / 2, random)];
  if (features !== undefined) branches.push(chain([linear("c.0", features, width, random), relu]));
  const gate = linear("g", branches.length * width, branches.length, random);
  const [head, past] = ends(branches.length * width, task, random);
  const layers = [...branches, gate, head, ...(past ? [past] : [])];
  return {
    name: "dualgafnet",
    inputs: inputsOf(task),
    parameters: layers.flatMap((layer) => layer.parameters),
    state: layers.flatMap((layer) => layer.state ?? []),
    forward(g, { inputs, ...given }) {
      const io = { ...given, newState: {} as Record<string, Value> };
      const seen = [part(g, inputs.x!, 0, channels / 2), part(g, inputs.x!, channels / 2, channels)];
      if (inputs.features) seen.push(inputs.features);
      const heard = branches.map((one, i) => one.forward(g, seen[i]!, io));
      const weights = g.softmax(gate.forward(g, g.concat(heard, 1), io), 1);
      const fused = heard.map((value, i) => g.mul(value, part(g, weights, i, i + 1)));
      const logits = head.forward(g, g.concat(fused, 1), io);
      return {
        logits: past ? g.add(logits, past.forward(g, inputs.features!, io)) : logits,
        state: io.newState,
      };
    },
  };
}

function inputsOf({ shape, features }: ModelTask): readonly ModelInput[] {
  const x: ModelInput = { name: "x", type: "float32", shape };
  return features === undefined ? [x] : [x, { name: "features", type: "float32", shape: [features] }];
}

/** What gives the logits: the head behind the gate and, where there are features, the layer that they take past it. */
function ends(width: number, { classes, features }: ModelTask, random: Random): [head: Layer, past?: Layer] {
  if (features === undefined) return [linear("h", width, classes, random)];
  return [linearOf("h", zeros("float32", [classes, width])), linear("s", features, classes, random)];
}

/**
 * Two convolutions with batch normalisation, half the pixels between them, then the mean over the field. Numbered as in
 * torch.nn.Sequential.
 */
function branch(name: string, from: number, random: Random): Layer {
  return chain([
    filters(`${name}.0`, { from, to: WIDTHS[0], kernel: 3, padding: 1 }, random),
    batchNormalization(`${name}.1`, WIDTHS[0]),
    relu,
    maxPool,
    filters(`${name}.4`, { from: WIDTHS[0], to: WIDTHS[1], kernel: 3, padding: 1 }, random),
    batchNormalization(`${name}.5`, WIDTHS[1]),
    relu,
    globalMean,
  ]);
}

/** Columns start … end − 1 of axis 1. */
function part(g: Builder, x: Value, start: number, end: number): Value {
  return g.slice(x, [1], [start], [end], [1]);
}
