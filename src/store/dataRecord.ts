import { join } from "node:path";
import { z } from "zod";
import type { Moments } from "../data/dataset.ts";
import { readDocument } from "./document.ts";
import { record, text } from "./records.ts";

/** What `data.json` says of how values became what a model reads. */
export interface DataRecord {
  readonly kind: string;
  readonly target: { readonly name: string; readonly moments: Moments | null } | null;
  readonly classNames: readonly string[];
  readonly inputs: readonly {
    readonly name: string;
    readonly moments: Moments | null;
    readonly categories?: readonly string[] | null | undefined;
  }[];
}

const moments = record<Moments>({ mean: z.number(), deviation: z.number() }).nullable();

const dataRecord = record<DataRecord>({
  kind: text,
  target: record<NonNullable<DataRecord["target"]>>({ name: text, moments }).nullable(),
  classNames: z.array(text),
  inputs: z.array(
    record<DataRecord["inputs"][number]>({ name: text, moments, categories: z.array(text).nullable().optional() }),
  ),
});

/** Null of data known by name. Throws `DataError` for a file that is damaged. */
export function readDataRecord(run: { readonly path: string }): DataRecord | null {
  return readDocument(join(run.path, "data.json"), dataRecord);
}
