import type { DiagnosisFacts } from "../../store/diagnosisFacts.ts";
import { epochWaves } from "./curves.ts";
import { evidence, type Symptom, symptom } from "./evidence.ts";
import { thresholds } from "./thresholds.ts";

/** Signs that lie in the data, or in how they are compared. */
export function dataSymptoms(facts: DiagnosisFacts): Symptom[] {
  return [labelNoise, imbalance, unshuffled, initialLoss, noisyBatch]
    .map((rule) => rule(facts))
    .filter((one) => one !== null);
}

/** In-sample: what was learned by heart does not show, so that the share is a lower limit. */
function labelNoise({ checkpoint }: DiagnosisFacts): Symptom | null {
  const doubted = checkpoint?.doubted;
  if (!doubted || !(doubted.lower > thresholds.doubtedLabels.value)) return null;
  return symptom(
    "label-noise",
    "warning",
    evidence("doubtedShare", "share", doubted.value, { ...doubted, against: thresholds.doubtedLabels }),
  );
}

function imbalance({ classes }: DiagnosisFacts): Symptom | null {
  if (!classes) return null;
  const { majorityShare, rarest } = classes;
  const isMissed = rarest.recall === 0 && rarest.share > 0;
  if (!(majorityShare >= thresholds.majority.value) && !(isMissed && rarest.share < 0.05)) return null;
  return symptom(
    "class-imbalance",
    isMissed ? "warning" : "note",
    evidence("majorityShare", "share", majorityShare, { against: thresholds.majority }),
    evidence("rareRecall", "share", rarest.recall, { of: rarest.name }),
  );
}

function unshuffled(facts: DiagnosisFacts): Symptom | null {
  const found = epochWaves(facts);
  const { epochJump, waveShare } = thresholds;
  if (!found || !(found.waves > epochJump.value && found.share > waveShare.value)) return null;
  return symptom("unshuffled-data", "warning", evidence("epochJump", "", found.waves, { against: epochJump }));
}

/** A model that knows nothing costs about as much as one answer for all. */
function initialLoss(facts: DiagnosisFacts): Symptom | null {
  const { constantLoss, beganUntrained, settings, steps } = facts;
  if (constantLoss === null || !beganUntrained || steps[0]?.step !== 1 || settings?.isOfClasses !== true) return null;
  const ratio = steps[0].loss / constantLoss;
  const { initialLossHigh: high, initialLossLow: low } = thresholds;
  if (!(ratio > high.value || ratio < low.value)) return null;
  return symptom(
    "initial-loss",
    "note",
    evidence("initialLossRatio", "", ratio, { against: ratio > high.value ? high : low }),
    evidence("constantLoss", "loss", constantLoss),
  );
}

/** Gradients that are nearly all noise, while there is much to learn. */
function noisyBatch({ noise, checkpoint, constantLoss }: DiagnosisFacts): Symptom | null {
  if (!noise || !checkpoint || constantLoss === null) return null;
  if (checkpoint.training.loss.lower < thresholds.smallLoss.value * constantLoss) return null;
  const ratio = noise.lower / noise.batchSize;
  if (!(ratio > thresholds.noisePerBatch.value)) return null;
  return symptom(
    "noise-dominated",
    "note",
    evidence("noisePerBatch", "", ratio, { against: thresholds.noisePerBatch }),
  );
}
