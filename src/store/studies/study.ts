import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../data/files/folders.ts";
import { DataError, NotFoundError, option, UsageError } from "../../tensor/errors.ts";
import { unwritable } from "../create.ts";
import { packageVersion } from "../describeEnvironment.ts";
import { readDocument, writeAtomically } from "../document.ts";
import { namesIn } from "../file.ts";
import { lockRun, lockState, type RunLock } from "../lock.ts";
import { showValue } from "../parseRecord.ts";
import { count, number, record, text, time } from "../records.ts";
import { SCHEMA_VERSION } from "../schema.ts";
import { firstDifference } from "./canonicalJson.ts";

/** What a study of trainings is, in `studies/<id>/study.json`: arms × seeds, each of which is a run beside it. */
export interface StudyFile {
  readonly schemaVersion: number;
  readonly id: string;
  readonly createdAt: string;
  /** Of Batchscope, which began it. */
  readonly version: string;
  readonly specification: StudySpecification;
  /** Those asked for so far: more may be added. */
  readonly seeds: readonly number[];
  /** How many seeds were complete each time that results were looked at. Those of a judgement are in `looks.jsonl`. */
  readonly looks: readonly number[];
}

/** What decides the trials of a study, seeds apart: with another one it is another study. */
export interface StudySpecification {
  readonly kind: StudyKind;
  readonly arms: readonly StudyArm[];
  readonly budget: StudyBudget;
  /** Examples between evaluations; null where the arms are not evaluated at equal examples. */
  readonly evaluateExamples: number | null;
  /** What each arm is given the best of before it is compared; null where nothing is tuned. */
  readonly tuning: StudyTuning | null;
  /** Of a judgement alone: what is decided before its first look. Its arms are the one judged and its baseline. */
  readonly judging?: StudyJudging;
}

export type StudyKind = "comparison" | "source-003" | "judgement" | "critical-batch" | "recommend" | "lr-exponent";

export interface StudyArm {
  readonly name: string;
  /** Everything that was decided of its trainings but their seed. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Of the data as the model sees them, and of the files of a model and of weights. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Examples of an update at the beginning. */
  readonly effectiveBatchSize: number;
}

/**
 * What all arms get equally much of. The value is in updates, examples, seconds or the unit of the loss; "own", with
 * the value 0, where each arm trains as long as its configuration says.
 */
export interface StudyBudget {
  readonly kind: "updates" | "examples" | "seconds" | "target-loss" | "own";
  readonly value: number;
}

export const judgeMetrics = ["validation-loss", "validation-accuracy", "train-loss", "seconds"] as const;
export type JudgeMetric = (typeof judgeMetrics)[number];

export interface StudyJudging {
  readonly metric: JudgeMetric;
  /** The smallest difference that matters, in the unit of the metric. */
  readonly minimumEffect: number;
  readonly mostSeeds: number;
  /** Error of all looks together, and how it is spent over them. */
  readonly alpha: number;
  readonly spending: "quadratic" | "pocock" | "obrien-fleming";
  /** Validation examples that no look sees; 0 where the metric is not of validation data, or none was wanted. */
  readonly setAside: number;
  /** Whether the baseline is the arm with other seeds. */
  readonly againstItself: boolean;
}

export interface StudyTuning {
  readonly option: string;
  readonly values: readonly number[];
  /** None of them is a seed of the comparison. */
  readonly seeds: readonly number[];
}

/** How a budget is kept in files. */
export const studyBudget = record<StudyBudget>({
  kind: z.enum(["updates", "examples", "seconds", "target-loss", "own"]),
  value: number,
});

