import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { wholeNumber } from "../../session/numbers.ts";
import { removeUnfinished } from "../../store/analysis.ts";
import { areCheckpointsLinked, removeCheckpoints, superfluousCheckpoints } from "../../store/checkpoints.ts";
import { removeAbandoned } from "../../store/document.ts";
import { lockRun } from "../../store/lock.ts";
import { recordLoss } from "../../store/lost.ts";
import { openOwnRun, openRemovable } from "../../store/ownRuns.ts";
import { listRows } from "../../store/runIndex.ts";
import { listRuns, type Run, readConfig, readRunRecords } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { emptyTrash, listTrash, moveToTrash, restoreRun } from "../../store/trash.ts";
import { DataError, NotFoundError, UsageError } from "../../tensor/errors.ts";
import { sizeText } from "../../text/size.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { printedCommand } from "../printedCommands.ts";
import { sayLeftOut, sayOtherId } from "../sayOdd.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { askRemoval } from "../terminal/prompts.ts";
import { refusalOfQuestions, requireTerminal } from "../terminal/requireTerminal.ts";
import type { StoreFlags } from "./runs.ts";

export interface RemoveFlags extends StoreFlags {
  readonly yes?: boolean | undefined;
  /** Trials of studies too. */
  readonly force?: boolean | undefined;
}

const words = () => textIn(languageOf(process.env)).commands.housekeeping;

/** The command `runs rm`: moves runs to the trash; asks, unless told that it is meant. */
export async function runsRemove(references: readonly string[], { dir, yes, force, json }: RemoveFlags): Promise<void> {
  const directory = storeDirectory(dir);
  // Two references may mean one run.
  const found = references.map((reference) => openRemovable(directory, reference));
  const folders = [...new Map(found.map((folder) => [folder.path, folder])).values()];
  const running = folders.find(({ run }) => run?.status === "running")?.run;
  if (running) throw stillRunning(running);
  if (!force) requireNoTrial(directory, folders);
  for (const { run, damage } of folders) {
    if (run) sayOtherId(run);
    if (damage) say(words().damaged(damage.message));
  }
  if (!yes) {
    requireTerminal("runs rm", ["--yes"], refusalOfQuestions(process, process.env));
    const names = folders.map(({ path }) => basename(path));
    await askRemoval(names, { input: process.stdin, output: process.stderr, language: languageOf(process.env) });
  }
  const removed = folders.map(({ path }) => {
    const { bytes, foreign } = moveToTrash(directory, basename(path));
    if (foreign.length > 0) say(words().stays(path, foreign.join(", ")));
    return { run: basename(path), bytes, stays: foreign };
  });
  listRows(directory);
  if (json) {
    printJson({ removed });
    return;
  }
  for (const { run, bytes } of removed) print(words().removed(run, sizeText(bytes)));
  print(words().bringBack(printedCommand(`runs restore ${removed.map(({ run }) => run).join(" ")}`)));
}

/** A trial that is removed is trained again by its study, so that it is not removed by mistake. */
function requireNoTrial(directory: string, folders: readonly { readonly path: string }[]): void {
  const chosen = new Set(folders.map(({ path }) => basename(path)));
  for (const { id, trialOf } of listRows(directory).rows) {
    const study = chosen.has(id) ? trialOf?.split("/")[0] : undefined;
    if (study !== undefined && existsSync(join(directory, "studies", study, "study.json")))
      throw new UsageError(
        `runs rm: expected runs of no study, got ${id}, a trial of the study ${study}, which would train it again; keep it, or add --force`,
      );
  }
}

/** The command `runs restore`. */
export function runsRestore(references: readonly string[], { dir, json }: StoreFlags): void {
  const directory = storeDirectory(dir);
  const restored = references.map((reference) => restoreRun(directory, reference));
  listRows(directory);
  if (json) printJson({ restored: restored.map(({ id }) => ({ run: id })) });
  else for (const { id, removedAt } of restored) print(words().restored(id, removedAt));
}

