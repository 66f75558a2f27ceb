import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { batchNormalization, chain, filters, globalMean, type Layer, linear, maxPool, relu } from "./layers.ts";
import type { Model } from "./model.ts";
import { imageShape, type ModelTask } from "./task.ts";

const WIDTHS = [8, 16] as const;

/**
 * Two convolutional branches, one for Gramian angular summation fields and one for difference fields, fused by attention. An example is
 * [2·series, size, size]: the summation field of every series, then the difference field of every series (Wang & Oates 2015,
 * arXiv:1506.00327, for the fields).
 *
 *   a = branch(summation), b = branch(difference)   each [N, 16]
 *   w = softmax(gate([a, b]))                       [N, 2]: how much each field is listened to, example by example
 *   logits = head([a·w₁, b·w₂])
 */
export function dualgafnet(task: ModelTask, random: Random): Model {
  const { shape, classes } = task;
  const [channels] = imageShape("dualgafnet", task, 2);
  if (channels % 2 !== 0)
    throw new ShapeError(
      `dualgafnet: expected a summation and a difference field of every series, hence an even number of channels, got [${shape.join(", ")}]; use lenet or resnet`,
    );
  const branches = [branch("a", channels / 2, random), branch("b", channels / 2, random)] as const;
  const gate = linear("g", 2 * WIDTHS[1], 2, random);
  const head = linear("h", 2 * WIDTHS[1], classes, random);
  const layers = [...branches, gate, head];
  return {
    name: "dualgafnet",
    inputs: [{ name: "x", type: "float32", shape }],
    parameters: layers.flatMap((layer) => layer.parameters),
    state: layers.flatMap((layer) => layer.state ?? []),
    forward(g, { inputs, ...given }) {
      const io = { ...given, newState: {} as Record<string, Value> };
      const fields = [part(g, inputs.x!, 1, 0, channels / 2), part(g, inputs.x!, 1, channels / 2, channels)] as const;
      const [a, b] = [branches[0].forward(g, fields[0], io), branches[1].forward(g, fields[1], io)];
      const weights = g.softmax(gate.forward(g, g.concat([a, b], 1), io), 1);
      const fused = g.concat([g.mul(a, part(g, weights, 1, 0, 1)), g.mul(b, part(g, weights, 1, 1, 2))], 1);
      return { logits: head.forward(g, fused, io), state: io.newState };
    },
  };
}

/** Two convolutions with batch normalisation, half the pixels between them, then the mean over the field. Numbered as in torch.nn.Sequential. */
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

function part(g: Builder, x: Value, axis: number, start: number, end: number): Value {
  return g.slice(x, [axis], [start], [end], [1]);
}
