import type { StatisticFinding } from "../statistics/table.ts";
import type { AnalysisFinding } from "../store/analysisFindings.ts";

/**
 * "shown": beside the answers, as it asks for something or was asked for, and no answer says it; "quiet": a check that
 * found nothing unusual, all of which share a line; "folded": for those who want to know how.
 */
export type Prominence = "shown" | "quiet" | "folded";

/** A statistic that is stated in a sentence of its own is for those who want to know how. */
type Kind = Exclude<AnalysisFinding["kind"], StatisticFinding["kind"]>;

const prominences: Readonly<Record<Kind, Prominence>> = {
  noCheckpoint: "shown",
  noNoise: "folded",
  noiseScale: "folded",
  optimizerNoise: "shown",
  optimizerNoiseUnknown: "folded",
  rounding: "shown",
  unseenKinds: "shown",
  fewRows: "folded",
  examplesToBound: "folded",
  examplesToResolve: "folded",
  coordinateSignal: "folded",
  oneBatch: "folded",
  batchFarBelow: "folded",
  batchBelow: "folded",
  batchInside: "folded",
  batchUnbounded: "folded",
  batchAbove: "folded",
  batchLearned: "folded",
  datasetNoiseScale: "folded",
  oneCheckpoint: "folded",
  fewResolved: "folded",
  noiseRose: "shown",
  noiseFell: "shown",
  noTrend: "quiet",
  averages: "folded",
  plateau: "shown",
  noiseRatio: "folded",
  untrained: "folded",
  cosineDwarfed: "folded",
  cosineUnequal: "quiet",
  cosineHigh: "shown",
  cosineLow: "shown",
  cosineUnknown: "folded",
  cosineUsual: "quiet",
  negativeUnknown: "folded",
  negativeBeyondChance: "folded",
  negativeByChance: "quiet",
  opposedRows: "folded",
  opposedPair: "shown",
  noPicture: "folded",
  picture: "folded",
  sketch: "shown",
  fullPass: "shown",
  fewLayers: "shown",
  layers: "shown",
  groupCosines: "shown",
  noConflict: "quiet",
  conflicts: "shown",
  opposedClasses: "shown",
  leftOut: "shown",
};

export function prominenceOf({ kind, strength }: AnalysisFinding): Prominence {
  if (kind === "opposedPair") return strength === "clear" ? "shown" : strength === "chance" ? "quiet" : "folded";
  return kind in prominences ? prominences[kind as Kind] : "folded";
}