/** The command `runs --trash`. */
export function trashList({ dir, json }: StoreFlags): void {
  const directory = storeDirectory(dir);
  const trash = listTrash(directory);
  if (json) printJson({ directory, trash });
  else if (trash.length === 0) print(words().trashIsEmpty(directory));
  else print(...trash.map(({ id, removedAt }) => words().inTrash(id, removedAt)));
}

function stillRunning({ record }: Run): UsageError {
  return new UsageError(
    `runs rm: expected runs that have ended, got ${record.id}, running as process ${record.pid} on ${record.host}; stop it first`,
  );
}

export interface CollectFlags extends StoreFlags {
  readonly keepCheckpoints?: string | undefined;
  readonly trashDays?: string | undefined;
}

/** Days after which what was removed is gone for good. */
const TRASH_DAYS = 30;

/**
 * The command `runs gc`: what nothing points to, nobody is writing and nobody asked to keep. Runs that are running or
 * damaged are left alone, and so is the trash where runs are named, unless days are too.
 */
export function runsCollect(references: readonly string[], flags: CollectFlags): void {
  const { dir, keepCheckpoints, trashDays, json } = flags;
  const directory = storeDirectory(dir);
  const asked = keepCheckpoints === undefined ? undefined : wholeNumber("--keep-checkpoints", keepCheckpoints, 1);
  const days = trashDays === undefined ? TRASH_DAYS : wholeNumber("--trash-days", trashDays, 0);
  const all = references.length === 0 ? listRuns(directory) : null;
  all?.damaged.forEach(sayLeftOut);
  const runs = all?.runs ?? references.map((reference) => openOwnRun(directory, reference));
  runs.forEach(sayOtherId);
  const freed = runs.flatMap((run) => {
    const result = isSound(directory, run) ? collect(run, asked) : null;
    return result === null ? [] : [{ run: run.record.id, ...result }];
  });
  const trash = all || trashDays !== undefined ? emptyTrash(directory, days) : { runs: 0, bytes: 0, remarks: [] };
  for (const remark of trash.remarks)
    say(remark.kind === "damaged" ? remark.message : words().stays(remark.path, remark.files.join(", ")));
  const bytes = freed.reduce((sum, one) => sum + one.bytes, trash.bytes);
  if (json) {
    const emptied = { runs: trash.runs, bytes: trash.bytes };
    printJson({ bytes, runs: freed, trash: emptied });
    return;
  }
  for (const { run, bytes: own, ...removed } of freed) {
    const text = removedText(removed);
    if (text !== "") print(words().freedOf(run, text, sizeText(own)));
  }
  if (trash.runs > 0) print(words().trash(trash.runs, sizeText(trash.bytes)));
  print(words().freed(sizeText(bytes), freed.length));
}

interface Removed {
  readonly checkpoints: number;
  /** Analyses that were not done and that nobody is making. */
  readonly unfinishedAnalyses: number;
  readonly halfWrittenFiles: number;
}

function removedText(removed: Removed): string {
  const { counted, separator } = words();
  const kinds = ["checkpoints", "unfinishedAnalyses", "halfWrittenFiles"] as const;
  return kinds.flatMap((kind) => (removed[kind] === 0 ? [] : [counted[kind](removed[kind])])).join(separator);
}

/** Whether a run can be tidied up; says of one that is damaged, or no run of the store's own, that it is not. */
function isSound(directory: string, run: Run): boolean {
  if (run.status === "running") return false;
  try {
    readRunRecords(openOwnRun(directory, basename(run.path)));
    return true;
  } catch (error) {
    if (!(error instanceof DataError || error instanceof NotFoundError)) throw error;
    say(words().leftAlone(error.message));
    return false;
  }
}

function collect(run: Run, asked: number | undefined): (Removed & { readonly bytes: number }) | null {
  const lock = lockRun(run, "alone");
  if (lock === null) {
    say(words().inUse(run.record.id));
    return null;
  }
  try {
    if (lock.held) recordLoss(run);
    const own = asked ?? readConfig(run).keepCheckpoints;
    const superfluous = superfluousCheckpoints(run, own);
    if (areCheckpointsLinked(run)) say(words().linked(run.record.id));
    const { analyses, bytes } = removeUnfinished(run);
    const abandoned = removeAbandoned(run);
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
