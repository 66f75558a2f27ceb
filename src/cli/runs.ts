import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { percent, significant } from "../advice/format.ts";
import { alignedLines } from "../report/aligned.ts";
import { removeUnfinished } from "../store/analysis.ts";
import { listCheckpoints, readPointer, removeCheckpoints, superfluousCheckpoints } from "../store/checkpoints.ts";
import { removeAbandoned } from "../store/document.ts";
import { lockRun, lockState } from "../store/lock.ts";
import { endOf } from "../store/lost.ts";
import { listRows, type RunRow, reindex } from "../store/runIndex.ts";
import { damageOf, listRuns, type Run, readConfig, readSummary, storeDirectory } from "../store/runs.ts";
import { SCHEMA_VERSION } from "../store/schema.ts";
import { NotFoundError, UsageError } from "../tensor/errors.ts";
import { languageOf } from "./language.ts";
import { wholeNumber } from "./numbers.ts";
import { openNamedRun, sayLeftOut } from "./openNamedRun.ts";
import { askRemoval, requireTerminal } from "./prompts.ts";
import { print, printJson, say } from "./terminal.ts";

interface StoreFlags {
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

export const runOrders = ["started", "name", "loss", "accuracy"] as const;

export interface ListFlags extends StoreFlags {
  readonly status?: string | undefined;
  readonly name?: string | undefined;
  readonly sort: (typeof runOrders)[number];
}

const orders: Readonly<Record<ListFlags["sort"], (a: RunRow, b: RunRow) => number>> = {
  // As listed: newest first.
  started: () => 0,
  name: (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)),
  loss: (a, b) => (a.validationLoss ?? Number.POSITIVE_INFINITY) - (b.validationLoss ?? Number.POSITIVE_INFINITY) || 0,
  accuracy: (a, b) => (b.validationAccuracy ?? -1) - (a.validationAccuracy ?? -1),
};

/** The command `runs`: a table of all runs, or of some. */
export function runsList({ status, name = "", sort, dir, json }: ListFlags): void {
  const directory = storeDirectory(dir);
  const { rows, damaged } = listRows(directory);
  damaged.forEach(sayLeftOut);
  const wanted = (row: RunRow) =>
    (status === undefined || row.status === status) && `${row.id} ${row.name} ${row.description}`.includes(name);
  const chosen = rows.filter(wanted).sort(orders[sort]);
  if (json) {
    printJson({ schemaVersion: SCHEMA_VERSION, directory, runs: chosen });
    return;
  }
  const empty = rows.length === 0 ? "no runs; start one with batchscope train, or pass --dir" : "no run is like that";
  print(...(chosen.length === 0 ? [`${join(directory, "runs")}: ${empty}`] : table(chosen.map(cells))));
}

const header = ["run", "status", "model", "data", "epochs", "steps", "best loss", "accuracy", "description"];

function cells(row: RunRow): string[] {
  const { id, status, model, name, epochs, steps, validationLoss, validationAccuracy, description } = row;
  const numbers = [epochs, steps].map((value) => (value === null ? "–" : String(value)));
  const loss = validationLoss === null ? "–" : significant(validationLoss);
  return [
    id,
    status,
    model,
    name,
    ...numbers,
    loss,
    validationAccuracy === null ? "–" : percent(validationAccuracy),
    description,
  ];
}

/** Columns under their names, two spaces apart. */
function table(rows: readonly (readonly string[])[]): string[] {
  return alignedLines([header, ...rows], () => true);
}

/** The command `runs show`. */
export function runsShow(reference: string, { dir, json }: StoreFlags): void {
  const run = openNamedRun(dir, reference);
  const pointers = { best: readPointer(run, "best"), last: readPointer(run, "last") };
  const checkpoints = listCheckpoints(run).map((checkpoint) => ({
    ...checkpoint,
    bytes: statSync(checkpoint.path).size,
    best: checkpoint.path === pointers.best?.path,
    last: checkpoint.path === pointers.last?.path,
  }));
  const { path, status, record } = run;
  const [config, summary, reason] = [readConfig(run), readSummary(run), endOf(run)];
  if (json) {
    const document = { schemaVersion: SCHEMA_VERSION, path, status, reason, record, config, summary, checkpoints };
    printJson(document);
    return;
  }
  const saved = checkpoints.map(({ epoch, step, bytes, best, last }) => {
    const marks = [...(best ? ["best"] : []), ...(last ? ["last"] : [])];
    return `  epoch ${epoch}, step ${step}: ${size(bytes)}${marks.length > 0 ? ` (${marks.join(", ")})` : ""}`;
  });
  const best = summary?.best;
  const lines = [
    `${record.id}  ${status}${reason === null ? "" : `: ${reason}`}`,
    `path     ${path}`,
    `started  ${record.startedAt}, ended ${record.finishedAt ?? "–"}${resumed(record.resumes?.length ?? 0)}`,
    ...(summary ? [`trained  ${summary.epochs} epochs, ${summary.steps} steps, ${summary.examples} examples`] : []),
    ...(best
      ? [
          `best     validation loss ${significant(best.validationLoss)} ${best.kind === "epoch" ? `in epoch ${best.epoch}` : `at step ${best.step}`}`,
        ]
      : []),
    `config   ${Object.entries(config)
      .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(" ")}`,
    `checkpoints${saved.length === 0 ? " none" : ""}`,
    ...saved,
  ];
  print(...lines);
}

