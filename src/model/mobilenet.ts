import { apply } from "../ops/builder.ts";
import type { Random } from "../tensor/random.ts";
import { normal } from "./initial.ts";
import {
  batchNormalization,
  type ConvolutionSizes,
  chain,
  dropout,
  filters,
  globalMean,
  type Layer,
  linearOf,
  sequential,
} from "./layers.ts";
import type { Model } from "./model.ts";
import { imageShape, type ModelTask } from "./task.ts";

/** Factors of the width. */
export const MOBILENET_WIDTHS = ["1", "0.5", "0.25"] as const;

/** Table 2 of the paper: expansion t, channels c, repetitions n, stride s. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Smaller images keep their pixels in the first two places where the paper halves them. */
const SMALL = 64;

/**
 * MobileNetV2, whose blocks widen, filter each channel alone and narrow: Sandler et al. 2018, arXiv:1801.04381,
 * Table 2. Named and initialised as in torchvision. With width 1: 3,504,872 parameters and 301 million multiply-adds
 * for 1000 classes of 224 × 224; images below 64 pixels skip the first two strides.
 */
export function mobilenet(task: ModelTask, random: Random, width: string): Model {
  const { shape, classes } = task;
  const [channels, height, wide] = imageShape("mobilenet", task, 8);
  const early = Math.min(height, wide) < SMALL ? 1 : 2;
  const scaled = (size: number) => divisible(size * Number(width));
  const last = Math.max(1280, scaled(1280));
  let from = scaled(32);
  const layers = [unit("features.0", { from: channels, to: from, kernel: 3, stride: early }, random)];
  for (const [expansion, size, repetitions, stride] of STAGES) {
    for (let i = 0; i < repetitions; i++) {
      const step = i > 0 ? 1 : size === 24 ? early : stride;
      layers.push(block(`features.${layers.length}`, { from, to: scaled(size), stride: step, expansion }, random));
      from = scaled(size);
    }
  }
  return sequential(`mobilenet_${width}`, { name: "x", type: "float32", shape }, [
    ...layers,
    unit(`features.${layers.length}`, { from, to: last, kernel: 1 }, random),
    globalMean,
    dropout("classifier.0"),
    linearOf("classifier.1", normal([classes, last], 0.01, random)),
  ]);
}

/** The nearest multiple of 8, but never less than nine tenths of the size (`_make_divisible` of the authors). */
function divisible(size: number): number {
  const near = Math.max(8, Math.floor((size + 4) / 8) * 8);
  return near < 0.9 * size ? near + 8 : near;
}

const relu6: Layer = {
  parameters: [],
  forward: (g, x) => apply(g.graph, "Clip", [x, g.number(x.type, 0), g.number(x.type, 6)])[0]!,
};

/** Convolution, batch normalisation, min(max(x, 0), 6): indices 0 and 1 under the name. */
function unit(name: string, sizes: ConvolutionSizes & { readonly groups?: number }, random: Random): Layer {
  const padding = (sizes.kernel - 1) / 2;
  return chain([filters(`${name}.0`, { ...sizes, padding }, random), batchNormalization(`${name}.1`, sizes.to), relu6]);
}

interface BlockSizes {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
  readonly expansion: number;
}

/**
 * Inverted residual block: 1 × 1 to expansion·from channels, 3 × 3 channel by channel, 1 × 1 to `to` without a
 * nonlinearity.
 */
function block(name: string, { from, to, stride, expansion }: BlockSizes, random: Random): Layer {
  const inner = from * expansion;
  const widen = expansion === 1 ? [] : [unit(`${name}.conv.0`, { from, to: inner, kernel: 1 }, random)];
  const at = widen.length;
  const main = chain([
    ...widen,
    unit(`${name}.conv.${at}`, { from: inner, to: inner, kernel: 3, stride, groups: inner }, random),
    filters(`${name}.conv.${at + 1}`, { from: inner, to, kernel: 1 }, random),
    batchNormalization(`${name}.conv.${at + 2}`, to),
  ]);
  if (stride > 1 || from !== to) return main;
  return { ...main, forward: (g, x, io) => g.add(x, main.forward(g, x, io)) };
}
