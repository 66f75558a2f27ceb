import { basename } from "node:path";
import { intervalText, significant, whole } from "../advice/format.ts";
import { readTensors } from "../data/files.ts";
import { describeGradients } from "../statistics/describe.ts";
import { gramOfRows } from "../statistics/gramOfRows.ts";
import type { GradientStatistics } from "../statistics/types.ts";
import { encodeJson } from "../store/json.ts";
import { DataError, UsageError } from "../tensor/errors.ts";
import { isFloat, show, type Tensor } from "../tensor/tensor.ts";
import { wholeNumber } from "./numbers.ts";

interface GradientOptions {
  readonly batchSize?: string | undefined;
  readonly datasetSize?: string | undefined;
  readonly seed: string;
  readonly json?: boolean | undefined;
}

/** Statistics of a K × P matrix of mini-batch gradients from any framework, printed. */
export async function analyzeGradients(file: string, options: GradientOptions): Promise<void> {
  if (options.batchSize === undefined)
    throw new UsageError(
      "--batch-size: expected the examples behind each row of --gradients, got nothing; pass --batch-size",
    );
  const batchSize = wholeNumber("--batch-size", options.batchSize, 1);
  const datasetSize = options.datasetSize === undefined ? null : wholeNumber("--dataset-size", options.datasetSize, 1);
  const rows = rowsOf(theMatrix(await readTensors(file), file), file);
  const gram = gramOfRows(rows, Array<number>(rows.length).fill(batchSize));
  const statistics = describeGradients(gram, { datasetSize, seed: wholeNumber("--seed", options.seed, 0) });
  process.stdout.write(
    options.json ? `${encodeJson(statistics, 2)}\n` : `${words(statistics, basename(file)).join("\n")}\n`,
  );
}

/** The only array, whatever its name. */
function theMatrix(tensors: ReadonlyMap<string, Tensor>, file: string): Tensor {
  const [only] = tensors.values();
  if (tensors.size !== 1 || !only)
    throw new DataError(
      `${file}: expected one array, got ${tensors.size} (${[...tensors.keys()].join(", ")}); save the gradients alone`,
    );
  if (only.shape.length !== 2 || !isFloat(only.type) || only.shape[0]! < 2 || only.shape[1]! < 1)
    throw new DataError(
      `${file}: expected a floating-point matrix [K ≥ 2, P ≥ 1], got ${show(only)}; stack one gradient per row`,
    );
  return only;
}

function rowsOf({ data, shape }: Tensor, file: string): Float64Array[] {
  const [K, P] = shape as [number, number];
  return Array.from({ length: K }, (_, k) => {
    const row = Float64Array.from(data.subarray(k * P, (k + 1) * P) as Float64Array);
    const bad = row.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new DataError(
        `${file}: expected finite gradients, got ${row[bad]} in row ${k}, column ${bad}; leave that batch out`,
      );
    return row;
  });
}

function words(s: GradientStatistics, file: string): string[] {
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
  ];
}