const specification = record<StudySpecification>({
  kind: z.enum(["comparison", "source-003", "judgement", "critical-batch", "recommend", "lr-exponent"]),
  arms: z.array(
    record<StudyArm>({
      name: text,
      configuration: z.record(z.string(), z.unknown()),
      fingerprints: z.record(z.string(), text),
      effectiveBatchSize: count,
    }),
  ),
  budget: studyBudget,
  evaluateExamples: count.nullable(),
  tuning: record<StudyTuning>({ option: text, values: z.array(number), seeds: z.array(count) }).nullable(),
  judging: record<StudyJudging>({
    metric: z.enum(judgeMetrics),
    minimumEffect: number,
    mostSeeds: count,
    alpha: number,
    spending: z.enum(["quadratic", "pocock", "obrien-fleming"]),
    setAside: count,
    againstItself: z.boolean(),
  }).optional(),
});

const studyFile = record<StudyFile>({
  schemaVersion: count,
  id: text,
  createdAt: time,
  version: text,
  specification,
  seeds: z.array(count),
  looks: z.array(count),
});

/** A study's folder. */
export interface Study {
  readonly path: string;
  readonly file: StudyFile;
}

/** A study that this process alone may change, until it is released. */
export interface OpenStudy extends Study {
  readonly lock: RunLock;
}

/** Names that every file system and shell takes as they are. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,79}$/i;

/** Where a study of this name lies in a store. Throws `UsageError` for what is no name. */
export function studyPath(directory: string, id: string): string {
  if (!NAME.test(id))
    throw new UsageError(
      `${option("study")}: expected a name of at most 80 letters, digits, "-", "_" and ".", of which the first is a letter or digit, got ${showValue(id)}; change it`,
    );
  return join(directory, "studies", id);
}

const anyStudy = z.looseObject({ specification: z.looseObject({ kind: z.string() }) });

/** Whether the study is a sweep, which `sweep.ts` reads. Throws `DataError` for a damaged one. */
export function isSweep(path: string): boolean {
  return readDocument(join(path, "study.json"), anyStudy)?.specification.kind === "sweep";
}

/** Null where there is none, or a sweep. Throws `DataError` for a damaged one. */
export function readStudy(path: string): Study | null {
  if (isSweep(path)) return null;
  const file = readDocument(join(path, "study.json"), studyFile);
  return file && { path, file };
}

/** The study of this name. Throws `NotFoundError` naming those that there are. */
export function openStudyNamed(directory: string, id: string): Study {
  const study = readStudy(studyPath(directory, id));
  if (study) return study;
  const names = listStudies(directory).studies.map(({ file }) => file.id);
  const got = names.length === 0 ? "no studies at all" : names.join(", ");
  throw new NotFoundError(
    `${join(directory, "studies")}: expected the study "${id}", got ${got}; start one with \`batchscope compare\``,
  );
}

/** All studies, newest first; and an error for each that cannot be read. */
export function listStudies(directory: string): { studies: Study[]; damaged: DataError[] } {
  const studies: Study[] = [];
  const damaged: DataError[] = [];
  for (const id of namesIn(join(directory, "studies"))) {
    try {
      const study = readStudy(join(directory, "studies", id));
      if (study) studies.push(study);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      damaged.push(error);
    }
  }
  return { studies: studies.sort((a, b) => (a.file.createdAt < b.file.createdAt ? 1 : -1)), damaged };
}

/** What is asked of a study. `identityOf`: of a specification, what another study has otherwise. */
export type AskedStudy = Pick<StudyFile, "specification" | "seeds"> & {
  readonly identityOf: (specification: StudySpecification) => StudySpecification;
};

/**
 * Takes the study of this name, which is made where there is none, and adds the seeds that it lacks. Throws
 * `UsageError` while another process holds it, and where it is of another specification, of which the first difference
 * is named. What else the specification says, of how trials are made, is as it was asked for last.
 */