export interface RemoveFlags extends StoreFlags {
  readonly yes?: boolean | undefined;
}

/** The command `runs rm`: asks, unless told that it is meant. */
export async function runsRemove(references: readonly string[], { dir, yes, json }: RemoveFlags): Promise<void> {
  const directory = storeDirectory(dir);
  const runs = references.map((reference) => openNamedRun(dir, reference));
  const running = runs.find(({ status }) => status === "running");
  if (running) throw stillRunning(running);
  if (!yes) {
    requireTerminal("runs rm", ["--yes"], process, process.env);
    const names = runs.map(({ record }) => record.id);
    await askRemoval(names, { input: process.stdin, output: process.stderr, language: languageOf(process.env) });
  }
  const removed = runs.map((run) => ({ run: run.record.id, bytes: remove(run) }));
  listRows(directory);
  if (json) printJson({ schemaVersion: SCHEMA_VERSION, removed });
  else for (const { run, bytes } of removed) print(`removed ${run}: ${size(bytes)}`);
}

function remove(run: Run): number {
  const lock = lockRun(run, "alone");
  if (lock === null) throw lockState(run) === "held" ? stillRunning(run) : inUse(run);
  const bytes = sizeOfFolder(run.path);
  rmSync(run.path, { recursive: true });
  lock.release();
  return bytes;
}

function inUse({ record }: Run): UsageError {
  return new UsageError(
    `runs rm: expected runs that nobody uses, got ${record.id}, which is being analyzed, reported or exported; wait for it`,
  );
}

function stillRunning({ record }: Run): UsageError {
  return new UsageError(
    `runs rm: expected runs that have ended, got ${record.id}, running as process ${record.pid} on ${record.host}; stop it first`,
  );
}

export interface CollectFlags extends StoreFlags {
  readonly keepCheckpoints?: string | undefined;
}

/** The command `runs gc`: what nothing points to, nobody is writing and nobody asked to keep. Runs that are running are left alone. */
export function runsCollect(references: readonly string[], { dir, keepCheckpoints, json }: CollectFlags): void {
  const directory = storeDirectory(dir);
  const asked = keepCheckpoints === undefined ? undefined : wholeNumber("--keep-checkpoints", keepCheckpoints, 1);
  const all = references.length === 0 ? listRuns(directory) : null;
  all?.damaged.forEach(sayLeftOut);
  const runs = all?.runs ?? references.map((reference) => openNamedRun(dir, reference));
  const freed = runs.flatMap((run) => {
    const result = collect(run, asked);
    return result === null ? [] : [{ run: run.record.id, ...result }];
  });
  const bytes = freed.reduce((sum, one) => sum + one.bytes, 0);
  if (json) {
    printJson({ schemaVersion: SCHEMA_VERSION, bytes, runs: freed });
    return;
  }
  for (const { run, bytes: own, ...removed } of freed) {
    const text = removedText(removed);
    if (text !== "") print(`${run}: ${text}, ${size(own)}`);
  }
  print(`freed ${size(bytes)} in ${freed.length} runs`);
}

interface Removed {
  readonly checkpoints: number;
  /** Analyses that were not done and that nobody is making. */
  readonly unfinishedAnalyses: number;
  readonly halfWrittenFiles: number;
}

function removedText({ checkpoints, unfinishedAnalyses, halfWrittenFiles }: Removed): string {
  const kinds: [number, string, string][] = [
    [checkpoints, "checkpoint", "checkpoints"],
    [unfinishedAnalyses, "unfinished analysis", "unfinished analyses"],
    [halfWrittenFiles, "half-written file", "half-written files"],
  ];
  return kinds
    .flatMap(([count, one, many]) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]))
    .join(", ");
}

function collect(run: Run, asked: number | undefined): (Removed & { readonly bytes: number }) | null {
  if (run.status === "running") return null;
  const damage = damageOf(run);
  if (damage !== null) {
    say(`left as it is: ${damage.message}`);
    return null;
  }
  const lock = lockRun(run, "alone");
  if (lock === null) {
    say(`left as it is: ${run.record.id} is in use`);
    return null;
  }
  try {
    const own = asked ?? readConfig(run).keepCheckpoints;
    const superfluous = superfluousCheckpoints(run, own);
    const { analyses, bytes } = removeUnfinished(run);
    const abandoned = removeAbandoned(run.path);
    return {
      checkpoints: superfluous.length,
      unfinishedAnalyses: analyses,
      halfWrittenFiles: abandoned.files,
      bytes: bytes + abandoned.bytes + removeCheckpoints(superfluous),
    };
  } finally {
    lock.release();
  }
}

/** The command `runs reindex`. */
export function runsReindex({ dir, json }: StoreFlags): void {
  const directory = storeDirectory(dir);
  if (!existsSync(directory))
    throw new NotFoundError(`runs reindex: expected a store, got no folder ${directory}; pass --dir`);
  const { rows, damaged } = reindex(directory);
  damaged.forEach(sayLeftOut);
  const counts = { runs: rows.length, damaged: damaged.length };
  if (json) printJson({ schemaVersion: SCHEMA_VERSION, ...counts });
  else print(`indexed ${counts.runs} runs in ${directory}${damaged.length > 0 ? `, left out ${damaged.length}` : ""}`);
}

function sizeOfFolder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function resumed(times: number): string {
  if (times === 0) return "";
  return times === 1 ? ", resumed once" : `, resumed ${times} times`;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** 1,234,567 bytes as "1.23 MB". */
function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
