import { join } from "node:path";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { endOf, recordLosses } from "./lost.ts";
import {
  newestFirst,
  openIndex,
  type Remembered,
  type RunRow,
  removeIndex,
  rowAsItIs,
  runFolders,
} from "./rowIndex.ts";
import { readRun, readRunRecords } from "./runs.ts";
import type { RunSummary } from "./schema.ts";
import { unmadeRuns } from "./unmade.ts";
import { firstUpdateSize, scaledRate } from "./updateSize.ts";

export interface RunRows {
  /** Newest first. */
  readonly rows: RunRow[];
  /** One for each run that cannot be read. */
  readonly damaged: DataError[];
}

/**
 * All runs of a store, through `index.sqlite`: a run whose files are as they were is not read again. The index is only
 * a memory of what the run directories say; it is made where it is missing, damaged or of another version, and done
 * without where it cannot be read or written.
 */
export function listRows(directory: string): RunRows {
  const index = openIndex(directory);
  const known = index?.known ?? new Map<string, Remembered>();
  const damaged: DataError[] = [];
  const fresh = new Map<string, Remembered>();
  const rows = runFolders(directory).flatMap(({ id, stamp }) => {
    const before = known.get(id);
    known.delete(id);
    const asItIs = rowAsItIs(before, stamp);
    if (asItIs) return [asItIs];
    const row = readRow(directory, id, damaged);
    if (row === null) return [];
    fresh.set(id, { stamp, row });
    return [row];
  });
  index?.close(fresh, [...known.keys()]);
  damaged.push(...unmadeRuns(directory));
  return { rows: newestFirst(rows), damaged };
}

/** Makes the index anew from the run directories, and writes down which runs were lost. */
export function reindex(directory: string): RunRows {
  recordLosses(directory);
  removeIndex(directory);
  return listRows(directory);
}

/** Null too where it says nothing. */
function noiseScaleOf(summary: RunSummary | null): RunRow["noiseScale"] {
  const {
    value = Number.NaN,
    lower = 0,
    upper = Number.POSITIVE_INFINITY,
    resolved = false,
  } = summary?.noiseScale ?? {};
  if (resolved) return { value, lower, upper };
  return lower > 0 && Number.isFinite(lower) ? { value: lower, lower, upper: null } : null;
}

function labelsIn(summary: RunSummary | null): number | null {
  const counts = summary?.evaluation?.classification?.confusion.flat() ?? [];
  return counts.reduce((sum, count) => sum + count, 0) || null;
}

function readRow(directory: string, id: string, damaged: DataError[]): RunRow | null {
  const path = join(directory, "runs", id);
  try {
    const run = readRun(path);
    if (run === null) return null;
    const { name, description, startedAt, finishedAt } = run.record;
    const { config, summary } = readRunRecords(run);
    const { validationLoss = null, validationAccuracy = null } = summary?.best ?? {};
    return {
      id,
      ...(run.otherId !== undefined && { otherId: run.otherId }),
      status: run.status,
      reason: endOf(run),
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
      validationLabels: labelsIn(summary),
      effectiveBatchSize: firstUpdateSize(config),
      ...(config.accumulationSchedule !== undefined && { batchChanges: true as const }),
      learningRate: scaledRate(config),
      seconds: summary?.seconds ?? null,
      peakMemoryBytes: summary?.peakMemoryBytes ?? null,
      noiseScale: noiseScaleOf(summary),
      tags: Array.isArray(config.tags) ? config.tags.map(String) : [],
      ...(typeof config.trialOf === "string" && { trialOf: config.trialOf }),
    };
  } catch (error) {
    if (!(error instanceof DataError || error instanceof NotFoundError)) throw error;
    damaged.push(error instanceof DataError ? error : new DataError(error.message));
    return null;
  }
}
