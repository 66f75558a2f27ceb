import type { NoiseScale } from "../statistics/types.ts";
import type {
  AnalysisFile,
  CheckpointAnalysis,
  FullPass,
  GroupAnalysis,
  LayerAnalysis,
  SketchBound,
} from "../store/schema.ts";
import { type PartsText, partsEnglish } from "../text/en/parts.ts";
import { intervalText, percent, significant, whole } from "../text/format.ts";

/** Conflicts that are named; of more the file has all. */
const MOST_NAMED = 5;

/**
 * What is said of the parts of the last checkpoint that were asked for: layers, groups, the whole data set, a sketch. `text` holds the words
 * of a language, `textIn(language).parts`.
 */
export function partsReading({ checkpoints }: AnalysisFile, text: PartsText = partsEnglish): string[] {
  const last = checkpoints.at(-1);
  if (!last) return [];
  return [
    ...(last.measurement?.sketch ? [sketchReading(last.measurement.sketch, text)] : []),
    ...(last.fullPass ? [fullPassReading(last, last.fullPass, text)] : []),
    ...(last.layers ? [layersReading(last.layers, text)] : []),
    ...(last.groups ? groupsReading(last.groups, text) : []),
  ];
}

function sketchReading({ dimensions, seed, cosineError }: SketchBound, text: PartsText): string {
  return text.sketch({ sums: whole(dimensions), seed, error: significant(cosineError) });
}

function fullPassReading({ epoch, statistics }: CheckpointAnalysis, exact: FullPass, text: PartsText): string {
  const { datasetNoiseScale: estimate, rows } = statistics;
  const holds = (scale: NoiseScale) => scale.lower <= exact.noiseScale && exact.noiseScale <= scale.upper;
  const compared =
    estimate === null ? "" : text.compared({ rows, estimate: intervalText(estimate), holds: holds(estimate) });
  return text.fullPass({
    examples: whole(exact.examples),
    epoch,
    trace: significant(exact.traceCovariance),
    signal: significant(exact.squaredGradientNorm),
    scale: significant(exact.noiseScale),
    compared,
  });
}

function layersReading(layers: readonly LayerAnalysis[], text: PartsText): string {
  const total = layers.reduce((sum, layer) => sum + layer.traceCovariance, 0);
  const most = layers.reduce((best, layer) => (layer.traceCovariance > best.traceCovariance ? layer : best));
  const resolved = layers.filter(({ noiseScale }) => noiseScale.resolved);
  const noisiest = text.noisiest(most.name, percent(most.traceCovariance / total));
  if (resolved.length < 2) return text.fewLayers(noisiest);
  const sorted = resolved.toSorted((a, b) => a.noiseScale.value - b.noiseScale.value);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  return text.layers({
    noisiest,
    low: intervalText(low.noiseScale),
    lowName: low.name,
    high: intervalText(high.noiseScale),
    highName: high.name,
    apart: low.noiseScale.upper < high.noiseScale.lower,
  });
}

function groupsReading(groups: GroupAnalysis, text: PartsText): string[] {
  const { by, names, rowsPerGroup, batchSize, leftOut, conflicts } = groups;
  const setting = text.setting({
    by,
    rows: rowsPerGroup,
    batchSize: whole(batchSize),
    groups: names.length,
    within: significant(conflicts.within),
    between: significant(conflicts.between),
  });
  const named = leftOut.slice(0, MOST_NAMED).map(({ name, examples }) => ({ name, examples: whole(examples) }));
  return [
    setting,
    conflictReading(groups, text),
    ...(named.length > 0 ? [text.leftOut(named, leftOut.length - named.length)] : []),
  ];
}

function conflictReading({ names, conflicts: { pairs } }: GroupAnalysis, text: PartsText): string {
  const found = pairs.filter(({ conflict }) => conflict).sort((a, b) => a.stiffness - b.stiffness);
  if (found.length === 0) return text.noConflict(pairs.length);
  const named = found.slice(0, MOST_NAMED).map((pair) =>
    text.pair({
      first: names[pair.first]!,
      second: names[pair.second]!,
      cosine: significant(pair.stiffness),
      ofMeans: significant(pair.cosineOfMeans),
      bh: significant(pair.benjaminiHochberg),
      holm: significant(pair.holm),
    }),
  );
  const more = found.length > named.length ? text.morePairs(found.length - named.length) : "";
  return text.conflicts({
    found: found.length,
    pairs: pairs.length,
    named: named.join(text.separator) + more,
    usual: significant(-1 / (names.length - 1)),
  });
}
