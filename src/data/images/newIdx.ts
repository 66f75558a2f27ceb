import { type Dataset, imageDataset, type Moments } from "../dataset.ts";
import type { Learned, NewDataOptions } from "../preparation.ts";
import { readIdxFolder } from "./idxFolder.ts";

/**
 * The images to validate on of MNIST's four files, with the mean and deviation that a model was trained with. Throws as
 * `readIdxFolder`, and `DataError` for a label that is no class of the model.
 */
export async function newIdx(
  folder: string,
  { name, classNames, ignored = -100 }: Learned,
  moments: Moments,
  { memory }: NewDataOptions,
): Promise<Dataset> {
  const { validation } = await readIdxFolder(folder, memory);
  // Labels are bytes; classes whose names are no numbers are numbered from 0.
  const labels = classNames.map(Number);
  const areNumbers = labels.every((label, c) => String(label) === classNames[c]);
  const positions = areNumbers ? new Map(labels.map((label, c) => [label, c])) : null;
  const unlabelled = { label: ignored, labels: 0, of: 0 };
  return imageDataset(name, validation, classNames, moments, { positions, ignored, unlabelled });
}
