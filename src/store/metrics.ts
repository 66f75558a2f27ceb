import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { writeAtomically } from "./document.ts";
import { decodeJson, encodeJson } from "./json.ts";
import type { MetricRecord } from "./schema.ts";

/** Lines are on disk at most this long after they were appended, as long as appending goes on. */
const FLUSH_MILLISECONDS = 1000;

export interface MetricsWriter {
  append(metric: MetricRecord): void;
  flush(): void;
}

export function metricsPath(run: { readonly path: string }): string {
  return join(run.path, "metrics.jsonl");
}

/** Appends lines to a run's metrics.jsonl, whole lines at a time, at most once per second. */
export function metricsWriter(run: { readonly path: string }): MetricsWriter {
  const path = metricsPath(run);
  let lines = "";
  let flushedAt = 0;
  const flush = () => {
    flushedAt = Date.now();
    if (lines !== "") appendFileSync(path, lines);
    lines = "";
  };
  const append = (metric: MetricRecord) => {
    lines += `${encodeJson(metric)}\n`;
    if (Date.now() - flushedAt >= FLUSH_MILLISECONDS) flush();
  };
  return { append, flush };
}

/**
 * The metrics of a run in the order they were written; none where it has not written any. A last line without its end
 * is one that is being written, or was when the process was killed, and is left out.
 * Throws `DataError` with file and line for a damaged line before it.
 */
export function readMetrics(run: { readonly path: string }): MetricRecord[] {
  const path = metricsPath(run);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line, i) => parseLine(line, `${path}:${i + 1}`));
}

/** Takes back what was recorded after `step`, for a run that goes on from its checkpoint of that step. */
export function rewindMetrics(run: { readonly path: string }, step: number): void {
  const kept = readMetrics(run).filter((metric) => metric.step <= step);
  writeAtomically(metricsPath(run), kept.map((metric) => `${encodeJson(metric)}\n`).join(""));
}

function parseLine(line: string, place: string): MetricRecord {
  const metric = parse(line);
  if (metric?.kind === "step" || metric?.kind === "epoch") return metric;
  throw new DataError(
    `${place}: expected a JSON object of kind "step" or "epoch", got ${JSON.stringify(line.slice(0, 60))}; ` +
      "delete the line",
  );
}

function parse(line: string): MetricRecord | null {
  try {
    return decodeJson(line) as MetricRecord | null;
  } catch {
    return null;
  }
}
