import { totalmem } from "node:os";
import type { MeasureOptions } from "../../session/measure.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { type EmbeddingMethod, embeddingMethods } from "../../statistics/embedding.ts";
import { UsageError } from "../../tensor/errors.ts";

/** Options of `analyze` as commander gives them. */
export interface AnalyzeFlags {
  readonly run?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly verbose?: boolean | undefined;
  readonly data?: string | undefined;
  readonly rows?: string | undefined;
  readonly batchSize?: string | undefined;
  readonly byLayer?: boolean | undefined;
  readonly by?: string | undefined;
  readonly fullPass?: boolean | undefined;
  readonly embedding?: string | undefined;
  readonly perplexity?: string | undefined;
  readonly gradients?: string | undefined;
  readonly gram?: string | undefined;
  readonly sketch?: string | undefined;
  readonly out?: string | undefined;
  readonly datasetSize?: string | undefined;
  readonly seed: string;
  readonly threads: string;
  readonly memoryBudget?: string | undefined;
  readonly products: string;
  readonly device: string;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

const productsOf = ["auto", "exact", "sketch"] as const;

/** What the flags say. Throws `UsageError` naming the flag. */
export function analysisOptions(flags: AnalyzeFlags): MeasureOptions {
  const products = productsOf.find((known) => known === flags.products);
  if (products === undefined)
    throw new UsageError(`--products: expected one of ${productsOf.join(", ")}, got "${flags.products}"; change it`);
  return {
    seed: wholeNumber("--seed", flags.seed, 0),
    threads: wholeNumber("--threads", flags.threads, 1),
    memoryBudget: memoryBudget(flags.memoryBudget),
    products,
    byLayer: flags.byLayer ?? false,
    by: flags.by,
    fullPass: flags.fullPass ?? false,
    pictures: pictureOptions(flags),
    rows: flags.rows === undefined ? undefined : wholeNumber("--rows", flags.rows, 2),
    batchSize: flags.batchSize === undefined ? undefined : wholeNumber("--batch-size", flags.batchSize, 1),
  };
}

/** A quarter of what this process may use, unless said in MiB. */
export function memoryBudget(text: string | undefined): number {
  if (text !== undefined) return wholeNumber("--memory-budget", text, 1) * 2 ** 20;
  // Zero where nothing limits the process.
  const limit = process.constrainedMemory();
  return Math.floor(Math.min(totalmem(), limit > 0 ? limit : totalmem()) / 4);
}

/** The first perplexity is that of the picture that is drawn. */
export function pictureOptions({ embedding, perplexity }: Pick<AnalyzeFlags, "embedding" | "perplexity">) {
  const methods = embedding?.split(",").map((text) => {
    const method = embeddingMethods.find((known) => known === text.trim());
    if (method) return method;
    throw new UsageError(`--embedding: expected some of ${embeddingMethods.join(",")}, got "${text}"; change it`);
  });
  const [first, ...others] = perplexity?.split(",").map((text) => perplexityOf(text.trim())) ?? [];
  return {
    ...(methods && { methods: [...new Set<EmbeddingMethod>(methods)] }),
    ...(first !== undefined && { perplexity: first, otherPerplexities: others }),
  };
}

function perplexityOf(text: string): number {
  const value = decimal(text);
  if (value >= 1 && Number.isFinite(value)) return value;
  throw new UsageError(`--perplexity: expected numbers of at least 1, as 5,15,30, got "${text}"; change it`);
}
