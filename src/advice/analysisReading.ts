import { layerShares } from "../statistics/layers.ts";
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
import { isStrong, MATERIAL_COSINE, opposedPairsOf, usualCosine } from "./opposition.ts";

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
  ].filter((found) => found !== null);
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

/** Null where no layer has any noise. */
function layersReading(layers: readonly LayerAnalysis[]): PartFinding | null {
  const shares = layerShares(layers).noise.map((share) => share ?? 0);
  const share = Math.max(...shares);
  if (!(share > 0)) return null;
  const noisiest = { noisiest: layers[shares.indexOf(share)]!.name, share };
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

function conflictReading(groups: GroupAnalysis): PartFinding {
  const { by, names } = groups;
  const { pairs } = groups.conflicts;
  const found = opposedPairsOf(groups);
  if (found.length === 0)
    return { kind: "noConflict", pairs: pairs.length, limit: MATERIAL_COSINE, strength: "chance" };
  const worst = found.slice(0, MOST_NAMED).map((pair) => ({
    first: names[pair.first]!,
    second: names[pair.second]!,
    meanCosine: pair.stiffness,
    cosineOfMeans: pair.cosineOfMeans,
    benjaminiHochberg: pair.benjaminiHochberg,
    holm: pair.holm,
    ...(pair.opposition !== undefined && { opposition: pair.opposition }),
  }));
  const evidence = { found: found.length, pairs: pairs.length, worst, usual: usualCosine(groups) };
  if (by !== "class") return { kind: "conflicts", ...evidence, strength: "clear" };
  const isBeyond = isStrong(worst[0]!.cosineOfMeans, groups);
  return { kind: "opposedClasses", ...evidence, classes: names.length, strength: isBeyond ? "clear" : "chance" };
}
