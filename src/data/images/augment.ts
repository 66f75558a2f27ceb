import { is, requireArguments } from "../../tensor/arguments.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { type Random, restore } from "../../tensor/random.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import type { Dataset } from "../dataset.ts";
import { type Image, transforms } from "./transforms.ts";

/** A random change of every example: its name, and how much where the name leaves a choice. */
export interface Augmentation {
  readonly name: keyof typeof transforms;
  readonly amount: number;
}

/** Changes of photographs; of digits and letters only the crop, since their mirror images are other signs or none. */
const standard = { photographs: ["crop", "flip"], signs: ["crop"] } as const;

/**
 * The augmentations that a text means, e.g. "crop:2,flip" or "standard", which is crop and flip, and only crop where
 * all classes are single digits or letters. Throws `UsageError` for an unknown name, an amount out of its domain, and a
 * change of images of data whose input is none.
 */
export function parseAugmentations(text: string, data: Dataset): Augmentation[] {
  requireArguments("parseAugmentations", { text, data }, { text: is.text, data: is.data });
  const signs = data.classNames.length > 0 && data.classNames.every((name) => /^[\p{L}\p{N}]$/u.test(name));
  const names = text.split(",").map((item) => item.trim());
  const items = names.flatMap((item) => (item === "standard" ? standard[signs ? "signs" : "photographs"] : [item]));
  const [twice] = items.filter((item, i) => items.findIndex((other) => nameOf(other) === nameOf(item)) !== i);
  if (twice !== undefined)
    throw new UsageError(
      `${option("augment")}: expected each change once, got "${nameOf(twice)}" twice; leave one out`,
    );
  return items.map((item) => parseOne(item, data));
}

function nameOf(item: string): string {
  return item.split(":", 1)[0]!;
}

function parseOne(item: string, { name: dataName, inputs: [input] }: Dataset): Augmentation {
  const name = nameOf(item);
  const known = Object.keys(transforms);
  if (!Object.hasOwn(transforms, name))
    throw new UsageError(
      `${option("augment")}: expected changes of ${known.join(", ")} or standard, got "${name}"${didYouMean(name, known) || "; choose one of these"}`,
    );
  const { amount: byDefault, expects, holds, images } = transforms[name as Augmentation["name"]];
  const amount = item.includes(":") ? Number(item.slice(name.length + 1) || "?") : byDefault;
  if (!holds(amount))
    throw new UsageError(`${option("augment")}: expected ${name} with ${expects}, got "${item}"; change it`);
  if (input?.type !== "float32")
    throw new UsageError(
      `${option("augment")}: expected numbers to change, got tokens as the input "${input?.name}" of ${dataName}; leave it out`,
    );
  if (images && input.shape.length !== 3)
    throw new UsageError(
      `${option("augment")}: expected images for ${name}, got "${input.name}" of [${input.shape.join(", ")}] from ${dataName}; ` +
        "use noise, or leave it out",
    );
  return { name: name as Augmentation["name"], amount };
}

/**
 * The data with random changes of each example's first input, in the order given. What is random depends on the seed,
 * on `draw` and on the example's index alone, so that reading in another order, or going on after a stop, gives the
 * same bits. Without `draw` the examples are as they are.
 */
export function augment(data: Dataset, augmentations: readonly Augmentation[], seed: number): Dataset {
  requireArguments(
    "augment",
    { data, augmentations, seed },
    { data: is.data, augmentations: is.listOf("augmentations", is.object), seed: is.seed },
  );
  const { name, shape } = data.inputs[0]!;
  const [channels, height, width] =
    shape.length === 3 ? (shape as [number, number, number]) : [1, 1, shape.reduce((a, b) => a * b, 1)];
  const length = channels * height * width;
  return {
    ...data,
    async read(indices, batch, draw) {
      await data.read(indices, batch, draw);
      if (draw === undefined) return;
      const values = batch[name]!.data as Float32Array;
      for (const [i, index] of indices.entries()) {
        const generator = generatorOf(seed, draw, index);
        const image: Image = { values: values.subarray(i * length, (i + 1) * length), channels, height, width };
        for (const { name: transform, amount } of augmentations) transforms[transform].apply(image, amount, generator);
      }
    },
  };
}

/**
 * Random numbers of one example in one draw: a state of 128 bits hashed from the three, instead of one stream that
 * order would change.
 */
function generatorOf(seed: number, draw: number, index: number): Random {
  const words = [seed, draw, Math.floor(draw / 2 ** 32), index];
  // 1 keeps the state from being all zeros, in which the generator would stay.
  return restore(
    [1, 2, 3, 4].map((word) => words.reduce((hash, value) => mix(hash ^ (value | 0)), mix(word)) | (word & 1)),
  );
}

/** The last step of MurmurHash3: every bit of the result depends on every bit of `x`. */
function mix(x: number): number {
  let hash = (x + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
