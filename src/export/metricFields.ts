import type { MetricRecord } from "../store/schema.ts";
import { DataError } from "../tensor/errors.ts";

/** Many times what any run has: a table of more columns would fit into no memory, and be read by nobody. */
const MOST = { columns: 10_000, characters: 2 ** 20 };

/** Objects around a number; those that are written have one. */
const DEPTH = 8;

/** What a table has to know of all records before its first row. */
export interface MetricSurvey {
  readonly count: number;
  /** Of the numbers that `eachNumber` gives of any record, in the order in which they first come. */
  readonly names: readonly string[];
}

type Take = (name: string, value: number) => void;

/**
 * Calls `take` with the numbers of a record by name, those of an object inside it as `outer.inner`; without kind, epoch
 * and step, which place it. Throws `DataError` for numbers in more objects than anything that is written.
 */
export function eachNumber(record: MetricRecord, take: Take): void {
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(fields)) {
    if (name === "kind" || name === "epoch" || name === "step") continue;
    if (!takeNumbers(fields[name], name, DEPTH, take))
      throw new DataError(
        `metrics.jsonl: expected numbers in at most ${DEPTH} objects, got more at step ${record.step}; restore the file`,
      );
  }
}

/** False where there are more than `depth` objects around one. */
function takeNumbers(value: unknown, name: string, depth: number, take: Take): boolean {
  if (typeof value === "number") take(name, value);
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  const inner = value as Readonly<Record<string, unknown>>;
  return Object.keys(inner).every((key) => takeNumbers(inner[key], `${name}.${key}`, depth - 1, take));
}

/** Reads all records. Throws `DataError` as `eachNumber`, and for more names than a table can have. */
export function surveyMetrics(metrics: Iterable<MetricRecord>): MetricSurvey {
  const names = new Set<string>();
  let [count, characters] = [0, 0];
  const take = (name: string) => {
    if (names.has(name)) return;
    names.add(name);
    characters += name.length;
    if (names.size > MOST.columns || characters > MOST.characters)
      throw new DataError(
        `metrics.jsonl: expected at most ${MOST.columns} names of numbers of ${MOST.characters} characters together, ` +
          `got more by line ${count + 1}; export it as tensorboard, or restore the file`,
      );
  };
  for (const record of metrics) {
    eachNumber(record, take);
    count++;
  }
  return { count, names: [...names] };
}

/** The records that were surveyed, and none that came since. Throws `DataError` where some have gone. */
export function* surveyed({ count }: MetricSurvey, metrics: Iterable<MetricRecord>): Generator<MetricRecord> {
  let left = count;
  if (left > 0)
    for (const record of metrics) {
      yield record;
      if (--left === 0) return;
    }
  if (left > 0)
    throw new DataError(
      `metrics.jsonl: expected ${count} records, got ${count - left}; the file is being changed, try again`,
    );
}
