import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { ShapeError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { normal, uniform } from "./initial.ts";
import { chain, dropout, type Layer, linearOf, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import { imageShape, type ModelTask } from "./task.ts";
import { attention, gelu, layerNormalization, residual } from "./transformer.ts";

interface Sizes {
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
}

/** "tiny" and "small" are DeiT's (Touvron et al. 2021, arXiv:2012.12877, Table 1); "nano" trains on a processor. */
const sizes: Readonly<Record<string, Sizes>> = {
  nano: { width: 64, depth: 4, heads: 4 },
  tiny: { width: 192, depth: 12, heads: 3 },
  small: { width: 384, depth: 12, heads: 6 },
};

export const VIT_SIZES = ["nano", "tiny", "small"] as const;

/** Standard deviation of the initial weights, and what layer normalisation adds to a variance; both timm's. */
const DEVIATION = 0.02;
const EPSILON = 1e-6;
/** From this side on, patches have 16 × 16 pixels, below it 4 × 4. */
const LARGE = 128;

/**
 * Vision transformer: Dosovitskiy et al. 2021, arXiv:2010.11929, eq. 1–4, for images whose sides its patches divide.
 * Named and initialised as timm's `vit_*_patch16_224`; dropout where the paper has it (appendix B.1), behind dense
 * layers but the projection to queries, keys and values, and behind the position embedding. Tiny has 5,717,416
 * parameters for 1000 classes of 224 × 224.
 */
export function vit(task: ModelTask, random: Random, variant: string): Model {
  const { width, depth, heads } = sizes[variant]!;
  const [channels, height, wide] = imageShape("vit", task, 8);
  const patch = Math.min(height, wide) >= LARGE ? 16 : 4;
  if (height % patch !== 0 || wide % patch !== 0)
    throw new ShapeError(
      `vit: expected images whose sides ${patch} divides, got [${task.shape.join(", ")}]; crop or pad them`,
    );
  const patches = (height * wide) / (patch * patch);
  const tokens = patches + 1;
  return sequential(`vit_${variant}`, { name: "x", type: "float32", shape: task.shape }, [
    cutIntoPatches(patch),
    patchEmbedding("patch_embed.proj", [width, channels, patch, patch], random),
    withClassToken({ patches, width }, random),
    dropout("pos_drop"),
    ...Array.from({ length: depth }, (_, i) => block(`blocks.${i}`, { width, tokens, heads }, random)).flat(),
    layerNormalization("norm", width, EPSILON),
    { parameters: [], forward: (g, x) => firstToken(g, x, tokens) },
    linearOf("head", normal([task.classes, width], DEVIATION, random)),
  ]);
}

/** [N, C, H, W] to the patches of each image as rows [N·patches, C·P·P]. */
function cutIntoPatches(patch: number): Layer {
  return {
    parameters: [],
    forward(g, x) {
      const [N, C, H, W] = x.shape as [number, number, number, number];
      const [rows, columns] = [H / patch, W / patch];
      const split = g.reshape(x, [N, C, rows, patch, columns, patch]);
      return g.reshape(g.transpose(split, [0, 2, 4, 1, 3, 5]), [N * rows * columns, C * patch * patch]);
    },
  };
}

/** A convolution with stride P, as one product: weight [width, C, P, P], bias [width]. */
function patchEmbedding(name: string, shape: readonly [number, number, number, number], random: Random): Layer {
  const [weight, bias] = [`${name}.weight`, `${name}.bias`];
  const [width, channels, patch] = shape;
  const fanIn = channels * patch * patch;
  const bound = 1 / Math.sqrt(fanIn);
  return {
    parameters: [
      { name: weight, initial: uniform(shape, bound, random) },
      { name: bias, initial: uniform([width], bound, random) },
    ],
    forward: (g, x, { parameters }) =>
      g.gemm(x, g.reshape(parameters[weight]!, [width, fanIn]), parameters[bias]!, { transB: 1 }),
  };
}

/** [class token; patches] + positions, as rows. The token comes in as a sum with zeros, which keeps examples apart. */
function withClassToken(
  { patches, width }: { readonly patches: number; readonly width: number },
  random: Random,
): Layer {
  return {
    parameters: [
      { name: "cls_token", initial: normal([1, 1, width], 1e-6, random) },
      { name: "pos_embed", initial: normal([1, patches + 1, width], DEVIATION, random) },
    ],
    forward(g, x, { parameters }) {
      const count = x.shape[0]! / patches;
      const behind = g.padAll(g.reshape(x, [count, patches, width]), [0, 1, 0, 0, 0, 0]);
      const token = g.padAll(parameters.cls_token!, [0, 0, 0, 0, patches, 0]);
      const embedded = g.add(g.add(behind, parameters.pos_embed!), token);
      return g.reshape(embedded, [count * (patches + 1), width]);
    },
  };
}

function firstToken(g: Builder, x: Value, tokens: number): Value {
  const [rows = 0, width = 0] = x.shape;
  const all = g.reshape(x, [rows / tokens, tokens, width]);
  return g.reshape(g.slice(all, [1], [0], [1], [1]), [rows / tokens, width]);
}

interface BlockSizes {
  readonly width: number;
  readonly tokens: number;
  readonly heads: number;
}

function block(name: string, { width, tokens, heads }: BlockSizes, random: Random): Layer[] {
  const matrix = (last: string, from: number, to: number) =>
    linearOf(`${name}.${last}`, normal([to, from], DEVIATION, random));
  return [
    residual(
      chain([
        layerNormalization(`${name}.norm1`, width, EPSILON),
        matrix("attn.qkv", width, 3 * width),
        { parameters: [], forward: (g, x) => attention(g, x, { tokens, heads }) },
        matrix("attn.proj", width, width),
        dropout(`${name}.attn.proj_drop`),
      ]),
    ),
    residual(
      chain([
        layerNormalization(`${name}.norm2`, width, EPSILON),
        matrix("mlp.fc1", width, 4 * width),
        gelu("none"),
        dropout(`${name}.mlp.drop1`),
        matrix("mlp.fc2", 4 * width, width),
        dropout(`${name}.mlp.drop2`),
      ]),
    ),
  ];
}
