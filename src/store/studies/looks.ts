import { join } from "node:path";
import { z } from "zod";
import type { Confirmation } from "../../statistics/comparison/confirmation.ts";
import type { Look, SeedPair } from "../../statistics/comparison/judge.ts";
import { count, number, record, time } from "../records.ts";
import { appendLine, mendLines, readLines } from "./lines.ts";

/** A look at a judgement, with the pairs that it saw first. */
export interface LookRecord extends Look {
  readonly at: string;
  readonly pairs: readonly SeedPair[];
}

/** What a judgement came to on the examples that no look has seen; measured once, after the verdict. */
export interface ConfirmationRecord extends Confirmation {
  readonly at: string;
  /** In each trial's evaluation. */
  readonly examples: number;
  readonly pairs: readonly SeedPair[];
}

const value = number.nullable();
const pairs = z.array(record<SeedPair>({ seed: count, arm: value, baseline: value }));
const difference = record<Look["difference"]>({ value, lower: value, upper: value });

const lookRecord = record<LookRecord>({
  at: time,
  seeds: count,
  share: number,
  difference,
  level: number,
  rejects: z.boolean(),
  verdict: z.enum(["better", "worse", "no larger difference", "more seeds", "undecided"]),
  moreSeeds: value,
  pairs,
});

const confirmationRecord = record<ConfirmationRecord>({
  at: time,
  examples: count,
  seeds: count,
  difference,
  p: number,
  confirmed: z.boolean(),
  pairs,
});

const looksPath = (study: { readonly path: string }) => join(study.path, "looks.jsonl");
const confirmationPath = (study: { readonly path: string }) => join(study.path, "confirmation.jsonl");

/** All looks so far, in their order. Throws as `readLines`. */
export function readLooks(study: { readonly path: string }): LookRecord[] {
  return readLines(looksPath(study), lookRecord);
}

/** Null before it was measured. Throws as `readLines`. */
export function readConfirmation(study: { readonly path: string }): ConfirmationRecord | null {
  return readLines(confirmationPath(study), confirmationRecord)[0] ?? null;
}

/** As `mendLines`. */
export function mendLooks(study: { readonly path: string }): void {
  mendLines(looksPath(study));
  mendLines(confirmationPath(study));
}

/** Writes a look down before anybody sees what it says. Throws as `appendLine`. */
export function appendLook(study: { readonly path: string }, look: Omit<LookRecord, "at">): void {
  appendLine(looksPath(study), study.path, { at: new Date().toISOString(), ...look });
}

/** Throws as `appendLine`. */
export function appendConfirmation(
  study: { readonly path: string },
  found: Omit<ConfirmationRecord, "at">,
): ConfirmationRecord {
  const written = { at: new Date().toISOString(), ...found };
  appendLine(confirmationPath(study), study.path, written);
  return written;
}
