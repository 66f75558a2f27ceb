import { join } from "node:path";
import { z } from "zod";
import { count, number, record, text, time } from "../records.ts";
import { appendLine, mendLines, readLines } from "./lines.ts";

export const trialStates = ["waiting", "running", "done", "diverged", "failed", "stopped"] as const;
export type TrialState = (typeof trialStates)[number];

/** A line of `trials.jsonl`: what became of a trial. The last line of a trial holds. */
export interface TrialRecord {
  readonly at: string;
  /** The hash of its specification. */
  readonly trial: string;
  readonly state: Exclude<TrialState, "waiting">;
  readonly arm: string;
  readonly seed: number;
  readonly stage: TrialStage;
  /** Counted from 1; 0 of one that a cluster was stopped in before its first had ended. */
  readonly attempt: number;
  /** Null until it is known. */
  readonly run: string | null;
  /** Why it ended, where it did not reach its end. */
  readonly reason: string | null;
  /** Of a sweep: which of its budgets, counted from 0, the attempt trains up to. */
  readonly rung?: number | undefined;
  /** Of one that stopped early: at its rung, from which it may be promoted, or as worse than the median. */
  readonly early?: EarlyStop | undefined;
  /** Of a sweep, so that a thousand trials are listed without a look into their runs. */
  readonly result?: TrialOutcome | undefined;
}

export type EarlyStop = "rung" | "median";

/** What a trial measured on the validation data where it ended, or at the end of its rung. */
export interface TrialOutcome {
  /** Null where it is no finite number. */
  readonly loss: number | null;
  /** 0–1; null where the loss is none of classes. */
  readonly accuracy: number | null;
  readonly examples: number;
  /** Of training, evaluations left out as far as that can be told. */
  readonly seconds: number | null;
}

/** Tried to choose what an arm is compared with, compared, or of a sweep. */
export type TrialStage = "tuning" | "comparison" | "sweep";

/** How an outcome is kept in files and queues. */
export const trialOutcome = record<TrialOutcome>({
  loss: number.nullable(),
  accuracy: number.nullable(),
  examples: count,
  seconds: number.nullable(),
});

const trialRecord = record<TrialRecord>({
  at: time,
  trial: text,
  state: z.enum(["running", "done", "diverged", "failed", "stopped"]),
  arm: text,
  seed: count,
  stage: z.enum(["tuning", "comparison", "sweep"]),
  attempt: count,
  run: text.nullable(),
  reason: text.nullable(),
  rung: count.optional(),
  early: z.enum(["rung", "median"]).optional(),
  result: trialOutcome.optional(),
});

/** Where a trial stands. */
export type TrialPlace = Omit<TrialRecord, "state"> & { readonly state: TrialState };

const logPath = (study: { readonly path: string }) => join(study.path, "trials.jsonl");

/**
 * Where each trial of a study stands, by its hash; those of which nothing was written are not there. A trial that was
 * running when the process of its study ended (`held` is false) waits again. Throws what `readTrialRecords` throws.
 */
export function readTrials(study: { readonly path: string }, held: boolean): Map<string, TrialPlace> {
  const places = new Map<string, TrialPlace>();
  for (const read of readTrialRecords(study))
    places.set(read.trial, read.state === "running" && !held ? { ...read, state: "waiting" } : read);
  return places;
}

/** All that was written of a study's trials, in its order. Throws as `readLines`. */
export function readTrialRecords(study: { readonly path: string }): TrialRecord[] {
  return readLines(logPath(study), trialRecord);
}

/** As `mendLines`. */
export function mendTrials(study: { readonly path: string }): void {
  mendLines(logPath(study));
}

/** Writes down what became of a trial; on disk when it returns. Throws an `Error` of one line where it cannot be. */
export function appendTrial(study: { readonly path: string }, line: Omit<TrialRecord, "at">): TrialRecord {
  const written = { at: new Date().toISOString(), ...line };
  appendLine(logPath(study), study.path, written);
  return written;
}
