import { averageNoiseScales } from "../statistics/noiseOverTime.ts";
import type { AnalysisFile, CheckpointAnalysis } from "../store/schema.ts";

/** How the mini-batches of an analysis were drawn, of which all checkpoints of a file have the same. */
type Draw = Pick<AnalysisFile, "run" | "data" | "mode" | "seed"> & {
  readonly rows: number;
  readonly batchSize: number;
  readonly datasetSize: number | null;
};

/** Whether checkpoints of `earlier` were measured on the very mini-batches that are drawn now. */
export function isSameDraw(earlier: AnalysisFile, draw: Draw): boolean {
  const ofFile = (["run", "data", "mode", "seed"] as const).every((name) => earlier[name] === draw[name]);
  return (
    ofFile &&
    earlier.checkpoints.every(({ statistics: { rows, batchSize, datasetSize } }) => {
      return rows === draw.rows && batchSize === draw.batchSize && datasetSize === draw.datasetSize;
    })
  );
}

/**
 * The checkpoints of both in order of steps. One that was measured again, to the same bits, keeps what only the earlier
 * analysis was asked for. Nothing is kept of other mini-batches, with which no trend could be told.
 */
export function mergeAnalyses(earlier: AnalysisFile | null, fresh: AnalysisFile): AnalysisFile {
  const statistics = fresh.checkpoints[0]?.statistics;
  if (earlier === null || !statistics || !isSameDraw(earlier, { ...fresh, ...statistics })) return fresh;
  const before = new Map(earlier.checkpoints.map((checkpoint) => [checkpoint.step, checkpoint]));
  for (const checkpoint of fresh.checkpoints) {
    const old = before.get(checkpoint.step);
    before.set(checkpoint.step, old && isSame(old, checkpoint) ? { ...old, ...checkpoint } : checkpoint);
  }
  const checkpoints = [...before.values()].sort((a, b) => a.step - b.step);
  const averages = averageNoiseScales(checkpoints.map((checkpoint) => checkpoint.statistics));
  return { ...fresh, checkpoints, ...(checkpoints.length > 1 && { averages }) };
}

function isSame(a: CheckpointAnalysis, b: CheckpointAnalysis): boolean {
  const moments = ({ statistics }: CheckpointAnalysis) => [statistics.traceCovariance, statistics.squaredGradientNorm];
  return moments(a).every((value, i) => Object.is(value, moments(b)[i]));
}
