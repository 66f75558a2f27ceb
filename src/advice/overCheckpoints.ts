import { averageNoiseScales } from "../statistics/noiseOverTime.ts";
import { noiseTrend } from "../statistics/trend.ts";
import type { CheckpointAnalysis } from "../store/schema.ts";
import type { ReadingText } from "../text/en/reading.ts";
import { intervalText, significant } from "../text/format.ts";

export const range = (lower: number, upper: number) => `${significant(lower)}–${significant(upper)}`;

/** Where the checkpoints' mini-batches pair them the test decides, else whether intervals are apart. */
export function trend(checkpoints: readonly CheckpointAnalysis[], text: ReadingText): string | null {
  const resolved = checkpoints.filter(({ statistics }) => statistics.noiseScale.resolved);
  const [first, last] = [resolved[0], resolved.at(-1)];
  if (checkpoints.length < 2) return text.oneCheckpoint;
  if (!first || !last || first === last)
    return text.tooFewResolved({ resolved: resolved.length, all: checkpoints.length });
  const [a, b] = [first.statistics, last.statistics];
  const from = text.fromTo({
    first: intervalText(a.noiseScale),
    firstEpoch: first.epoch,
    last: intervalText(b.noiseScale),
    lastEpoch: last.epoch,
  });
  const parts = text.parts({
    signal: significant(b.squaredGradientNorm / a.squaredGradientNorm),
    noise: significant(b.traceCovariance / a.traceCovariance),
  });
  const test = noiseTrend(checkpoints.map(({ statistics }) => statistics));
  const rises = b.noiseScale.value > a.noiseScale.value;
  if (test.paired && test.direction === (rises ? "rises" : "falls"))
    return (rises ? text.rose({ from, parts }) : text.fell({ from, parts })) + text.paired(significant(test.p));
  if (test.paired && test.direction === "unclear") return text.noPairedTrend({ from, p: significant(test.p) });
  if (b.noiseScale.lower > a.noiseScale.upper) return text.rose({ from, parts });
  if (b.noiseScale.upper < a.noiseScale.lower) return text.fell({ from, parts });
  return text.noTrend(from);
}

/** Both averages of the checkpoints' noise scales. */
export function averages(checkpoints: readonly CheckpointAnalysis[], text: ReadingText): string | null {
  const { ratioOfMeans, meanOfRatios } = averageNoiseScales(checkpoints.map(({ statistics }) => statistics));
  if (checkpoints.length < 2 || Number.isNaN(ratioOfMeans) || Number.isNaN(meanOfRatios)) return null;
  return text.averages({
    count: checkpoints.length,
    ratioOfMeans: significant(ratioOfMeans),
    resolved: checkpoints.filter(({ statistics }) => statistics.squaredGradientNorm > 0).length,
    meanOfRatios: significant(meanOfRatios),
  });
}

/** Three or more last resolved checkpoints that agree, after a rise that did not. */
export function plateau(checkpoints: readonly CheckpointAnalysis[], text: ReadingText): string | null {
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
  const [first, last] = [flat[0]!.epoch, flat.at(-1)!.epoch];
  return text.plateau({ first, last, count: flat.length, range: range(lower, upper) });
}
