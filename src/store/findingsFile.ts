import { z } from "zod";
import { DataError } from "../tensor/errors.ts";
import { findingsPath } from "./appendFinding.ts";
import { writeAtomically } from "./document.ts";
import { readRecordText } from "./file.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { parseRecord, showValue } from "./parseRecord.ts";
import { count, number, record, text } from "./records.ts";
import {
  type Evidence,
  evidenceUnits,
  findingStrengths,
  type TrainingFinding,
  trainingFindingKinds,
} from "./trainingFindings.ts";

/** `findings.jsonl`: what was found of a run while it trained, a line each, in the order in which it was found. */

type Run = { readonly path: string };

const evidence = record<Evidence>({
  name: text,
  value: number,
  unit: z.enum(evidenceUnits),
  lower: number.optional(),
  upper: number.optional(),
  threshold: number.optional(),
  source: text.optional(),
});

const trainingFinding = record<TrainingFinding>({
  kind: z.enum(trainingFindingKinds),
  step: count,
  strength: z.enum(findingStrengths),
  evidence: z.array(evidence),
  parameters: z.array(text).optional(),
});

/**
 * None where the run has none, or is of a version without them. A last line without its end is left out, and so are
 * findings of a later version, of kinds that this one does not know. Throws `DataError` with file and line for a
 * damaged line.
 */
export function readTrainingFindings(run: Run): TrainingFinding[] {
  const path = findingsPath(run);
  const lines = (readRecordText(path) ?? "").split("\n").slice(0, -1);
  return lines.flatMap((line, i) => {
    const value = parsed(line, `${path}:${i + 1}`);
    return isLater(value) ? [] : [parseRecord(`${path}:${i + 1}`, trainingFinding, value)];
  });
}

/** Takes back what was found after `step`, for a run that goes on from there. */
export function rewindFindings(run: Run, step: number): void {
  const path = findingsPath(run);
  const found = readTrainingFindings(run);
  const kept = found.filter((finding) => finding.step <= step);
  if (kept.length < found.length) writeAtomically(path, kept.map((finding) => `${encodeJson(finding)}\n`).join(""));
}

function parsed(line: string, place: string): unknown {
  try {
    return decodeJson(line);
  } catch {
    throw new DataError(`${place}: expected a JSON object, got ${showValue(line)}; restore the file or delete it`);
  }
}

const known: ReadonlySet<unknown> = new Set(trainingFindingKinds);

function isLater(value: unknown): boolean {
  const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  return typeof kind === "string" && !known.has(kind);
}
