import type { Ask } from "./child.ts";
import type { Format } from "./format.ts";
import { npy, npz, safetensors } from "./formats/arrays.ts";
import { gradients } from "./formats/gradients.ts";
import { idx } from "./formats/idx.ts";
import { images } from "./formats/images.ts";
import { onnx } from "./formats/onnx.ts";
import { parquet } from "./formats/parquet.ts";
import { records } from "./formats/records.ts";
import { series } from "./formats/series.ts";
import { study } from "./formats/studies.ts";
import { csv } from "./formats/tables.ts";
import { text } from "./formats/texts.ts";
import { yaml } from "./formats/yaml.ts";

/** Every kind of file that Batchscope reads. */
export const formats: readonly Format[] = [
  onnx,
  npy,
  npz,
  safetensors,
  gradients,
  csv,
  parquet,
  idx,
  images,
  text,
  series,
  study,
  yaml,
  records,
];

/** File `first`, `first` + 1, … of each of some formats, so many of each as is its share of `count`. */
export function asksFor(chosen: readonly Format[], first: number, count: number): Ask[] {
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  return chosen.flatMap(({ name, share }) =>
    Array.from({ length: Math.round((count * share) / shares) }, (_, i) => ({ format: name, n: first + i })),
  );
}
