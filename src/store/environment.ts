import { join } from "node:path";
import { readDocument } from "./document.ts";
import { environment } from "./runRecords.ts";
import type { Environment } from "./schema.ts";

/**
 * What decided the numbers of a run when it was started; null where the file is gone. Throws `DataError` naming a
 * damaged file.
 */
export function readEnvironment(run: { readonly path: string }): Environment | null {
  return readDocument(join(run.path, "environment.json"), environment);
}

/** Where a run says what it began with. */
export function environmentPath(run: { readonly path: string }): string {
  return join(run.path, "environment.json");
}
