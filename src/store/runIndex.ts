import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DataError } from "../tensor/errors.ts";
import { readConfig, readRun, readSummary } from "./runs.ts";
import type { RunStatus } from "./schema.ts";

/** What a list shows of a run. */
export interface RunRow {
  readonly id: string;
  readonly status: RunStatus | "lost";
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly data: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Of summary.json; null until there is one. */
  readonly epochs: number | null;
  readonly steps: number | null;
  /** The best evaluation's; null where nothing was validated. */
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
}

export interface RunRows {
  /** Newest first. */
  readonly rows: RunRow[];
  /** One for each run that cannot be read. */
  readonly damaged: DataError[];
}

/** Changes with the rows' form: an index of another version is made anew. */
const VERSION = 1;

/**
 * All runs of a store, through `index.sqlite`: a run whose files are as they were is not read again. The index is only a memory of what
 * the run directories say; it is made where it is missing, damaged or of another version, and done without where it cannot be written.
 */
export function listRows(directory: string): RunRows {
  const index = openIndex(directory);
  const known = index?.read() ?? new Map<string, Remembered>();
  const damaged: DataError[] = [];
  const fresh = new Map<string, Remembered>();
  const rows = runFolders(directory).flatMap(({ id, stamp }) => {
    const before = known.get(id);
    known.delete(id);
    // Whether a run that says so is still running is seen only by looking.
    if (before?.stamp === stamp && before.row.status !== "running") return [before.row];
    const row = readRow(directory, id, damaged);
    if (row === null) return [];
    fresh.set(id, { stamp, row });
    return [row];
  });
  index?.write(fresh, [...known.keys()]);
  index?.close();
  return { rows: rows.sort((a, b) => (`${a.startedAt} ${a.id}` < `${b.startedAt} ${b.id}` ? 1 : -1)), damaged };
}

/** Makes the index anew from the run directories. */
export function reindex(directory: string): RunRows {
  removeIndex(directory);
  return listRows(directory);
}

interface Remembered {
  /** When the files that a row is made of were last changed. */
  readonly stamp: string;
  readonly row: RunRow;
}

function runFolders(directory: string): { id: string; stamp: string }[] {
  const folder = join(directory, "runs");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((id) => {
    const [record, summary] = ["run.json", "summary.json"].map((file) =>
      statSync(join(folder, id, file), { bigint: true, throwIfNoEntry: false }),
    );
    if (record === undefined) return [];
    return [{ id, stamp: [record, summary].map((file) => `${file?.mtimeNs}/${file?.size}/${file?.ino}`).join(" ") }];
  });
}

function readRow(directory: string, id: string, damaged: DataError[]): RunRow | null {
  const path = join(directory, "runs", id);
  try {
    const run = readRun(path);
    if (run === null) return null;
    const { name, description, startedAt, finishedAt } = run.record;
    const [config, summary] = [readConfig(run), readSummary(run)];
    const { validationLoss = null, validationAccuracy = null } = summary?.best ?? {};
    return {
      id,
      status: run.status,
      name,
      description,
      model: String(config.model ?? ""),
      data: String(config.data ?? ""),
      startedAt,
      finishedAt,
      epochs: summary?.epochs ?? null,
      steps: summary?.steps ?? null,
      validationLoss,
      validationAccuracy,
    };
  } catch (error) {
    damaged.push(error instanceof DataError ? error : new DataError(`${path}: ${(error as Error).message}`));
    return null;
  }
}

function indexPath(directory: string): string {
  return join(directory, "index.sqlite");
}

function removeIndex(directory: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(indexPath(directory) + suffix, { force: true });
}

function openIndex(directory: string) {
  if (!existsSync(directory)) return null;
  try {
    return index(directory);
  } catch {
    // Not a database, or not one of ours: it holds nothing that the runs do not.
    try {
      removeIndex(directory);
      return index(directory);
    } catch {
      return null;
    }
  }
}

function index(directory: string) {
  const database = new DatabaseSync(indexPath(directory), { timeout: 2000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version !== VERSION) database.exec(`DROP TABLE IF EXISTS runs; PRAGMA user_version = ${VERSION}`);
  database.exec("CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, stamp TEXT NOT NULL, row TEXT NOT NULL)");
  return {
    read: () => {
      const rows = database.prepare("SELECT id, stamp, row FROM runs").all() as Record<
        "id" | "stamp" | "row",
        string
      >[];
      return new Map(rows.map(({ id, stamp, row }) => [id, { stamp, row: JSON.parse(row) as RunRow }]));
    },
    write: (rows: ReadonlyMap<string, Remembered>, gone: readonly string[]) => {
      if (rows.size === 0 && gone.length === 0) return;
      try {
        database.exec("BEGIN IMMEDIATE");
        const put = database.prepare("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)");
        for (const [id, { stamp, row }] of rows) put.run(id, stamp, JSON.stringify(row));
        const remove = database.prepare("DELETE FROM runs WHERE id = ?");
        for (const id of gone) remove.run(id);
        database.exec("COMMIT");
      } catch {
        // Busy, or a disk that is full or may only be read: the next list does the work again.
      }
    },
    close: () => database.close(),
  };
}
