import { existsSync, lstatSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { DataError } from "../tensor/errors.ts";
import { namesIn } from "./file.ts";
import type { RunStatus } from "./schema.ts";
import { DatabaseSync } from "./sqlite.ts";

/** The memory of `runIndex.ts`, which needs nothing that reads records: a list of runs is to be there at once. */

/** What a list shows of a run. */
export interface RunRow {
  /** The name of the run's folder. */
  readonly id: string;
  /** As of `Run`. */
  readonly otherId?: string;
  readonly status: RunStatus | "lost";
  /** Why it ended, as `endOf`. */
  readonly reason: string | null;
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
  /** Labels that an accuracy is a share of; null of numbers, and where none were counted. */
  readonly validationLabels: number | null;
  /** Examples of an update at the beginning; null where nothing says it. */
  readonly effectiveBatchSize: number | null;
  /** By a plan or by the noise scale, while it trains. */
  readonly batchChanges?: true;
  /** With the factor of `--scale-rule` at the beginning. */
  readonly learningRate: number | null;
  /** In all, and the most that the process held. */
  readonly seconds: number | null;
  readonly peakMemoryBytes: number | null;
  /** While training, in examples; `upper` is null where nothing bounds it. */
  readonly noiseScale: { readonly value: number; readonly lower: number; readonly upper: number | null } | null;
  readonly tags: readonly string[];
  /** `study/trial`, of a run that is a trial. */
  readonly trialOf?: string;
}

/** Changes with the rows' form: an index of another version is made anew. */
const VERSION = 8;

/** Beside `run.json`, what `readRunRecords` reads of a run. */
export const recordFiles = [
  "config.yaml",
  "summary.json",
  "environment.json",
  "checkpoints/best.json",
  "checkpoints/last.json",
] as const;

/** All rows, newest first, where the index knows every run as it is now; null where one has to be read. */
export function rememberedRows(directory: string): RunRow[] | null {
  const folders = runFolders(directory);
  const index = openIndex(directory);
  const rows = folders.flatMap(({ id, stamp }) => {
    const row = rowAsItIs(index?.known.get(id), stamp);
    return row ? [row] : [];
  });
  const there = new Set(folders.map(({ id }) => id));
  index?.close(
    new Map(),
    [...(index?.known.keys() ?? [])].filter((id) => !there.has(id)),
  );
  // Folders without a run.json are for others to judge.
  const isAll = rows.length === namesIn(join(directory, "runs")).length;
  return isAll ? newestFirst(rows) : null;
}

/** The row that is remembered of a run; null where its files have changed, or where only a look tells its status. */
export function rowAsItIs(remembered: Remembered | undefined, stamp: string): RunRow | null {
  return remembered?.stamp === stamp && remembered.row.status !== "running" ? remembered.row : null;
}

export function newestFirst(rows: readonly RunRow[]): RunRow[] {
  return rows.toSorted((a, b) => (`${a.startedAt} ${a.id}` < `${b.startedAt} ${b.id}` ? 1 : -1));
}

export interface Remembered {
  /** When the files that a row is made of were last changed. */
  readonly stamp: string;
  readonly row: RunRow;
}

/** The runs of a store, with what changes as their files do. */
export function runFolders(directory: string): { id: string; stamp: string }[] {
  const folder = join(directory, "runs");
  return namesIn(folder).flatMap((id) => {
    const record = stampOf(join(folder, id, "run.json"));
    if (record === null) return [];
    return [{ id, stamp: [record, ...recordFiles.map((file) => stampOf(join(folder, id, file)))].join(" ") }];
  });
}

/** Null where there is no file. */
function stampOf(path: string): string | null {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? null : `${stats.mtimeMs}/${stats.size}/${stats.ino}`;
  } catch {
    // The reading of it will say why.
    return "unknown";
  }
}

function indexPath(directory: string): string {
  return join(directory, "index.sqlite");
}

/** As far as that can be done. */
export function removeIndex(directory: string): void {
  for (const suffix of ["", "-wal", "-shm"])
    try {
      rmSync(indexPath(directory) + suffix, { force: true });
    } catch {
      // A folder, or one that may only be read: the index is done without.
    }
}

interface Index {
  /** By id. */
  readonly known: Map<string, Remembered>;
  /** Ends the use of the index, with what it is to know from now on. */
  close(fresh: ReadonlyMap<string, Remembered>, gone: readonly string[]): void;
}

const TABLE = "CREATE TABLE runs (id TEXT PRIMARY KEY, stamp TEXT NOT NULL, row TEXT NOT NULL, crc INTEGER NOT NULL)";

/** SQLite's result codes for a file that another connection holds, and for a damaged one. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;

/** Extended codes keep the plain one in their lowest byte. */
function codeOf(error: unknown): number {
  return ((error as { errcode?: number }).errcode ?? 0) & 0xff;
}

/** Null where it has to be done without. */
export function openIndex(directory: string): Index | null {
  if (!existsSync(directory)) return null;
  try {
    return readIndex(directory);
  } catch (error) {
    if ([SQLITE_BUSY, SQLITE_LOCKED].includes(codeOf(error))) return null;
  }
  // No database, or a damaged one: it holds nothing that the runs do not.
  removeIndex(directory);
  try {
    return readIndex(directory);
  } catch {
    return null;
  }
}

function readIndex(directory: string): Index {
  const path = indexPath(directory);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error(`${path}: expected a file`);
  const database = new DatabaseSync(path, { timeout: 2000 });
  try {
    return index(database, directory);
  } catch (error) {
    database.close();
    throw error;
  }
}

function index(database: DatabaseSync, directory: string): Index {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version !== VERSION) database.exec(`DROP TABLE IF EXISTS runs; ${TABLE}; PRAGMA user_version = ${VERSION}`);
  const tables = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").all();
  if (tables.length !== 1 || tables[0]!.sql !== TABLE)
    throw new DataError("index.sqlite: expected one table, got others");
  const rows = database.prepare("SELECT id, stamp, row, crc FROM runs").all() as unknown as Stored[];
  return {
    known: new Map(rows.map((stored) => [stored.id, recall(stored)])),
    close(fresh, gone) {
      let isDamaged = false;
      try {
        if (fresh.size > 0 || gone.length > 0) write(database, fresh, gone);
      } catch (error) {
        // Busy, or a disk that is full or may only be read: the next list does the work again.
        isDamaged = codeOf(error) === SQLITE_CORRUPT;
      }
      database.close();
      if (isDamaged) removeIndex(directory);
    },
  };
}

interface Stored {
  readonly id: string;
  readonly stamp: string;
  readonly row: string;
  readonly crc: number;
}

/** SQLite has no checksum of its pages: a damaged one may hold a row that reads well and says something else. */
const checksum = ({ id, stamp, row }: Omit<Stored, "crc">) => crc32(JSON.stringify([id, stamp, row]));

function recall(stored: Stored): Remembered {
  if (checksum(stored) !== stored.crc) throw new DataError(`index.sqlite: expected the row of ${stored.id} as written`);
  return { stamp: stored.stamp, row: JSON.parse(stored.row) };
}

function write(database: DatabaseSync, fresh: ReadonlyMap<string, Remembered>, gone: readonly string[]): void {
  database.exec("BEGIN IMMEDIATE");
  const put = database.prepare("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)");
  for (const [id, { stamp, row }] of fresh) {
    const stored = { id, stamp, row: JSON.stringify(row) };
    put.run(id, stamp, stored.row, checksum(stored));
  }
  const remove = database.prepare("DELETE FROM runs WHERE id = ?");
  for (const id of gone) remove.run(id);
  database.exec("COMMIT");
}
