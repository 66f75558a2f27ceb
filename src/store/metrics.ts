import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { isRegularFile } from "./file.ts";
import { decodeJson, encodeJson } from "./json.ts";
import type { MetricRecord } from "./schema.ts";

/** Lines are on disk at most this long after they were appended, as long as appending goes on. */
const FLUSH_MILLISECONDS = 1000;

export interface MetricsWriter {
  append(metric: MetricRecord): void;
  flush(): void;
  /** As `flush`, and does not return before the lines are on disk. */
  sync(): void;
  /** In the file or on their way into it. */
  lines(): number;
}

export function metricsPath(run: { readonly path: string }): string {
  return join(run.path, "metrics.jsonl");
}

/** Appends lines to a run's metrics.jsonl, whole lines at a time, at most once per second, after the `count` that are there. */
export function metricsWriter(run: { readonly path: string }, count = 0): MetricsWriter {
  const path = metricsPath(run);
  let lines = "";
  // Of a clock that nobody sets.
  let flushedAt = Number.NEGATIVE_INFINITY;
  const flush = () => {
    flushedAt = performance.now();
    if (lines !== "") appendWhole(path, lines);
    lines = "";
  };
  return {
    flush,
    append: (metric) => {
      lines += `${encodeJson(metric)}\n`;
      count++;
      if (performance.now() - flushedAt >= FLUSH_MILLISECONDS) flush();
    },
    sync: () => {
      flush();
      if (isRegularFile(path)) withFile(path, fsyncSync);
    },
    lines: () => count,
  };
}

/** All of the text or nothing: what a full disk lets through of it is taken back. */
function appendWhole(path: string, text: string): void {
  withFile(path, (file) => {
    const before = fstatSync(file).size;
    const bytes = new TextEncoder().encode(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } catch (error) {
      ftruncateSync(file, before);
      throw error;
    }
  });
}

function withFile(path: string, use: (file: number) => void): void {
  const file = openSync(path, "a");
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The metrics of a run in the order they were written; none where it has not written any. A last line without its end
 * is one that is being written, or was when the process was killed, and is left out.
 * Throws `DataError` with file and line for a damaged line before it.
 */
export function readMetrics(run: { readonly path: string }): MetricRecord[] {
  const path = metricsPath(run);
  if (!isRegularFile(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line, i) => parseLine(line, `${path}:${i + 1}`));
}

/**
 * Keeps the first `count` lines of a run's metrics, bit for bit, and gives them. Throws `DataError` where the file has fewer.
 */
export function rewindMetrics(run: { readonly path: string }, count: number): MetricRecord[] {
  const path = metricsPath(run);
  if (!isRegularFile(path) && count === 0) return [];
  const bytes = isRegularFile(path) ? readFileSync(path) : new Uint8Array();
  let end = 0;
  for (let i = 0; i < count; i++) {
    const next = bytes.indexOf(10, end);
    if (next < 0)
      throw new DataError(
        `${path}: expected the ${count} lines that the checkpoint counts, got ${i}; restore the file`,
      );
    end = next + 1;
  }
  if (end < bytes.length) truncateSync(path, end);
  return readMetrics(run);
}

const kinds: readonly MetricRecord["kind"][] = ["step", "evaluation", "epoch", "accumulation"];

function parseLine(line: string, place: string): MetricRecord {
  const metric = parse(line);
  if (metric && kinds.includes(metric.kind)) return metric;
  throw new DataError(
    `${place}: expected a JSON object of kind ${kinds.join(", ")}, got ${JSON.stringify(line.slice(0, 60))}; ` +
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
