import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { makeFolder, requireWritableFolder } from "../data/files/folders.ts";
import { option } from "../tensor/errors.ts";
import { describeSurroundings, type Surroundings } from "./describeEnvironment.ts";
import { writeAtomically } from "./document.ts";
import { encodeJson } from "./json.ts";
import { lockRun } from "./lock.ts";
import type { ScaledUpdates } from "./scaledUpdates.ts";
import { type Environment, type RunRecord, SCHEMA_VERSION } from "./schema.ts";
import { openWriter, type RunWriter } from "./writer.ts";
import { yamlText } from "./yamlText.ts";

export interface RunOptions {
  /** What is trained, for the id: a name or the path of a file. */
  readonly model: string;
  /** `{data}` or `{data}_{subset}`. */
  readonly name: string;
  readonly description: string;
  /** Everything that was decided, defaults included. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The command line that starts the same run again. */
  readonly command: string;
  readonly seeds: Readonly<Record<string, number>>;
  /** What `data.json` says of the data; none of data known by name. */
  readonly data?: object | undefined;
  /** See `Environment`. */
  readonly fingerprints?: Readonly<Record<string, string>>;
  /** See `Environment`. */
  readonly scaling?: ScaledUpdates | undefined;
  /** Default: those of this process. */
  readonly surroundings?: Surroundings | undefined;
  /** See `WriterOptions`. */
  readonly keepCheckpoints?: number | undefined;
}

/**
 * Makes `runs/<YYYYMMDD-HHMMSS>-<model>-<name>-<4 hex digits>/` (UTC) in the store `directory`, with run.json,
 * config.yaml, command.txt and environment.json. Throws an `Error` that names the directory where it cannot be
 * written.
 */
export function createRun(directory: string, options: RunOptions): RunWriter {
  let made: string | undefined;
  try {
    const now = new Date();
    const { id, path } = makeDirectory(directory, `${timestamp(now)}-${slug(options)}`);
    made = path;
    return openNew({ id, path, startedAt: now.toISOString() }, options);
  } catch (error) {
    // Nobody else knows of it.
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw unwritable(directory, error);
  }
}

function openNew(run: Pick<RunRecord, "id" | "startedAt"> & { readonly path: string }, options: RunOptions): RunWriter {
  const { id, path, startedAt } = run;
  const { name, description, config, command, seeds, fingerprints = {}, data, keepCheckpoints } = options;
  const environment: Environment = {
    ...(options.surroundings ?? describeSurroundings()),
    seeds,
    fingerprints,
    ...(options.scaling && { scaling: options.scaling }),
  };
  const lock = lockRun({ path });
  // The name is new, so that nobody else can hold it.
  if (lock === null) throw new Error(`createRun: expected the new ${path} to be free, got one that another holds`);
  try {
    writeAtomically(join(path, "config.yaml"), yamlText(config));
    writeAtomically(join(path, "command.txt"), `${command}\n`);
    writeAtomically(join(path, "environment.json"), encodeJson(environment, 2));
    if (data)
      writeAtomically(join(path, "data.json"), `${encodeJson({ schemaVersion: SCHEMA_VERSION, ...data }, 2)}\n`);
    // run.json comes last: a directory without it is no run yet.
    const record = { schemaVersion: SCHEMA_VERSION, id, name, description, startedAt, ...alive() };
    return openWriter(path, { record, lock, metrics: 0, keepCheckpoints });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Throws what `createRun` would where the store could not be written, as far as that can be told without making
 * anything: before there is a run to write.
 */
export function requireStore(directory: string): void {
  try {
    requireWritableFolder(join(directory, "runs"));
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/** What is said where the system does not let a store be written. */
export function unwritable(directory: string, error: unknown): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  return new Error(
    `createRun: expected a directory that can be written, got ${directory} (${error.message}); ` +
      `pass ${option("dir")} or set BATCHSCOPE_DIR`,
    { cause: error },
  );
}

/** What the record of a run says while this process trains it. */
export function alive() {
  const heartbeatAt = new Date().toISOString();
  return {
    status: "running",
    pid: process.pid,
    host: hostname(),
    heartbeatAt,
    finishedAt: null,
    exitReason: null,
  } as const;
}

function makeDirectory(directory: string, start: string): { id: string; path: string } {
  makeFolder(join(directory, "runs"));
  for (;;) {
    const id = `${start}-${randomBytes(2).toString("hex")}`;
    const path = join(directory, "runs", id);
    try {
      mkdirSync(path);
      return { id, path };
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

/** 20261121-205900 */
function timestamp(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** Model and data in at most 40 letters that every file system and shell takes as they are. */
function slug({ model, name }: RunOptions): string {
  const file = model
    .split(/[/\\]/)
    .at(-1)!
    .replace(/\.onnx$/, "");
  const words = `${file}-${name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return words.slice(0, 40).replaceAll(/^-|-$/g, "") || "run";
}
