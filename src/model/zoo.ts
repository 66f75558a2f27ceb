import { is, requireArguments } from "../tensor/arguments.ts";
import { NotFoundError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { type CatalogEntry, catalog } from "./catalog.ts";
import { dualgafnet } from "./dualgafnet.ts";
import { GPT2_SIZES, gpt2 } from "./gpt2.ts";
import { lenet } from "./lenet.ts";
import { linearModel } from "./linear.ts";
import { lstm } from "./lstm.ts";
import { MLP_SIZES, mlp } from "./mlp.ts";
import { MOBILENET_WIDTHS, mobilenet } from "./mobilenet.ts";
import type { Model } from "./model.ts";
import { RESNET_DEPTHS, resnet } from "./resnet.ts";
import type { ModelTask } from "./task.ts";
import { tcn } from "./tcn.ts";
import { VIT_SIZES, vit } from "./vit.ts";

/**
 * Models by the name that the option `model` takes: one file and one row each. A variant follows its model after a
 * colon: `resnet:32`.
 */
export const zoo: Readonly<Record<string, ZooModel>> = {
  dualgafnet: { ...catalog.dualgafnet, make: dualgafnet },
  gpt2: { ...catalog.gpt2, variants: GPT2_SIZES, make: gpt2 },
  lenet: { ...catalog.lenet, make: lenet },
  linear: { ...catalog.linear, make: linearModel },
  lstm: { ...catalog.lstm, make: lstm },
  mlp: { ...catalog.mlp, sizes: MLP_SIZES, make: mlp },
  mobilenet: { ...catalog.mobilenet, variants: MOBILENET_WIDTHS, make: mobilenet },
  resnet: { ...catalog.resnet, variants: RESNET_DEPTHS, make: resnet },
  tcn: { ...catalog.tcn, make: tcn },
  vit: { ...catalog.vit, variants: VIT_SIZES, make: vit },
};

interface ZooModel extends CatalogEntry {
  /** What may follow the name after a colon. The first is meant when nothing does. */
  readonly variants?: readonly [string, ...string[]];
  /** Sizes that may follow it instead: what fits the pattern, written as the form. */
  readonly sizes?: { readonly form: string; readonly pattern: RegExp };
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
  const fits = variant === undefined || variants.includes(variant) || entry?.sizes?.pattern.test(variant);
  if (entry && fits) return { entry, variant: variant ?? variants[0] ?? "" };
  const known = entry ? namesOf(base, entry) : Object.keys(zoo);
  const or = known.length > 1 ? "one of " : "";
  const hint = (!entry && (exportFirst(name) || didYouMean(name, known))) || "; choose one of these";
  throw new NotFoundError(`model: expected ${or}${known.join(", ")} or a file *.onnx, got "${name}"${hint}`);
}

/** Weights alone, or a program's own form of a network: how to make a graph of it. */
function exportFirst(name: string): string {
  if (/\.(pt|pth|ckpt|bin|safetensors|pkl)$/i.test(name))
    return (
      "; a file of weights holds no network: build it in PyTorch, load them and export it with " +
      'torch.onnx.export(model, example, "model.onnx", training=torch.onnx.TrainingMode.TRAINING)'
    );
  if (/\.(h5|keras|pb|tflite)$/i.test(name))
    return '; export it with model.export("model.onnx", format="onnx") of Keras';
  return "";
}

function namesOf(base: string, { variants, sizes }: ZooModel): string[] {
  if (sizes) return [base, `${base}:${sizes.form}`];
  return variants?.map((variant) => `${base}:${variant}`) ?? [base];
}

/** Throws `NotFoundError` with the names that exist, and `ShapeError` where the model does not take such examples. */
export function buildModel(name: string, task: ModelTask, random: Random): Model {
  requireArguments("buildModel", { name, task, random }, { name: is.text, task: is.object, random: is.random });
  const { entry, variant } = findModel(name);
  return entry.make(task, random, variant);
}
