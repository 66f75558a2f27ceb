import { join } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { readDocument } from "./document.ts";
import { evaluationFile } from "./runRecords.ts";
import type { EvaluationFile, MetricRecord } from "./schema.ts";

/**
 * What the last evaluation of these records found in full; undefined where it found no more than its record says, or
 * there was none. `tell` is told of a damaged file, which counts as none.
 */
export function readLastEvaluation(
  run: { readonly path: string },
  records: readonly MetricRecord[],
  tell: (damage: string) => void,
): EvaluationFile | undefined {
  const last = records.findLast(
    (record) => (record.kind === "epoch" || record.kind === "evaluation") && !Number.isNaN(record.validationLoss),
  );
  if (last === undefined) return undefined;
  const name = last.kind === "epoch" ? `epoch_${last.epoch}` : `step_${last.step}`;
  try {
    return readDocument(join(run.path, "evaluation", `${name}.json`), evaluationFile) ?? undefined;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    tell(error.message);
    return undefined;
  }
}
