import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NotFoundError } from "../tensor/errors.ts";
import { writeAtomically } from "./document.ts";

export interface Checkpoint {
  readonly epoch: number;
  /** Optimizer steps taken. */
  readonly step: number;
  readonly path: string;
}

/** Writes `checkpoints/epoch=005-step=0003730.safetensors`, all of it or nothing. */
export function saveCheckpoint(
  run: { readonly path: string },
  epoch: number,
  step: number,
  bytes: Uint8Array,
): Checkpoint {
  const name = `epoch=${String(epoch).padStart(3, "0")}-step=${String(step).padStart(7, "0")}.safetensors`;
  const path = join(run.path, "checkpoints", name);
  writeAtomically(path, bytes);
  return { epoch, step, path };
}

/** In order of steps. */
export function listCheckpoints(run: { readonly path: string }): Checkpoint[] {
  const folder = join(run.path, "checkpoints");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const [, epoch, step] = /^epoch=(\d+)-step=(\d+)\.safetensors$/.exec(name) ?? [];
      return step === undefined ? [] : [{ epoch: Number(epoch), step: Number(step), path: join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

/**
 * The checkpoints that `--checkpoint` means: "all", "latest", or an epoch, whose last checkpoint it is.
 * Throws `NotFoundError` that lists the epochs there are.
 */
export function selectCheckpoints(run: { readonly path: string }, selection: string): Checkpoint[] {
  const checkpoints = listCheckpoints(run);
  if (selection === "all" && checkpoints.length > 0) return checkpoints;
  const matching =
    selection === "latest" ? checkpoints : checkpoints.filter(({ epoch }) => String(epoch) === selection);
  const chosen = matching.at(-1);
  if (chosen !== undefined) return [chosen];
  const epochs = [...new Set(checkpoints.map(({ epoch }) => epoch))];
  const known = epochs.length === 0 ? "no checkpoint" : `epoch ${epochs.join(", ")}`;
  throw new NotFoundError(
    `${join(run.path, "checkpoints")}: expected "${selection}", got ${known}; ` +
      (epochs.length === 0 ? "train until a checkpoint is saved" : 'choose one of them, "latest" or "all"'),
  );
}

export function readCheckpoint(checkpoint: Checkpoint): Uint8Array {
  return new Uint8Array(readFileSync(checkpoint.path));
}
