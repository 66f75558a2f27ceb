import type { AnalysisFile, CheckpointAnalysis, EvaluationFile } from "../../store/schema.ts";
import type { Text } from "../../text/text.ts";
import type { Chart } from "./chart.ts";
import { confusionMatrix } from "./confusionMatrix.ts";
import { cosineHeatmap } from "./cosineHeatmap.ts";
import { directionsCompared } from "./directionsCompared.ts";
import { directionsTsne } from "./directionsTsne.ts";
import { groupMatrix } from "./groupMatrix.ts";
import { layerNoise } from "./layerNoise.ts";
import { noiseTrend } from "./noiseTrend.ts";
import { phasePlot } from "./phasePlot.ts";
import { precisionRecallCurve } from "./precisionRecallCurve.ts";
import { trainingCurves } from "./trainingCurves.ts";
import type { TrainingRecords } from "./trainingPanels.ts";

/** Figures by the id that pages and files know them by. */
export type Figures = Readonly<Record<string, Chart>>;

/** More layers, groups or classes than this are not told apart in a picture; their tables have all of them. */
const MOST_ROWS = 100;

/** What one checkpoint's analysis holds, drawn. */
export function checkpointFigures({ epoch, statistics, layers, groups }: CheckpointAnalysis, text: Text): Figures {
  const words = text.charts;
  const several = (statistics.embeddings?.length ?? 0) > 0;
  return {
    similarities: cosineHeatmap(statistics, epoch, words),
    ...(statistics.order && { clustered: cosineHeatmap(statistics, epoch, words, true) }),
    directions: directionsTsne(statistics, epoch, words),
    ...(several && { compared: directionsCompared(statistics, epoch, words) }),
    ...(layers && { layers: layerNoise(layers.slice(0, MOST_ROWS), statistics, epoch, words) }),
    ...(groups && groups.names.length <= MOST_ROWS && { groups: groupMatrix(groups, epoch, words) }),
  };
}

/** Over all checkpoints: the trend and the phase plot. None without checkpoints. */
export function analysisFigures(analysis: AnalysisFile | null, records: TrainingRecords, text: Text): Figures {
  if (!analysis || analysis.checkpoints.length === 0) return {};
  return {
    noise: noiseTrend(analysis, text.charts),
    phase: phasePlot(analysis, records.steps, text.charts),
  };
}

export function trainingFigures(records: TrainingRecords, text: Text): Figures {
  return { training: trainingCurves(records, text.charts) };
}

export function evaluationFigures(evaluation: EvaluationFile | null, text: Text): Figures {
  const classification = evaluation?.classification;
  if (!evaluation || !classification || classification.classes.length > MOST_ROWS) return {};
  const { ranking, precisionRecall } = evaluation;
  const isDrawn = ranking && precisionRecall && precisionRecall.points.length > 0;
  return {
    confusion: confusionMatrix({ ...evaluation, classification }, text.charts),
    ...(isDrawn && { ranking: precisionRecallCurve({ ...evaluation, ranking, precisionRecall }, text.charts) }),
  };
}
