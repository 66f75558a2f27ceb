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
 * [features], a linear branch adds what they say to the logits and the head begins with zeros, so that the network
 * begins as logistic regression on the features and the fields teach it what that leaves.
 *
 *   a = branch(summation), b = branch(difference)   each [N, 16]
 *   w = softmax(gate([a, b]))                       [N, 2]: how much each is listened to, example by example
 *   logits = head([a·w₁, b·w₂]) + linear(features)
 */
export function dualgafnet(task: ModelTask, random: Random): Model {
  const { shape, classes, features } = task;
  const [channels] = imageShape("dualgafnet", task, 2);
  if (channels % 2 !== 0)
    throw new ShapeError(
      `dualgafnet: expected a summation and a difference field of every series, hence an even number of channels, got [${shape.join(", ")}]; use lenet or resnet`,
    );
  const width = 2 * WIDTHS[1];
  const branches = [branch("a", channels / 2, random), branch("b", channels / 2, random)];
  const gate = linear("g", width, branches.length, random);
  const described = features === undefined ? [] : [linear("c", features, classes, random)];
  const head = features === undefined ? linear("h", width, classes, random) : silent("h", width, classes);
  const layers = [...branches, gate, head, ...described];
  return {
    name: "dualgafnet",
    inputs: inputsOf(task),
    parameters: layers.flatMap((layer) => layer.parameters),
    state: layers.flatMap((layer) => layer.state ?? []),
    forward(g, { inputs, ...given }) {
      const io = { ...given, newState: {} as Record<string, Value> };
      const seen = [part(g, inputs.x!, 0, channels / 2), part(g, inputs.x!, channels / 2, channels)];
      const heard = branches.map((one, i) => one.forward(g, seen[i]!, io));
      const weights = g.softmax(gate.forward(g, g.concat(heard, 1), io), 1);
      const fused = heard.map((value, i) => g.mul(value, part(g, weights, i, i + 1)));
      const logits = head.forward(g, g.concat(fused, 1), io);
      const all = described.reduce((sum, one) => g.add(sum, one.forward(g, inputs.features!, io)), logits);
      return { logits: all, state: io.newState };
    },
  };
}

/** A linear layer that begins with 0. */
function silent(name: string, from: number, to: number): Layer {
  return linearOf(name, zeros("float32", [to, from]));
}

function inputsOf({ shape, features }: ModelTask): readonly ModelInput[] {
  const x: ModelInput = { name: "x", type: "float32", shape };
  return features === undefined ? [x] : [x, { name: "features", type: "float32", shape: [features] }];
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
