import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type DataError, NotFoundError, option, UsageError } from "../../tensor/errors.ts";
import { packageVersion } from "../describeEnvironment.ts";
import { readDocument, writeAtomically } from "../document.ts";
import { namesIn } from "../file.ts";
import type { RunLock } from "../lock.ts";
import { showValue } from "../parseRecord.ts";
import { count, number, record, text, time } from "../records.ts";
import { SCHEMA_VERSION } from "../schema.ts";
import { firstDifference } from "./canonicalJson.ts";
import { isSweep, lockStudy, readStudy, type StudyBudget, studyBudget, studyPath } from "./study.ts";

/** What a sweep is, in `studies/<id>/study.json`: settings × seeds, each of which is a run beside it. */
export interface SweepFile {
  readonly schemaVersion: number;
  readonly id: string;
  readonly createdAt: string;
  /** Of Batchscope, which began it. */
  readonly version: string;
  /** Where relative paths begin. */
  readonly directory: string;
  readonly specification: SweepSpecification;
  /** Asked for so far: more may be added. */
  readonly seeds: readonly number[];
  /** Settings asked for so far: more may be added. */
  readonly trials: number;
}

/** What decides the settings of a sweep and their trainings, their number and the seeds apart. */
export interface SweepSpecification {
  readonly kind: "sweep";
  /** Options of `train` as they were given, but those that vary. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Of the data as the model sees them, and of the files of a model and of weights, in the first setting. */
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly parameters: readonly SweepParameter[];
  /** Of what is drawn and of the order of a grid. */
  readonly sweepSeed: number;
  readonly metric: SweepMetric;
  readonly budget: StudyBudget;
  /** Examples between evaluations. */
  readonly evaluateExamples: number;
  /** Examples at which trials pause, ascending, and the share of them that goes on, 1 in `reduction`; null without. */
  readonly halving: { readonly reduction: number; readonly rungs: readonly number[] } | null;
  readonly medianStopping: boolean;
}

export const sweepMetrics = ["validation-loss", "validation-accuracy"] as const;
export type SweepMetric = (typeof sweepMetrics)[number];

/** An option that varies, by its name in a configuration. */
export type SweepParameter =
  /** Each value is combined with those of the other lists. */
  | { readonly kind: "grid"; readonly option: string; readonly values: readonly unknown[] }
  /** One of the values is drawn. */
  | { readonly kind: "choice"; readonly option: string; readonly values: readonly unknown[] }
  /** A number is drawn, uniformly or uniformly in its logarithm; both ends belong to it. */
  | {
      readonly kind: "range";
      readonly option: string;
      readonly from: number;
      readonly to: number;
      readonly log: boolean;
      readonly integer: boolean;
    };

const values = z.array(z.unknown());
const parameter = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("grid"), option: text, values }),
  z.looseObject({ kind: z.literal("choice"), option: text, values }),
  z.looseObject({
    kind: z.literal("range"),
    option: text,
    from: number,
    to: number,
    log: z.boolean(),
    integer: z.boolean(),
  }),
]) as unknown as z.ZodType<SweepParameter>;

const sweepFile = record<SweepFile>({
  schemaVersion: count,
  id: text,
  createdAt: time,
  version: text,
  directory: text,
  specification: record<SweepSpecification>({
    kind: z.literal("sweep"),
    given: z.record(z.string(), z.unknown()),
    fingerprints: z.record(z.string(), text),
    parameters: z.array(parameter),
    sweepSeed: count,
    metric: z.enum(sweepMetrics),
    budget: studyBudget,
    evaluateExamples: count,
    halving: record<NonNullable<SweepSpecification["halving"]>>({ reduction: count, rungs: z.array(count) }).nullable(),
    medianStopping: z.boolean(),
  }),
  seeds: z.array(count),
  trials: count,
});

/** A sweep's folder. */
export interface Sweep {
  readonly path: string;
  readonly file: SweepFile;
}

/** A sweep that this process alone may change, until it is released. */
export interface OpenSweep extends Sweep {
  readonly lock: RunLock;
}

/** Null where there is none, or another study. Throws `DataError` for a damaged one. */
export function readSweep(path: string): Sweep | null {
  if (!isSweep(path)) return null;
  const file = readDocument(join(path, "study.json"), sweepFile);
  return file && { path, file };
}

/** The sweep of this name. Throws `NotFoundError` naming those that there are. */
export function openSweep(directory: string, id: string): Sweep {
  const sweep = readSweep(studyPath(directory, id));
  if (sweep) return sweep;
  const names = listSweeps(directory).sweeps.map(({ file }) => file.id);
  const got = names.length === 0 ? "no sweeps at all" : names.join(", ");
  throw new NotFoundError(
    `${join(directory, "studies")}: expected the sweep "${id}", got ${got}; start one with \`batchscope sweep\``,
  );
}

