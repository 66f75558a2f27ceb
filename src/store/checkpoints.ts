import { lstatSync, readSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { CHECKPOINT_NAME, checkpointPointer } from "./checkpointPointer.ts";
import { readDocument, writeAtomically } from "./document.ts";
import { namesIn, readRegularFile, withRegularFile } from "./file.ts";
import { encodeJson } from "./json.ts";
import { type CheckpointPointer, SCHEMA_VERSION } from "./schema.ts";
import { openSeal, seal, sealOf } from "./seal.ts";

export interface Checkpoint {
  /** Epochs completed. */
  readonly epoch: number;
  /** Optimizer steps taken. */
  readonly step: number;
  readonly path: string;
}

/** What is written of a checkpoint beside its tensors. */
export interface NewCheckpoint {
  readonly epoch: number;
  readonly step: number;
  /** A .safetensors file. */
  readonly bytes: Uint8Array;
  /** Lines of metrics.jsonl that were written before it: what a run that goes on from here keeps. */
  readonly metrics: number;
  /** Here as the best, or to go on from, and not to be kept once it is neither. */
  readonly passing?: boolean | undefined;
  /** The best so far: `best.json` names it from now on. */
  readonly best?: boolean | undefined;
}

export type PointerName = "best" | "last";

/** Metadata of a checkpoint's file, set by the store. */
const METRICS = "metrics";
const PASSING = "passing";
const BEST = "best";

function folderOf(run: { readonly path: string }): string {
  return join(run.path, "checkpoints");
}

/**
 * Writes `checkpoints/epoch=005-step=0003730.safetensors` with its checksum, all of it or nothing, and does not return
 * before it is on disk.
 */
export function saveCheckpoint(run: { readonly path: string }, checkpoint: NewCheckpoint): Checkpoint {
  const { epoch, step, bytes, metrics, passing, best } = checkpoint;
  const name = `epoch=${String(epoch).padStart(3, "0")}-step=${String(step).padStart(7, "0")}.safetensors`;
  const path = join(folderOf(run), name);
  writeAtomically(
    path,
    seal(bytes, {
      ...(passing && { [PASSING]: "true" }),
      ...(best && { [BEST]: "true" }),
      [METRICS]: String(metrics),
    }),
  );
  return { epoch, step, path };
}

/**
 * What follows a checkpoint that is on disk: `last.json` names it, `best.json` too where it is the best, and others
 * beyond `keep` go. A process that was killed between the two leaves this to the next.
 */
export function settleCheckpoint(
  run: { readonly path: string },
  checkpoint: Checkpoint & { readonly best?: boolean | undefined },
  keep: number | undefined,
): void {
  writePointer(run, "last", checkpoint);
  if (checkpoint.best) writePointer(run, "best", checkpoint);
  removeCheckpoints(superfluousCheckpoints(run, keep));
}

/** Lets `best.json` or `last.json` name a checkpoint that is on disk. */
function writePointer(run: { readonly path: string }, name: PointerName, checkpoint: Checkpoint): void {
  const { epoch, step, path } = checkpoint;
  const sha256 = sealOf(readStart(path)) ?? "";
  const pointer: CheckpointPointer = { schemaVersion: SCHEMA_VERSION, file: basename(path), epoch, step, sha256 };
  writeAtomically(join(folderOf(run), `${name}.json`), encodeJson(pointer, 2));
}

/** The checkpoint that `best.json` or `last.json` names; null where there is no such pointer or its file is gone. */
export function readPointer(run: { readonly path: string }, name: PointerName): Checkpoint | null {
  // Also where there is no pointer, as below what is no folder.
  const checkpoints = listCheckpoints(run);
  const pointer = readDocument(join(folderOf(run), `${name}.json`), checkpointPointer);
  return checkpoints.find(({ path }) => basename(path) === pointer?.file) ?? null;
}

/** In order of steps. Throws `DataError` where something else than a folder has the name `checkpoints`. */
export function listCheckpoints(run: { readonly path: string }): Checkpoint[] {
  const folder = folderOf(run);
  return namesIn(folder)
    .flatMap((name) => {
      const [, epoch, step] = CHECKPOINT_NAME.exec(name) ?? [];
      return step === undefined ? [] : [{ epoch: Number(epoch), step: Number(step), path: join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step || a.epoch - b.epoch);
}

/** Checkpoints that an error names, the last ones. */
const MOST_NAMED = 12;

/**
 * The checkpoints that `--checkpoint` means: "all", "latest" (or "last"), "best", an epoch, whose last checkpoint it
 * is, or "step:12", the one after so many optimizer steps, also inside an epoch. Throws `NotFoundError` that lists
 * those that there are.
 */
export function selectCheckpoints(run: { readonly path: string }, selection: string): Checkpoint[] {
  const checkpoints = listCheckpoints(run);
  if (selection === "all" && checkpoints.length > 0) return checkpoints;
  const chosen = selection === "best" ? readPointer(run, "best") : latestOf(checkpoints, selection);
  if (chosen) return [chosen];
  throw new NotFoundError(
    checkpoints.length === 0
      ? `${folderOf(run)}: expected a checkpoint for "${selection}", got none at all; train until one is saved`
      : `${folderOf(run)}: expected ${known(run, checkpoints)}, got "${selection}"; choose one of them`,
  );
}

function known(run: { readonly path: string }, checkpoints: readonly Checkpoint[]): string {
  const epochs = [...new Set(checkpoints.map(({ epoch }) => epoch))];
  const steps = checkpoints.slice(-MOST_NAMED).map(({ step }) => `step:${step}`);
  const more = checkpoints.length > steps.length ? ` after ${checkpoints.length - steps.length} earlier ones` : "";
  const best = readPointer(run, "best") === null ? "" : '"best", ';
  return `epoch ${epochs.slice(-MOST_NAMED).join(", ")}, ${steps.join(", ")}${more}, ${best}"latest" or "all"`;
}

function latestOf(checkpoints: readonly Checkpoint[], selection: string): Checkpoint | undefined {
  const [, at] = /^step[:=]0*(\d+)$/.exec(selection) ?? [];
  if (at !== undefined) return checkpoints.findLast(({ step }) => String(step) === at);
  const any = selection === "latest" || selection === "last";
  return checkpoints.findLast(({ epoch }) => any || String(epoch) === selection);
}

/** Throws `DataError` where the bytes are not those that were written, as where the checksum is missing. */
export function readCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const bytes = readWhole(checkpoint.path);
  openSeal(bytes, checkpoint.path);
  return bytes;
}

/** A checkpoint to go on from. */
export interface GoodCheckpoint extends Checkpoint {
  readonly bytes: Uint8Array;
  readonly metrics: number;
  readonly best: boolean;
}

/**
 * The newest checkpoint whose checksum is right, or null where there is none; and an error for each newer one that is
 * damaged.
 */
export function newestGoodCheckpoint(run: { readonly path: string }): {
  checkpoint: GoodCheckpoint | null;
  damaged: DataError[];
} {
  const damaged: DataError[] = [];
  for (const checkpoint of listCheckpoints(run).reverse()) {
    try {
      const bytes = readWhole(checkpoint.path);
      const notes = openSeal(bytes, checkpoint.path);
      const [metrics, best] = [Number(notes[METRICS] ?? Number.NaN), notes[BEST] === "true"];
      if (!Number.isSafeInteger(metrics) || metrics < 0)
        throw new DataError(`${checkpoint.path}: expected a checkpoint, got another file; move it away`);
      return { checkpoint: { ...checkpoint, bytes, metrics, best }, damaged };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      damaged.push(error);
    }
  }
  return { checkpoint: null, damaged };
}

/**
 * What may go: the checkpoints beyond the newest `keep`, and those that were only passing, where neither pointer names
 * them.
 */
export function superfluousCheckpoints(run: { readonly path: string }, keep = Number.POSITIVE_INFINITY): Checkpoint[] {
  const named = (["best", "last"] as const).map((name) => readPointer(run, name)?.path);
  const all = areCheckpointsLinked(run) ? [] : listCheckpoints(run);
  // The newest may be one that a process was about to name when it was killed, or is.
  return all.slice(0, -1).filter(({ path }, i) => !named.includes(path) && (i < all.length - keep || isPassing(path)));
}

/** The note stands right behind the seal. */
function isPassing(path: string): boolean {
  const start = new TextDecoder("latin1").decode(readStart(path));
  return /^.{8}\{"__metadata__":\{"sha256":"[0-9a-f]{64}","passing":"true"/s.test(start);
}

/**
 * Whether a run's checkpoints lie where a link leads: that folder may be another's, so that nothing is removed from it.
 */
export function areCheckpointsLinked(run: { readonly path: string }): boolean {
  return isLink(folderOf(run));
}

const isLink = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** Gives the bytes that became free. What is gone by now was removed by another process; what a link leads to stays. */
export function removeCheckpoints(checkpoints: readonly Checkpoint[]): number {
  let freed = 0;
  for (const { path } of checkpoints.filter((one) => !isLink(dirname(one.path)))) {
    freed += withRegularFile(path, (_, size) => size) ?? 0;
    rmSync(path, { force: true });
  }
  return freed;
}

/** As far as the seal's digits reach. */
function readStart(path: string): Uint8Array {
  const start = withRegularFile(path, (file) => {
    const bytes = new Uint8Array(256);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  });
  return start ?? new Uint8Array();
}

function readWhole(path: string): Uint8Array {
  const bytes = readRegularFile(path);
  if (bytes === null) throw new NotFoundError(`${path}: expected a checkpoint, got no file; choose another`);
  return bytes;
}
