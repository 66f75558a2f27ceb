import { join } from "node:path";
import { appendWhole, syncFile } from "./appendWhole.ts";
import { isRegularFile } from "./file.ts";
import { encodeJson } from "./json.ts";
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

/**
 * Appends lines to a run's metrics.jsonl, whole lines at a time, at most once per second, after the `count` that are
 * there.
 */
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
      lines += `${encoded(metric)}\n`;
      count++;
      if (performance.now() - flushedAt >= FLUSH_MILLISECONDS) flush();
    },
    sync: () => {
      flush();
      if (isRegularFile(path)) syncFile(path);
    },
    lines: () => count,
  };
}

/** Of a step, of which there may be millions, without asking every value what it is. */
function encoded(metric: MetricRecord): string {
  if (metric.kind !== "step") return encodeJson(metric);
  const record = { ...metric, seconds: Math.round(metric.seconds * 1e6) / 1e6 };
  const line = JSON.stringify(record);
  // What a number that JSON lacks becomes.
  return line.includes("null") ? encodeJson(record) : line;
}
