import type { NoiseScale } from "../statistics/types.ts";
import type { PartFinding } from "../store/analysisFindings.ts";
import { placeOf } from "../store/place.ts";
import type {
  AnalysisFile,
  CheckpointAnalysis,
  FullPass,
  GroupAnalysis,
  LayerAnalysis,
  SketchBound,
} from "../store/schema.ts";

/** Conflicts, and groups that were left out, that are named; of more the file has all. */
const MOST_NAMED = 5;

/**
 * What is said of the parts of the last checkpoint that were asked for: layers, groups, the whole data set, a sketch.
 */
export function partsReading({ checkpoints }: Pick<AnalysisFile, "checkpoints">): PartFinding[] {
  const last = checkpoints.at(-1);
  if (!last) return [];
  return [
    ...(last.measurement?.sketch ? [sketchReading(last.measurement.sketch)] : []),
    ...(last.fullPass ? [fullPassReading(last, last.fullPass)] : []),
    ...(last.layers ? [layersReading(last.layers)] : []),
    ...(last.groups ? groupsReading(last.groups) : []),
  ];
}

function sketchReading({ dimensions, seed, cosineError }: SketchBound): PartFinding {
  return { kind: "sketch", dimensions, seed, cosineError, level: 0.95 };
}

function fullPassReading({ statistics, ...checkpoint }: CheckpointAnalysis, exact: FullPass): PartFinding {
  const { datasetNoiseScale: estimate, rows } = statistics;
  const holds = (scale: NoiseScale) => scale.lower <= exact.noiseScale && exact.noiseScale <= scale.upper;
  const { examples, traceCovariance, squaredGradientNorm, noiseScale } = exact;
  return {
    kind: "fullPass",
    ...placeOf(checkpoint),
    examples,
    traceCovariance,
    squaredGradientNorm,
    noiseScale,
    estimate: estimate && { rows, noiseScale: estimate, holds: holds(estimate) },
  };
}

function layersReading(layers: readonly LayerAnalysis[]): PartFinding {
  const total = layers.reduce((sum, layer) => sum + layer.traceCovariance, 0);
  const most = layers.reduce((best, layer) => (layer.traceCovariance > best.traceCovariance ? layer : best));
  const noisiest = { noisiest: most.name, share: most.traceCovariance / total };
  const resolved = layers.filter(({ noiseScale }) => noiseScale.resolved);
  if (resolved.length < 2) return { kind: "fewLayers", ...noisiest, strength: "unknown" };
  const sorted = resolved.toSorted((a, b) => a.noiseScale.value - b.noiseScale.value);
  const [low, high] = [named(sorted[0]!), named(sorted.at(-1)!)];
  const apart = low.noiseScale.upper < high.noiseScale.lower;
  return { kind: "layers", ...noisiest, low, high, strength: apart ? "clear" : "chance" };
}

function named({ name, noiseScale }: LayerAnalysis) {
  return { name, noiseScale };
}

function groupsReading(groups: GroupAnalysis): PartFinding[] {
  const { by, names, rowsPerGroup, batchSize, leftOut, conflicts } = groups;
  const { within, between } = conflicts;
  const omitted = leftOut.slice(0, MOST_NAMED).map(({ name, examples }) => ({ name, examples }));
  return [
    { kind: "groupCosines", by, rowsPerGroup, batchSize, groups: names.length, within, between },
    conflictReading(groups),
    ...(omitted.length > 0 ? [{ kind: "leftOut", found: leftOut.length, groups: omitted } as const] : []),
  ];
}

function conflictReading({ names, conflicts: { pairs } }: GroupAnalysis): PartFinding {
  const found = pairs.filter(({ conflict }) => conflict).sort((a, b) => a.stiffness - b.stiffness);
  if (found.length === 0) return { kind: "noConflict", pairs: pairs.length, strength: "chance" };
  const worst = found.slice(0, MOST_NAMED).map((pair) => ({
    first: names[pair.first]!,
    second: names[pair.second]!,
    meanCosine: pair.stiffness,
    cosineOfMeans: pair.cosineOfMeans,
    benjaminiHochberg: pair.benjaminiHochberg,
    holm: pair.holm,
    ...(pair.opposition !== undefined && { opposition: pair.opposition }),
  }));
  const counts = { found: found.length, pairs: pairs.length };
  return { kind: "conflicts", ...counts, worst, usual: -1 / (names.length - 1), strength: "clear" };
}
