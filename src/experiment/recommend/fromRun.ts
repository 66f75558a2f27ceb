import type { Measured } from "../../statistics/batchRegime.ts";
import { type ExpectedSetting, expectedSetting } from "../../statistics/recommend/expected.ts";
import { readAnalysis } from "../../store/analysis.ts";
import { readMetrics } from "../../store/metricsReader.ts";
import type { RecommendReason } from "../../store/recommendReasons.ts";
import { type Run, readSummary } from "../../store/runs.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import { updateTimes } from "../studies/updateTimes.ts";
import type { RecommendPlan } from "./plan.ts";

/** What a run alone says of its batch, and from what. */
export interface ExpectedOfRun extends ExpectedSetting {
  readonly reasons: readonly RecommendReason[];
}

/** Reads what a run has measured; trains nothing. Throws `DataError` for a damaged run. */
export function expectedOf(run: Run, plan: RecommendPlan): ExpectedOfRun {
  const { goal, present, batchSizes, exponent, presentWindow, schedule, mixing } = plan;
  const noiseScale = noiseScaleOf(run);
  const { effectiveBatchSize, learningRate } = present;
  const { secondsPerUpdate } = updateTimes(readMetrics(run));
  const peakBytes = readSummary(run)?.peakMemoryBytes ?? Number.NaN;
  const reasons: RecommendReason[] = [
    noiseScale === null ? { kind: "noNoiseScale" } : { kind: "noiseScale", ...endsOf(noiseScale) },
    ...(Number.isFinite(secondsPerUpdate)
      ? [{ kind: "timesUnknown" as const, batchSize: effectiveBatchSize, secondsPerUpdate }]
      : []),
    ...(Number.isFinite(peakBytes)
      ? [{ kind: "runMemory" as const, batchSize: presentWindow.batchSize, peakBytes }]
      : []),
    ...(mixing.length === 0
      ? []
      : [
          {
            ...{ kind: "mixing" as const, layer: mixing[0]!, more: mixing.length - 1 },
            batchSize: presentWindow.batchSize,
          },
        ]),
    ...(schedule === null ? [] : [{ kind: "constantRate" as const, schedule }]),
    { kind: "withoutPilots" },
  ];
  const known = { goal, effectiveBatchSize, learningRate, noiseScale, batchSizes, exponent };
  return { ...expectedSetting(known), reasons };
}

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
const endsOf = ({ value, lower, upper }: Measured) => ({
  ...{ value: finite(value), lower: finite(lower) ?? 0, upper: finite(upper) },
});

/** Of the last checkpoint that was analyzed, else what was measured while it trained. */
function noiseScaleOf(run: Run): Measured | null {
  const analyzed = analyzedNoise(run);
  if (analyzed !== null) return analyzed;
  const measured = readSummary(run)?.noiseScale;
  if (measured === undefined) return null;
  const { value, lower, upper } = measured;
  return { value, lower, upper };
}

function analyzedNoise(run: Run): Measured | null {
  try {
    const scale = readAnalysis(run).checkpoints.at(-1)?.statistics.noiseScale;
    if (scale === undefined) return null;
    return { value: scale.resolved ? scale.value : Number.NaN, lower: scale.lower, upper: scale.upper };
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
