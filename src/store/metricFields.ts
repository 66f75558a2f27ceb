import { DataError } from "../tensor/errors.ts";
import { decodeJson } from "./json.ts";
import type { MetricRecord } from "./schema.ts";

const counts = ["step", "epoch", "examples"];
const evaluated = {
  required: ["trainLoss", "validationLoss", "seconds"],
  optional: ["trainAccuracy", "validationAccuracy"],
};

/**
 * The numbers of each kind of record beside step, epoch and examples. Plain code: a schema would take longer than
 * reading the file.
 */
const fields: Readonly<Record<MetricRecord["kind"], { required: readonly string[]; optional: readonly string[] }>> = {
  step: {
    required: ["loss", "gradientNorm", "learningRate", "seconds"],
    optional: [
      "momentum",
      "microBatches",
      "traceCovariance",
      "squaredGradientNorm",
      "noiseScale",
      "noiseScaleLow",
      "noiseScaleHigh",
      "criticalSharpness",
    ],
  },
  evaluation: evaluated,
  epoch: evaluated,
  accumulation: { required: ["accumulationSteps", "effectiveBatchSize", "noiseScale", "seconds"], optional: [] },
};

/**
 * A line of metrics.jsonl as a record. Throws `DataError` that begins with `place`, the file and the line, for a
 * damaged one.
 */
export function checkMetric(line: string, place: string): MetricRecord {
  const record = parse(line);
  const kind = record?.kind;
  if (!record || typeof kind !== "string" || !Object.hasOwn(fields, kind))
    throw new DataError(
      `${place}: expected a JSON object of kind ${Object.keys(fields).join(", ")}, got ${JSON.stringify(line.slice(0, 60))}; ` +
        "delete the line",
    );
  const { required, optional } = fields[kind as MetricRecord["kind"]];
  for (const name of counts)
    if (!(Number.isSafeInteger(record[name]) && (record[name] as number) >= 0))
      throw damaged(place, name, "a whole number", record[name]);
  for (const name of required) if (!isNumber(record[name], line)) throw damaged(place, name, "a number", record[name]);
  for (const name of optional)
    if (record[name] !== undefined && !isNumber(record[name], line))
      throw damaged(place, name, "a number", record[name]);
  checkScores(record.validationScores, place, line);
  return record as unknown as MetricRecord;
}

function checkScores(scores: unknown, place: string, line: string): void {
  if (scores === undefined) return;
  if (typeof scores !== "object" || scores === null || Array.isArray(scores))
    throw damaged(place, "validationScores", "an object of numbers", scores);
  for (const [name, value] of Object.entries(scores))
    if (!isNumber(value, line)) throw damaged(place, `validationScores.${name}`, "a number", value);
}

/** Infinity is written as a text: as a number it comes of digits that no number holds. */
function isNumber(value: unknown, line: string): boolean {
  if (typeof value !== "number") return false;
  return Number.isFinite(value) || Number.isNaN(value) || /"-?Infinity"/.test(line);
}

function damaged(place: string, name: string, expected: string, value: unknown): DataError {
  const got = typeof value === "number" ? String(value) : (JSON.stringify(value)?.slice(0, 60) ?? "nothing");
  return new DataError(`${place}: expected ${JSON.stringify(name)} as ${expected}, got ${got}; restore the file`);
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return decodeJson(line) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
