import { join } from "node:path";
import { readConfigText } from "../store/runs.ts";
import { DataError, UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import type { TrainConfiguration } from "./options.ts";

/** What a run was started with. Throws `NotFoundError` and `DataError` where `resolveConfiguration` would blame the user's file. */
export function readRunConfiguration(run: { readonly path: string }): TrainConfiguration {
  const path = join(run.path, "config.yaml");
  // What is no file, or far too large, is refused here.
  readConfigText(run);
  try {
    return resolveConfiguration({ config: path }, {});
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const place = error.message.startsWith(path) ? "" : `${path}: `;
    throw new DataError(place + error.message.replace(/;[^;]*$/, "; restore the file"));
  }
}
