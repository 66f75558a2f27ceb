import type { GradientStatistics } from "../statistics/table.ts";
import type { AnalysisFinding } from "../store/analysisFindings.ts";
import type { GradientVerdict } from "../store/gradientVerdicts.ts";

/**
 * What gradients that another program saved say of a larger batch, as `batchVerdict` tells it of a run, and of the
 * data, as `dataVerdict`.
 */
export function gradientVerdicts(
  statistics: GradientStatistics,
  findings: readonly AnalysisFinding[],
): GradientVerdict[] {
  return [batchOf(statistics), dataOf(statistics, findings)].filter((found) => found !== null);
}

function batchOf({ noiseScale, batchSize, rows }: GradientStatistics): GradientVerdict {
  const { lower, upper, resolved, value } = noiseScale;
  if (lower === Number.POSITIVE_INFINITY) return { kind: "gradientsLost", rows };
  const found = { batchSize, noiseScale };
  const scale = resolved ? value : lower;
  if (batchSize < lower)
    return {
      kind: "gradientsBelow",
      ...found,
      gainOfDoubling: (1 + scale / batchSize) / (1 + scale / (2 * batchSize)),
    };
  if (!(batchSize <= upper)) return { kind: "gradientsAbove", ...found };
  return { kind: resolved ? "gradientsAbout" : "gradientsOpen", ...found };
}

/** Nothing where the rows are too few to tell. */
function dataOf({ rows: batches }: GradientStatistics, findings: readonly AnalysisFinding[]): GradientVerdict | null {
  for (const one of findings) {
    if (one.kind === "opposedRows")
      return { kind: "gradientsOpposed", found: one.found, batches, cosine: one.cosine, p: one.p };
    if (one.kind === "negativeBeyondChance")
      return { kind: "gradientPairsOpposed", share: one.share, limit: one.limit };
    if (one.kind === "negativeByChance") return { kind: "gradientsAgree", batches };
  }
  return null;
}
