import { isThere, listFolder } from "../data/files/files.ts";
import { listIds, openRun, type Run } from "../store/runs.ts";
import { NotFoundError, option } from "../tensor/errors.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { isModelFile } from "./trainedRequest.ts";

/** Names that are shown. */
const MOST_NAMES = 5;

/**
 * A run that a name means, or null of an `.onnx` file that is there. Throws as `open` does, and `NotFoundError` for a
 * name that means neither, with what there is instead.
 */
export async function trainedRun(
  directory: string,
  reference: string,
  open: (directory: string, reference: string) => Run = openRun,
): Promise<Run | null> {
  if (isModelFile(reference)) {
    if (await isThere(reference)) return null;
    throw await neither(directory, reference);
  }
  try {
    return open(directory, reference);
  } catch (error) {
    if (!(error instanceof NotFoundError) || reference === "latest") throw error;
    throw await neither(directory, reference);
  }
}

async function neither(directory: string, reference: string): Promise<NotFoundError> {
  const above = /^(.*[/\\])?/.exec(reference)![0];
  const beside = (await listFolder(above || "."))?.files.filter(isModelFile) ?? [];
  const files = beside.map((file) => `${above}${file}`);
  const runs = listIds(directory).slice(-MOST_NAMES).reverse();
  const there = [...runs, ...files.slice(0, MOST_NAMES)].join(", ") || "none";
  const known = [...listIds(directory), ...files];
  const isOther = didYouMean(reference, known) === "" && !isModelFile(reference) && (await isThere(reference));
  if (isOther)
    return new NotFoundError(
      `${reference}: expected a run in ${directory} or an .onnx file (there are ${there}), got another file; ` +
        `pass data as ${option("data")}, and a model as an .onnx file`,
    );
  return new NotFoundError(
    `${reference}: expected a run in ${directory} or an .onnx file (there are ${there}), got neither` +
      (didYouMean(reference, known) || `; check the name, or pass ${option("dir")}`),
  );
}
