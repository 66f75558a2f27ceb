import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import type { Random } from "../tensor/random.ts";
import { batchNormalization, chain, filters, globalMean, type Layer, linear, relu, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import { imageShape, type ModelTask } from "./task.ts";

/** Depths of the paper's Table 6. */
export const RESNET_DEPTHS = ["20", "32", "44", "56", "110"] as const;

const WIDTHS = [16, 32, 64] as const;

/**
 * Residual network for small images [channels, height, width]: He et al. 2016, arXiv:1512.03385, §4.2. Depth 6n + 2: a
 * 3 × 3 convolution, three stages of n blocks with 16, 32 and 64 channels, the mean over the image, a linear layer.
 * Shortcuts between stages take every second pixel and pad with channels of zeros (option A), so that they have no
 * parameters. Named as torchvision names its ResNet, initialised as there. Depth 20 has 269,722 parameters for 32 × 32
 * colour images of 10 classes.
 */
export function resnet(task: ModelTask, random: Random, depth: string): Model {
  const { shape, classes } = task;
  const [channels] = imageShape("resnet", task, 8);
  const blocks = (Number(depth) - 2) / 6;
  const stages = WIDTHS.flatMap((width, stage) =>
    Array.from({ length: blocks }, (_, i) => {
      const from = i === 0 ? (WIDTHS[stage - 1] ?? width) : width;
      return block(`layer${stage + 1}.${i}`, from, width, random);
    }),
  );
  return sequential(`resnet_${depth}`, { name: "x", type: "float32", shape }, [
    filters("conv1", { from: channels, to: WIDTHS[0], kernel: 3, padding: 1 }, random),
    batchNormalization("bn1", WIDTHS[0]),
    relu,
    ...stages,
    globalMean,
    linear("fc", WIDTHS[2], classes, random),
  ]);
}

/** relu(x + bn(conv(relu(bn(conv(x)))))), with half the pixels where the channels double. */
function block(name: string, from: number, to: number, random: Random): Layer {
  const main = chain([
    filters(`${name}.conv1`, { from, to, kernel: 3, padding: 1, stride: to / from }, random),
    batchNormalization(`${name}.bn1`, to),
    relu,
    filters(`${name}.conv2`, { from: to, to, kernel: 3, padding: 1 }, random),
    batchNormalization(`${name}.bn2`, to),
  ]);
  return {
    ...main,
    forward: (g, x, io) => g.relu(g.add(main.forward(g, x, io), from === to ? x : narrowed(g, x, to))),
  };
}

/** Every second pixel; zeros around the channels, as many before as after. */
function narrowed(g: Builder, x: Value, to: number): Value {
  const [, from = 0, height = 0, width = 0] = x.shape;
  const pixels = g.slice(x, [2, 3], [0, 0], [height, width], [2, 2]);
  const border = (to - from) / 2;
  return g.padAll(pixels, [0, border, 0, 0, 0, border, 0, 0]);
}
