import * as errors from "../tensor/errors.ts";
import type { Run } from "./runs.ts";

const ours = [
  ...[errors.DataError, errors.DivergedError, errors.EngineUnavailableError, errors.NotFoundError],
  ...[errors.ShapeError, errors.UnsupportedError, errors.UsageError],
];

/** What `work` does with the run that `reference` meant. Where that was "latest", its errors say which run it is. */
export async function namingLatest<T>(reference: string, { record }: Run, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = ours.some((one) => error instanceof one);
    if (reference === "latest" && known && !(error as Error).message.includes(record.id))
      (error as Error).message += ` (latest is ${record.id})`;
    throw error;
  }
}
