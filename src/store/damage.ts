import { join } from "node:path";
import { z } from "zod";
import type { DataDescription } from "../data/openOptions.ts";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { readPointer } from "./checkpoints.ts";
import { readDocument } from "./document.ts";
import { readEnvironment } from "./environment.ts";
import { namesIn } from "./file.ts";
import { readTrainingFindings } from "./findingsFile.ts";
import { readLandscape } from "./landscape.ts";
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
  | ("checkpoints/best.json" | "checkpoints/last.json" | "evaluation" | "findings.jsonl" | "landscape.json");

type Reader = readonly [name: RecordName, read: (run: Run) => unknown];

const readers: readonly Reader[] = [
  ["config.yaml", readConfig],
  ["summary.json", readSummary],
  ["environment.json", readEnvironment],
  ["checkpoints/best.json", (run) => readPointer(run, "best")],
  ["checkpoints/last.json", (run) => readPointer(run, "last")],
  ["findings.jsonl", readTrainingFindings],
  ["landscape.json", readLandscape],
  ["data.json", (run) => readDocument(join(run.path, "data.json"), dataFile)],
];

export interface Damage {
  readonly name: RecordName;
  readonly error: DataError | NotFoundError;
}

/** What of a run's records cannot be read, each file on its own. */
export function damagedRecords(run: Run): Damage[] {
  return [...readers, ...evaluations(run)].flatMap(([name, read]) => {
    try {
      read(run);
      return [];
    } catch (error) {
      if (error instanceof DataError || error instanceof NotFoundError) return [{ name, error }];
      throw error;
    }
  });
}

/** A reader of each evaluation; where there is no folder of them, one of the folder. */
function evaluations(run: Run): Reader[] {
  const folder = join(run.path, "evaluation");
  try {
    return namesIn(folder)
      .filter((name) => /^(epoch|step)_\d+\.json$/.test(name))
      .map((name) => ["evaluation", () => readDocument(join(folder, name), evaluationFile)]);
  } catch {
    return [["evaluation", () => namesIn(folder)]];
  }
}