/** All sweeps, newest first; and an error for each that cannot be read. */
export function listSweeps(directory: string): { sweeps: Sweep[]; damaged: DataError[] } {
  const sweeps: Sweep[] = [];
  const damaged: DataError[] = [];
  for (const id of namesIn(join(directory, "studies"))) {
    try {
      const sweep = readSweep(join(directory, "studies", id));
      if (sweep) sweeps.push(sweep);
    } catch (error) {
      if ((error as Error).name !== "DataError") throw error;
      damaged.push(error as DataError);
    }
  }
  return { sweeps: sweeps.sort((a, b) => (a.file.createdAt < b.file.createdAt ? 1 : -1)), damaged };
}

type Asked = Pick<SweepFile, "specification" | "seeds" | "trials" | "directory">;

/** What is asked of a sweep. `identityOf`: of a specification, what another sweep has otherwise. */
export type AskedSweep = Asked & {
  readonly identityOf: (specification: SweepSpecification) => SweepSpecification;
};

/**
 * Takes the sweep of this name, which is made where there is none, and adds the settings and seeds that it lacks.
 * Throws `UsageError` while another process holds it, where it is another kind of study, and where it is of another
 * specification, of which the first difference is named. What else it says, of how trials are made, is as it was asked
 * for last.
 */
export function takeSweep(directory: string, id: string, { identityOf, ...asked }: AskedSweep): OpenSweep {
  const path = studyPath(directory, id);
  const lock = lockStudy(path, id);
  try {
    if (readStudy(path))
      throw new UsageError(
        `${option("study")}: expected a name that no comparison has, got ${id}, which is one; name another study`,
      );
    const before = readSweep(path)?.file;
    if (before) requireSame(before.id, [identityOf(before.specification), identityOf(asked.specification)]);
    const { specification } = asked;
    // Relative paths begin where they were given.
    const isMoved = before !== undefined && firstDifference(before.specification, specification) !== null;
    const moved = isMoved ? { directory: asked.directory } : {};
    const file = { ...(before ?? newSweep(id, asked)), ...moved, specification, ...grown(before, asked) };
    if (before === undefined || firstDifference(before, file) !== null)
      writeAtomically(join(path, "study.json"), `${JSON.stringify(file, null, 2)}\n`);
    return { path, file, lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function newSweep(id: string, { specification, directory }: Asked): Omit<SweepFile, "seeds" | "trials"> {
  const version = packageVersion(".") ?? "";
  const createdAt = new Date().toISOString();
  return { schemaVersion: SCHEMA_VERSION, id, createdAt, version, directory, specification };
}

/** With all that was ever asked for. */
export function grown(
  before: Pick<SweepFile, "seeds" | "trials"> | undefined,
  { seeds, trials }: Pick<SweepFile, "seeds" | "trials">,
): Pick<SweepFile, "seeds" | "trials"> {
  const known = before?.seeds ?? [];
  return {
    seeds: [...known, ...seeds.filter((seed) => !known.includes(seed))],
    trials: Math.max(trials, before?.trials ?? 0),
  };
}

function requireSame(
  id: string,
  [before, asked]: readonly [before: SweepSpecification, asked: SweepSpecification],
): void {
  const found = firstDifference(before, asked);
  if (found === null) return;
  const place = found.path.replace(/^given\./, "").replace(/^parameters\.(\d+).*$/, (_, index) => {
    const name = (before.parameters[Number(index)] ?? asked.parameters[Number(index)])?.option;
    return `choice of ${option(name ?? "parameters")}`;
  });
  throw new UsageError(
    `${option("study")}: expected what ${id} was started with, got another ${place}: ` +
      `${showValue(found.after)} instead of ${showValue(found.before)}; give it back, or name another study`,
  );
}

const stopPath = (sweep: { readonly path: string }) => join(sweep.path, "stop");

/** Tells whoever runs the sweep, on any machine that has its folder, to end in order. */
export function askToStop(sweep: { readonly path: string }): void {
  writeAtomically(stopPath(sweep), `${new Date().toISOString()}\n`);
}

/** Whether the sweep is told to end. */
export function isAskedToStop(sweep: { readonly path: string }): boolean {
  return existsSync(stopPath(sweep));
}

/** Takes back that it is told to end. */
export function forgetStop(sweep: { readonly path: string }): void {
  rmSync(stopPath(sweep), { force: true });
}
