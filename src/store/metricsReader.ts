import { truncateSync } from "node:fs";
import { DataError } from "../tensor/errors.ts";
import { isRegularFile } from "./file.ts";
import { checkMetric } from "./metricFields.ts";
import { metricsPath } from "./metrics.ts";
import type { MetricRecord } from "./schema.ts";
import { linesOf, NEWLINE, wholeLines } from "./wholeLines.ts";

/**
 * The metrics of a run in the order they were written, read piece by piece so that a file may be of any size; none
 * where the run has not written any. A last line without its end is one that is being written, or was when the process
 * was killed, and is left out. Throws `DataError` with file and line for a damaged one before it, and for what is no
 * file.
 */
export function* metricRecords(run: { readonly path: string }): Generator<MetricRecord> {
  const path = metricsPath(run);
  for (const { bytes, number } of wholeLines(path)) {
    const texts = linesOf(bytes, path, number);
    for (const [i, text] of texts.entries()) yield checkMetric(text, `${path}:${number + i}`);
  }
}

/** All of `metricRecords`, or those that `keep` wants. */
export function readMetrics(
  run: { readonly path: string },
  keep: (record: MetricRecord) => boolean = () => true,
): MetricRecord[] {
  const kept: MetricRecord[] = [];
  for (const record of metricRecords(run)) if (keep(record)) kept.push(record);
  return kept;
}

/**
 * What a run that goes on needs of its metrics in memory: all but the steps, of which there may be millions, and the
 * last.
 */
export function metricsToGoOn(run: { readonly path: string }): MetricRecord[] {
  const kept: MetricRecord[] = [];
  let last: MetricRecord | undefined;
  for (const record of metricRecords(run)) {
    last = record;
    if (record.kind !== "step") kept.push(record);
  }
  return last?.kind === "step" ? [...kept, last] : kept;
}

/** Keeps the first `count` lines of a run's metrics, bit for bit. Throws `DataError` where the file has fewer. */
export function rewindMetrics(run: { readonly path: string }, count: number): void {
  const path = metricsPath(run);
  let [lines, end] = [0, 0];
  for (const { bytes, number, start } of wholeLines(path)) {
    for (let at = 0; at < bytes.length && lines < count; lines++) {
      at = bytes.indexOf(NEWLINE, at) + 1;
      end = start + at;
    }
    if (lines === count && number > count) break;
  }
  if (lines < count)
    throw new DataError(
      `${path}: expected the ${count} lines that the checkpoint counts, got ${lines}; restore the file`,
    );
  if (isRegularFile(path)) truncateSync(path, end);
}
