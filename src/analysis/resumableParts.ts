import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { holdUnfinished, unfinishedFolder } from "../store/analysis.ts";
import { writeAtomically } from "../store/document.ts";
import { readRegularFile } from "../store/file.ts";
import { DataError } from "../tensor/errors.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import type { AnalyzeOptions } from "./analyzeOptions.ts";
import type { ResumableArray, ResumableParts } from "./resumableRows.ts";

/** What an interrupted analysis has measured, in the run's folder. */
export interface Unfinished {
  /** The parts of one measurement, under names of its own. */
  of(measurement: string): ResumableParts;
  /** Removes all parts: the analysis is written. */
  remove(): void;
  /** Leaves them for another time, or for `runs gc`. */
  release(): void;
}

/**
 * Parts in `analysis/unfinished-<fingerprint>/` of the run, one .safetensors file each. The fingerprint is of the
 * model's parameters, the data, the loss and every option that changes a measurement; who measures names the checkpoint
 * by its contents. A file that is damaged counts as missing.
 */
export async function openUnfinished(run: { readonly path: string }, options: AnalyzeOptions): Promise<Unfinished> {
  const folder = unfinishedFolder(run, await fingerprintOf(options));
  const hold = holding(folder);
  if (existsSync(folder)) hold.take();
  return {
    of: (measurement) => ({
      read: (name) => readPart(join(folder, `${measurement}-${name}.safetensors`)),
      write(name, arrays) {
        hold.take();
        const tensors = [...arrays].map(([key, values]) => [key, vector(values)] as const);
        writeAtomically(join(folder, `${measurement}-${name}.safetensors`), encodeSafetensors(new Map(tensors)));
      },
      remove: (name) => rmSync(join(folder, `${measurement}-${name}.safetensors`), { force: true }),
    }),
    release: hold.release,
    remove() {
      hold.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Two processes that make the same analysis write the same parts: one of them holds the folder. */
function holding(folder: string) {
  let lock: ReturnType<typeof holdUnfinished> = null;
  return {
    take() {
      lock ??= holdUnfinished(folder);
    },
    release() {
      lock?.release();
      lock = null;
    },
  };
}

/** 16 hex digits of the SHA-256 of a checkpoint, for names of parts. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

function vector(values: ResumableArray): Tensor {
  return tensor(values instanceof Float32Array ? "float32" : "float64", [values.length], values);
}

function readPart(path: string): ReadonlyMap<string, ResumableArray> | null {
  try {
    const bytes = readRegularFile(path);
    if (bytes === null) return null;
    const { tensors } = decodeSafetensors(bytes, path);
    return new Map([...tensors].map(([name, { data }]) => [name, data as ResumableArray]));
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

async function fingerprintOf(options: AnalyzeOptions): Promise<string> {
  const { model, data, loss, rows, batchSize, seed, memoryBudget, products, byLayer, by } = options;
  const parameters = model.parameters.map(({ name, initial }) => [name, initial.shape]);
  // What it does to the rows follows from the checkpoint, which the parts are named after.
  const settings = { rows, batchSize, seed, memoryBudget, products, byLayer, by, optimizer: options.optimizer?.name };
  const about = [model.name, parameters, await fingerprint(data), loss?.name, loss?.options, settings];
  return digestOf(new TextEncoder().encode(JSON.stringify(about)));
}
