import type { LandscapePlace } from "../../store/landscape.ts";
import type { AnalysisFile, CheckpointAnalysis, EvaluationFile } from "../../store/schema.ts";
import type { Text } from "../../text/text.ts";
import type { Chart } from "./chart.ts";
import { confusionFigure } from "./confusionMatrix.ts";
import { clusteredFigure, similaritiesFigure } from "./cosineHeatmap.ts";
import { comparedFigure } from "./directionsCompared.ts";
import { directionsFigure } from "./directionsTsne.ts";
import type { AnalyzedRun, Figure } from "./figure.ts";
import { groupsFigure } from "./groupMatrix.ts";
import { layersFigure } from "./layerNoise.ts";
import { lossSlice } from "./lossSlice.ts";
import { noiseFigure } from "./noiseOverEpochs.ts";
import { rankingFigure } from "./precisionRecallCurve.ts";
import { phaseFigure } from "./signalAgainstNoise.ts";
import { trainingFigure } from "./trainingCurves.ts";
import type { TrainingRecords } from "./trainingPanels.ts";

/** Every figure of a report, by what it is drawn from, in the order of the page. */
export const figures: {
  readonly analysis: readonly Figure<AnalyzedRun>[];
  readonly checkpoint: readonly Figure<CheckpointAnalysis>[];
  readonly training: readonly Figure<TrainingRecords>[];
  readonly evaluation: readonly Figure<EvaluationFile>[];
} = {
  analysis: [noiseFigure, phaseFigure],
  checkpoint: [similaritiesFigure, clusteredFigure, directionsFigure, comparedFigure, layersFigure, groupsFigure],
  training: [trainingFigure],
  evaluation: [confusionFigure, rankingFigure],
};

/** Charts by the ids of their figures. */
export type Figures = Readonly<Record<string, Chart>>;

/** A chart and the name of its file without an ending. */
export interface NamedFigure {
  readonly name: string;
  readonly chart: Chart;
}

/** What one checkpoint's analysis holds, drawn. */
export function checkpointFigures(checkpoint: CheckpointAnalysis, text: Text): Figures {
  return drawn(figures.checkpoint, checkpoint, text);
}

/** Over all checkpoints. None without checkpoints. */
export function analysisFigures(analysis: AnalysisFile | null, { steps }: TrainingRecords, text: Text): Figures {
  return analysis?.checkpoints.length ? drawn(figures.analysis, { analysis, steps }, text) : {};
}

export function trainingFigures(records: TrainingRecords, text: Text): Figures {
  return drawn(figures.training, records, text);
}

/** Of each kind of slice the latest that was drawn; `read`: a pointer reads the loss at every point of a plane. */
export function landscapeFigures(places: readonly LandscapePlace[], text: Text, read: boolean): Figures {
  const latest = new Map(places.flatMap(({ slices }) => slices.map((slice) => [slice.kind, slice] as const)));
  return Object.fromEntries(
    [...latest].map(([kind, slice]) => [`landscape-${kind}`, lossSlice(slice, text.landscape.chart, read)]),
  );
}

export function evaluationFigures(evaluation: EvaluationFile | null, text: Text): Figures {
  return evaluation ? drawn(figures.evaluation, evaluation, text) : {};
}

function drawn<Subject>(some: readonly Figure<Subject>[], subject: Subject, text: Text): Figures {
  return Object.fromEntries(
    some.flatMap(({ id, draw }) => {
      const chart = draw(subject, text.charts);
      return chart ? [[id, chart] as const] : [];
    }),
  );
}

/** The figures that `subject` holds, with the names of their files, those first that go before the others. */
export function namedFigures<Subject>(some: readonly Figure<Subject>[], subject: Subject, text: Text): NamedFigure[] {
  return some
    .toSorted((a, b) => Number(b.first ?? false) - Number(a.first ?? false))
    .flatMap(({ file, draw }) => {
      const chart = draw(subject, text.charts);
      return chart ? [{ name: file(subject), chart }] : [];
    });
}
