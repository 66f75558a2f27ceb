import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import type { GradientSource } from "../src/analysis/files/gradientSource.ts";
import { encodeNpy } from "../src/data/files/npz.ts";
import { random } from "../src/tensor/random.ts";
import { type ElementType, fromNumbers, type Tensor } from "../src/tensor/tensor.ts";

/** A folder of its own for the gradient files of a test file, and for what is unpacked of them. */
export function gradientScene() {
  const scene = mkdtempSync(join(tmpdir(), "batchscope-gradients-"));
  process.env.XDG_CACHE_HOME = join(scene, "cache");
  return {
    scene,
    path(name: string, bytes: Uint8Array): string {
      writeFileSync(join(scene, name), bytes);
      return join(scene, name);
    },
    folder(name: string, files: Readonly<Record<string, Uint8Array>>): string {
      mkdirSync(join(scene, name));
      for (const [file, bytes] of Object.entries(files)) writeFileSync(join(scene, name, file), bytes);
      return join(scene, name);
    },
  };
}

export const [K, P] = [5, 23];
const generator = random(3);
/** Halves, quarters and eighths, which every type holds exactly. */
export const values = Array.from({ length: K * P }, () => generator.integer(64) / 8 - 4);
export const matrix = (type: ElementType): Tensor => fromNumbers(type, [K, P], values);

/** All rows, a few columns at a time. */
export function rowsOf(source: GradientSource, width = 4): number[][] {
  const rows: number[][] = Array.from({ length: source.rows }, () => []);
  const block = new Float64Array(source.rows * width);
  source.parts.forEach(({ length }, part) => {
    for (let from = 0; from < length; from += width) {
      const to = Math.min(length, from + width);
      source.read(part, from, to, block);
      for (const [k, row] of rows.entries()) row.push(...block.subarray(k * (to - from), (k + 1) * (to - from)));
    }
  });
  return rows;
}

/** The same by rows. */
export const expected = Array.from({ length: K }, (_, k) => values.slice(k * P, (k + 1) * P));

/** As numpy.savez_compressed saves them. */
export const deflated = (members: Readonly<Record<string, Tensor>>) =>
  zipSync(Object.fromEntries(Object.entries(members).map(([name, value]) => [`${name}.npy`, encodeNpy(value)])), {
    level: 6,
  });
