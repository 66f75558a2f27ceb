import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { DataDescription } from "../data/openOptions.ts";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { readPointer } from "./checkpoints.ts";
import { readDocument } from "./document.ts";
import { readEnvironment } from "./environment.ts";
import { count, record, text } from "./records.ts";
import { evaluationFile } from "./runRecords.ts";
import { readConfig, readSummary } from "./runs.ts";

/** The records of a run beside `run.json` and `metrics.jsonl`, all evaluations as one: which of them can be read. */

type Run = { readonly path: string };
type Told = Pick<DataDescription, "kind" | "files" | "split" | "classNames" | "examples"> & {
  readonly schemaVersion: number;
};

/** Nothing reads it but people: what every version has written. */
const dataFile = record<Told>({
  schemaVersion: count,
  kind: text,
  files: z.array(text),
  split: text,
  classNames: z.array(text),
  examples: record<Told["examples"]>({ train: count, validation: count }),
});

export type RecordName =
  | ("config.yaml" | "summary.json" | "environment.json" | "data.json")
  | ("checkpoints/best.json" | "checkpoints/last.json" | "evaluation");

type Reader = readonly [name: RecordName, read: (run: Run) => unknown];

const readers: readonly Reader[] = [
  ["config.yaml", readConfig],
  ["summary.json", readSummary],
  ["environment.json", readEnvironment],
  ["checkpoints/best.json", (run) => readPointer(run, "best")],
  ["checkpoints/last.json", (run) => readPointer(run, "last")],
  ["data.json", (run) => readDocument(join(run.path, "data.json"), dataFile)],
];

export interface Damage {
  readonly name: RecordName;
  readonly error: DataError | NotFoundError;
}

/** What of a run's records cannot be read, each file on its own. */
export function damagedRecords(run: Run): Damage[] {
  const ofEvaluations = evaluationPaths(run).map((path): Reader => {
    return ["evaluation", () => readDocument(path, evaluationFile)];
  });
  return [...readers, ...ofEvaluations].flatMap(([name, read]) => {
    try {
      read(run);
      return [];
    } catch (error) {
      if (error instanceof DataError || error instanceof NotFoundError) return [{ name, error }];
      throw error;
    }
  });
}

/** The evaluations; what is no folder of them is read, and so refused, itself. */
function evaluationPaths(run: Run): string[] {
  const folder = join(run.path, "evaluation");
  const status = statSync(folder, { throwIfNoEntry: false });
  if (status === undefined) return [];
  if (!status.isDirectory()) return [folder];
  return readdirSync(folder)
    .filter((name) => /^(epoch|step)_\d+\.json$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
