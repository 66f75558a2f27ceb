import { averageNoiseScales } from "../statistics/noiseOverTime.ts";
import { noiseTrend } from "../statistics/trend.ts";
import type { ReadingFinding } from "../store/analysisFindings.ts";
import { placeOf } from "../store/place.ts";
import type { CheckpointAnalysis } from "../store/schema.ts";

/** Where the checkpoints' mini-batches pair them the test decides, else whether intervals are apart. */
export function trend(checkpoints: readonly CheckpointAnalysis[]): ReadingFinding | null {
  const resolved = checkpoints.filter(({ statistics }) => statistics.noiseScale.resolved);
  const [first, last] = [resolved[0], resolved.at(-1)];
  if (checkpoints.length < 2)
    return { kind: "oneCheckpoint", strength: "unknown", tries: [{ kind: "analyzeSeveral" }] };
  if (!first || !last || first === last)
    return { kind: "fewResolved", resolved: resolved.length, checkpoints: checkpoints.length, strength: "unknown" };
  const [a, b] = [first.statistics, last.statistics];
  const evidence = {
    first: { ...placeOf(first), noiseScale: a.noiseScale },
    last: { ...placeOf(last), noiseScale: b.noiseScale },
    signalFactor: b.squaredGradientNorm / a.squaredGradientNorm,
    noiseFactor: b.traceCovariance / a.traceCovariance,
  };
  const test = noiseTrend(checkpoints.map(({ statistics }) => statistics));
  const rises = b.noiseScale.value > a.noiseScale.value;
  if (test.paired && test.direction === (rises ? "rises" : "falls"))
    return changed(rises, { ...evidence, pairedP: test.p });
  if (test.paired && test.direction === "unclear")
    return { kind: "noTrend", ...evidence, pairedP: test.p, strength: "chance" };
  if (b.noiseScale.lower > a.noiseScale.upper) return changed(true, evidence);
  if (b.noiseScale.upper < a.noiseScale.lower) return changed(false, evidence);
  return { kind: "noTrend", ...evidence, strength: "chance" };
}

type Change = Omit<Extract<ReadingFinding, { kind: "noiseRose" }>, "kind">;

function changed(rises: boolean, evidence: Change): ReadingFinding {
  if (rises) return { kind: "noiseRose", ...evidence, strength: "clear" };
  return { kind: "noiseFell", ...evidence, strength: "clear", tries: [{ kind: "readWithLoss" }] };
}

/** Both averages of the checkpoints' noise scales. */
export function averages(checkpoints: readonly CheckpointAnalysis[]): ReadingFinding | null {
  const { ratioOfMeans, meanOfRatios } = averageNoiseScales(checkpoints.map(({ statistics }) => statistics));
  if (checkpoints.length < 2 || Number.isNaN(ratioOfMeans) || Number.isNaN(meanOfRatios)) return null;
  const ofRatios = checkpoints.filter(({ statistics }) => statistics.squaredGradientNorm > 0).length;
  return { kind: "averages", checkpoints: checkpoints.length, ratioOfMeans, meanOfRatios, ofRatios };
}

/** Three or more last resolved checkpoints that agree, after a rise that did not. */
export function plateau(checkpoints: readonly CheckpointAnalysis[]): ReadingFinding | null {
  const resolved = checkpoints.filter(({ statistics }) => statistics.noiseScale.resolved);
  let start = resolved.length;
  let [lower, upper] = [0, Number.POSITIVE_INFINITY];
  while (start > 0) {
    const scale = resolved[start - 1]!.statistics.noiseScale;
    if (Math.max(lower, scale.lower) > Math.min(upper, scale.upper)) break;
    [lower, upper] = [Math.max(lower, scale.lower), Math.min(upper, scale.upper)];
    start--;
  }
  const [before, flat] = [resolved[start - 1], resolved.slice(start)];
  if (!before || flat.length < 3 || before.statistics.noiseScale.value >= lower) return null;
  const [first, last] = [flat[0]!, flat.at(-1)!];
  const steps = { firstStep: first.step, lastStep: last.step };
  const epochs = { firstEpoch: first.epoch, lastEpoch: last.epoch };
  const evidence = {
    ...epochs,
    ...((first.insideEpoch || last.insideEpoch) && steps),
    checkpoints: flat.length,
    lower,
    upper,
  };
  return { kind: "plateau", ...evidence, strength: "clear", tries: [{ kind: "checkLabels" }] };
}
