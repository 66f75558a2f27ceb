import { NotFoundError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { dualgafnet } from "./dualgafnet.ts";
import { GPT2_SIZES, gpt2 } from "./gpt2.ts";
import { lenet } from "./lenet.ts";
import { lstm } from "./lstm.ts";
import { mlp } from "./mlp.ts";
import { MOBILENET_WIDTHS, mobilenet } from "./mobilenet.ts";
import type { Model } from "./model.ts";
import { RESNET_DEPTHS, resnet } from "./resnet.ts";
import type { ModelTask } from "./task.ts";
import { tcn } from "./tcn.ts";
import { VIT_SIZES, vit } from "./vit.ts";

const grey: ModelTask = { shape: [1, 28, 28], classes: 10 };
const colour: ModelTask = { shape: [3, 32, 32], classes: 10 };
/** 128 tokens of GPT-2's own vocabulary. */
const text: ModelTask = { shape: [128], classes: 50257 };

/**
 * Models by the name that the option `model` takes: one file and one row each. A variant follows its model after a
 * colon: `resnet:32`.
 */
export const zoo: Readonly<Record<string, ZooModel>> = {
  dualgafnet: {
    about: "two branches for Gramian angular fields, fused by attention, for images of fields",
    example: { shape: [4, 32, 32], classes: 2 },
    make: dualgafnet,
  },
  gpt2: {
    about: "GPT-2, a causal transformer, for texts; by size",
    variants: GPT2_SIZES,
    example: text,
    make: gpt2,
  },
  lenet: { about: "LeNet-5, two convolutions and three linear layers, for images", example: grey, make: lenet },
  lstm: {
    about: "long short-term memory, 128 units, for series and for images row by row",
    example: grey,
    make: lstm,
  },
  mlp: { about: "one hidden layer of 256 units, for anything", example: grey, make: mlp },
  mobilenet: {
    about: "MobileNetV2, depthwise separable convolutions, for images; by width",
    variants: MOBILENET_WIDTHS,
    example: colour,
    make: mobilenet,
  },
  resnet: {
    about: "residual network for small images; by depth",
    variants: RESNET_DEPTHS,
    example: colour,
    make: resnet,
  },
  tcn: {
    about: "temporal convolutional network, for series and for images pixel by pixel",
    example: grey,
    make: tcn,
  },
  vit: {
    about: "vision transformer, for images; by size",
    variants: VIT_SIZES,
    example: colour,
    make: vit,
  },
};

interface ZooModel {
  /** One line for pickers and help. */
  readonly about: string;
  /** What may follow the name after a colon. The first is meant when nothing does. */
  readonly variants?: readonly [string, ...string[]];
  /** The task that the command `models` counts with. */
  readonly example: ModelTask;
  readonly make: (task: ModelTask, random: Random, variant: string) => Model;
}

/** Everything that the option `model` takes but files: `lenet`, …, `resnet:20`, `resnet:32`, … */
export function modelNames(): string[] {
  return Object.entries(zoo).flatMap(([name, { variants }]) => variants?.map((v) => `${name}:${v}`) ?? [name]);
}

/**
 * The row of a name, in any case of letters, and its variant, the default one where the name has none. Throws
 * `NotFoundError` with the names that exist.
 */
export function findModel(name: string): { readonly entry: ZooModel; readonly variant: string } {
  const [base = "", variant] = name.toLowerCase().split(/:(.*)/s);
  const entry = Object.hasOwn(zoo, base) ? zoo[base] : undefined;
  const variants: readonly string[] = entry?.variants ?? [];
  if (entry && (variant === undefined || variants.includes(variant)))
    return { entry, variant: variant ?? variants[0] ?? "" };
  const known = entry ? modelNames().filter((other) => other.split(":")[0] === base) : Object.keys(zoo);
  throw new NotFoundError(
    `model: expected ${known.length > 1 ? "one of " : ""}${known.join(", ")} or a file *.onnx, got "${name}"; choose one of these`,
  );
}

/** Throws `NotFoundError` with the names that exist, and `ShapeError` where the model does not take such examples. */
export function buildModel(name: string, task: ModelTask, random: Random): Model {
  const { entry, variant } = findModel(name);
  return entry.make(task, random, variant);
}
