import { z } from "zod";
import { DataError } from "../../tensor/errors.ts";
import { arraysMetadata } from "../files/arrays.ts";
import type { SaidOfArrays } from "./arrayRoles.ts";

const names = z.array(z.string()).min(1);
const scale = z.object({ mean: z.number(), deviation: z.number() });
const preparation = z.record(z.string(), z.unknown());

/**
 * What the metadata of a `.safetensors` file say, by the keys that exported models have too: `class_names`,
 * `target_scale` and `preprocessing`, JSON each. Throws `DataError` for others of these names.
 */
export function saidOfArrays(file: string): SaidOfArrays {
  const metadata = arraysMetadata(file);
  return {
    classNames: read(file, metadata, "class_names", names, 'texts, as ["cat", "dog"]'),
    targetScale: read(file, metadata, "target_scale", scale, "mean and deviation"),
    preprocessing: read(file, metadata, "preprocessing", preparation, "an object"),
  };
}

/** The metadata that `saidOfArrays` reads. */
export function metadataOf({ classNames, targetScale, preprocessing }: SaidOfArrays): Record<string, string> {
  return {
    ...(classNames && classNames.length > 0 && { class_names: JSON.stringify(classNames) }),
    ...(targetScale && { target_scale: JSON.stringify(targetScale) }),
    ...(preprocessing && { preprocessing: JSON.stringify(preprocessing) }),
  };
}

function read<T>(
  file: string,
  metadata: Readonly<Record<string, string>>,
  key: string,
  schema: z.ZodType<T>,
  expected: string,
): T | undefined {
  const text = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new DataError(
      `${file}: expected "${key}" in its metadata as JSON of ${expected}, got ${JSON.stringify(text.slice(0, 60))}; write it so or leave it out`,
    );
  }
}
