import { basename } from "node:path";
import { intervalText, significant, whole } from "../advice/format.ts";
import { encodeNpy } from "../data/npz.ts";
import { layerTable } from "../report/layerTable.ts";
import { describeGradients } from "../statistics/describe.ts";
import { noiseScaleOfLayers } from "../statistics/layers.ts";
import type { GradientStatistics } from "../statistics/types.ts";
import { writeAtomically } from "../store/document.ts";
import { encodeJson } from "../store/json.ts";
import type { LayerAnalysis, SketchBound } from "../store/schema.ts";
import { UsageError } from "../tensor/errors.ts";
import { tensor } from "../tensor/tensor.ts";
import { type AnalyzeFlags, memoryBudget, pictures } from "./analyzeOptions.ts";
import { type ReadGram, readGram, streamGradients } from "./gradientGrams.ts";
import { wholeNumber } from "./numbers.ts";

/** Statistics of gradients from any framework, printed: of a matrix, of a folder of batches, or of a Gram that is ready. */
export async function analyzeGradients(flags: AnalyzeFlags): Promise<void> {
  const path = (flags.gradients ?? flags.gram)!;
  const given = flags.batchSize === undefined ? null : wholeNumber("--batch-size", flags.batchSize, 1);
  const datasetSize = flags.datasetSize === undefined ? null : wholeNumber("--dataset-size", flags.datasetSize, 1);
  const seed = wholeNumber("--seed", flags.seed, 0);
  const shown = { ...pictures(flags), seed, datasetSize };
  const gram = flags.gradients === undefined ? await readGram(path) : await stream(path, flags, seed, given);
  const counts = countsOf(gram, given, path);
  const statistics = describeGradients({ products: gram.products, counts }, shown);
  const layers = layersOf(gram, counts);
  if (flags.out !== undefined)
    writeAtomically(flags.out, encodeNpy(tensor("float64", [gram.rows, gram.rows], gram.products)));
  const { sketch } = gram;
  const found = { ...statistics, ...(layers.length > 0 && { layers }), ...(sketch && { sketch }) };
  process.stdout.write(
    flags.json ? `${encodeJson(found, 2)}\n` : `${words(statistics, basename(path), layers, sketch).join("\n")}\n`,
  );
}

function stream(path: string, flags: AnalyzeFlags, seed: number, given: number | null): Promise<ReadGram> {
  if (flags.gram !== undefined)
    throw new UsageError("--gram: expected it alone, got --gradients too; the Gram is all that is read of gradients");
  if (flags.products === "sketch" && flags.sketch === undefined)
    throw new UsageError(
      "--products: expected --sketch beside it for a file of gradients, got none; pass --sketch 4096",
    );
  return streamGradients(path, {
    memoryBudget: memoryBudget(flags.memoryBudget),
    threads: wholeNumber("--threads", flags.threads, 1),
    sketch: flags.sketch === undefined ? null : wholeNumber("--sketch", flags.sketch, 1),
    seed,
    device: flags.device,
    beside: flags.out ?? path,
    check: (source) => countsOf(source, given, path),
  });
}

/** The examples behind each row, from the files or from the flag. */
function countsOf(
  { rows, counts }: { readonly rows: number; readonly counts: readonly number[] | null },
  given: number | null,
  path: string,
): readonly number[] {
  if (counts === null && given === null)
    throw new UsageError(
      "--batch-size: expected the examples behind each row of --gradients, got nothing; pass --batch-size",
    );
  if (counts !== null && given !== null && counts.some((count) => count !== given))
    throw new UsageError(
      `--batch-size: expected what ${path} says of each row, got ${given} where it says ${counts.find((count) => count !== given)}; leave it out`,
    );
  return counts ?? Array<number>(rows).fill(given!);
}

function layersOf({ layers }: ReadGram, counts: readonly number[]): LayerAnalysis[] {
  if (layers.size === 0) return [];
  const grams = new Map([...layers].map(([name, { products }]) => [name, { products, counts }]));
  return noiseScaleOfLayers(grams).layers.map((layer) => ({
    ...layer,
    parameters: layers.get(layer.name)!.parameters,
  }));
}

function words(
  s: GradientStatistics,
  file: string,
  layers: readonly LayerAnalysis[],
  sketch: SketchBound | null,
): string[] {
  const { noiseRatio } = s;
  const unbiased = s.noiseScale.resolved
    ? significant(noiseRatio.population)
    : `≥ ${significant(s.noiseScale.lower / s.batchSize)}`;
  return [
    `${file}: ${s.rows} gradients of ${whole(s.batchSize)} examples${s.datasetSize === null ? "" : ` from ${s.datasetSize}`}`,
    `noise scale              ${intervalText(s.noiseScale)} examples (95 % interval)`,
    ...(s.datasetNoiseScale
      ? [`noise scale, data set    ${intervalText(s.datasetNoiseScale)} examples (95 % interval)`]
      : []),
    `noise ratio at batch ${whole(noiseRatio.batchSize).padEnd(4)}${significant(noiseRatio.plugIn)} plug-in (biased low), ${unbiased} from unbiased parts`,
    `tr Σ of one example      ${significant(s.traceCovariance)}`,
    `|G|²                     ${significant(s.squaredGradientNorm)} unbiased, ${significant(s.squaredNormOfMean)} of the mean row`,
    `mean cosine              ${significant(s.meanCosine)}, expected ${significant(s.expectedCosine)}`,
    `most opposed rows        ${s.mostOpposedPair.join(" and ")}`,
    ...(sketch
      ? [
          `sketch                   ${whole(sketch.dimensions)} numbers for a row: lengths are exact, a cosine is off by at most ${significant(sketch.cosineError)} with 95 % probability`,
        ]
      : []),
    ...(layers.length > 0 ? ["", ...layerTable(layers)] : []),
  ];
}