export function takeStudy(
  directory: string,
  id: string,
  { specification: asked, seeds, identityOf }: AskedStudy,
): OpenStudy {
  const path = studyPath(directory, id);
  const lock = lockStudy(path, id);
  try {
    if (isSweep(path))
      throw new UsageError(
        `${option("study")}: expected a name that no sweep has, got ${id}, which is one; name another study`,
      );
    const before = readStudy(path)?.file ?? newStudy(id, asked);
    const tuning = bothTunings(before.specification.tuning, asked.tuning);
    const same = before.specification.tuning?.option === asked.tuning?.option;
    const alike = same ? { ...asked, tuning: before.specification.tuning } : asked;
    requireSame(before, [before.specification, alike].map(identityOf) as [StudySpecification, StudySpecification]);
    const all = [...before.seeds, ...seeds.filter((seed) => !before.seeds.includes(seed))];
    const file = { ...before, specification: { ...asked, tuning }, seeds: all };
    if (firstDifference(before, file) !== null || before.seeds.length === 0) writeStudy(path, file);
    return { path, file, lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Of one option: with all values and seeds that were ever asked for. Else what was asked before. */
function bothTunings(before: StudyTuning | null, asked: StudyTuning | null): StudyTuning | null {
  if (before === null || before.option !== asked?.option) return before;
  const both = (one: readonly number[], other: readonly number[]) =>
    [...new Set([...one, ...other])].toSorted((a, b) => a - b);
  return { option: before.option, values: both(before.values, asked.values), seeds: both(before.seeds, asked.seeds) };
}

/**
 * Holds the folder of a study, which is made where there is none. Throws `UsageError` where another process does, and
 * as `requireStore`.
 */
export function lockStudy(path: string, id: string): RunLock {
  let lock: RunLock | null;
  try {
    makeFolder(path);
    lock = lockRun({ path });
  } catch (error) {
    throw unwritable(join(path, "..", ".."), error);
  }
  if (lock !== null) return lock;
  throw new UsageError(
    `${option("study")}: expected a study that no other process works on, got ${id}, which one does; wait for it, or name another`,
  );
}

function newStudy(id: string, asked: StudySpecification): StudyFile {
  const version = packageVersion(".") ?? "";
  const createdAt = new Date().toISOString();
  return { schemaVersion: SCHEMA_VERSION, id, createdAt, version, specification: asked, seeds: [], looks: [] };
}

function requireSame(
  { id }: StudyFile,
  [before, asked]: readonly [before: StudySpecification, asked: StudySpecification],
): void {
  // Of which other arms and other data make lengths differ too, which nobody gave.
  const [first, second] = [before, asked].map(causes);
  const found = firstDifference(first, second) ?? firstDifference(before, asked);
  if (found === null) return;
  throw new UsageError(
    `${option("study")}: expected what ${id} was started with, got another ${placeIn(found.path, before)}: ` +
      `${showValue(found.after)} instead of ${showValue(found.before)}; give it back, or name another study`,
  );
}

const causes = ({ arms }: StudySpecification) => ({
  arms: arms.map(({ name, fingerprints }) => ({ name, fingerprints })),
});

/** Where they differ, with the name of the arm. */
function placeIn(path: string, { arms }: StudySpecification): string {
  const [, index, rest] = /^arms\.(\d+)\.?(.*)$/.exec(path) ?? [];
  if (index === undefined) return path;
  const arm = arms[Number(index)]?.name ?? `number ${Number(index) + 1}`;
  return `${rest?.replace(/^configuration\./, "") || "arm"} of the arm ${JSON.stringify(arm)}`;
}

/** Writes down that the results over so many seeds were looked at. */
export function recordLook(study: OpenStudy, seeds: number): void {
  const { looks } = study.file;
  if (looks.at(-1) !== seeds) writeStudy(study.path, { ...study.file, looks: [...looks, seeds] });
}

function writeStudy(path: string, file: StudyFile): void {
  writeAtomically(join(path, "study.json"), `${JSON.stringify(file, null, 2)}\n`);
}

/** Whether a process works on it. */
export function isStudyHeld({ path }: Pick<Study, "path">): boolean {
  return existsSync(join(path, "lock")) && lockState({ path }) === "held";
}
