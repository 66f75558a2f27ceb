import type { RareClassesTried } from "../store/verdicts.ts";
import type { TrainConfiguration } from "./options/options.ts";

/** What a run did for classes that are rare; data that were left out count first, as they may hold such a class. */
export function rareClassesTried({
  loss,
  lossPreset,
  classWeights,
  limitExamples,
}: Pick<TrainConfiguration, "loss" | "lossPreset" | "classWeights" | "limitExamples">): RareClassesTried {
  if (limitExamples !== undefined) return "limited";
  if (loss?.includes("focal") || lossPreset?.startsWith("focal")) return "focal";
  return classWeights !== undefined || lossPreset === "imbalanced" ? "weights" : "nothing";
}
