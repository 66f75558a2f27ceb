/** The public API of the package `batchscope`. Everything else may change between versions. */

// Before all else, so that an older Node is told what it lacks.
import "./session/requireNode.ts";

export { analyzeCheckpoints } from "./analysis/analyze.ts";
export { type Objective, type ObjectiveOptions, openObjective } from "./analysis/curvature/objective.ts";
export { type GradientGram, gramOfGradients } from "./analysis/files/gradientGram.ts";
export { type GradientSource, openGradients } from "./analysis/files/gradientSource.ts";
export { multiplyOnEngine } from "./analysis/files/multiplyBlocks.ts";
export { type GramMeter, gramMeter } from "./analysis/gram.ts";
export { analyzeRun, type RunAnalysisOptions } from "./api/analyzeRun.ts";
export { type CompareOptions, compare } from "./api/compare.ts";
export type {
  ArmDifference,
  ComparedArm,
  ComparedArms,
  ComparedTarget,
  ComparedTrial,
  IntervalEnds,
  TriedValue,
  TunedOption,
} from "./api/comparedArms.ts";
export { type DiagnoseOptions, diagnoseRun } from "./api/diagnose.ts";
export type { DiagnosisDocument } from "./api/diagnosisDocument.ts";
export { evaluate, predict, type TrainedOptions } from "./api/evaluateModel.ts";
export type { ExponentBatch, MeasuredExponent } from "./api/exponentDocument.ts";
export { type JudgeOptions, judge } from "./api/judge.ts";
export type { JudgedArm, JudgedConfirmation, JudgedLook, JudgedSides } from "./api/judgedSides.ts";
export { type LrExponentOptions, lrExponent } from "./api/lrExponent.ts";
export { type ProfileMeans, type ProfileOptions, profile } from "./api/profile.ts";
export type { AccumulatedSize, ProfiledSizes, TimedSize, WindowTimes } from "./api/profiledSizes.ts";
export type { SomeOptions, StudyLength, StudyMeans } from "./api/studyOptions.ts";
export { type SweepOptions, sweep } from "./api/sweep.ts";
export type { BestOfSweep, SweptSetting, SweptSettings, SweptTrial } from "./api/sweptSettings.ts";
export { type RunMeans, type RunOptions, trainToRun } from "./api/trainToRun.ts";
export { type ReportOptions, writeReport } from "./api/writeReport.ts";
export type { CertifiedEigenvalue, Spectrum } from "./curvature/certified.ts";
export {
  type CriticalKind,
  type CriticalPoint,
  type CriticalPointOptions,
  type CriticalReason,
  type CriticalVerdict,
  criticalPoint,
} from "./curvature/criticalPoint.ts";
export { type CriticalSharpness, criticalSharpness } from "./curvature/criticalSharpness.ts";
export { type SpectralDensity, spectralDensity } from "./curvature/density.ts";
export { type Diagonal, diagonalOf } from "./curvature/diagonal.ts";
export { filterNormalized, filterNormalizedDirection, type ParameterShape } from "./curvature/directions.ts";
export type { Escape } from "./curvature/escape.ts";
export {
  type LargeOperator,
  type LargestEigenvalue,
  type LargestOptions,
  largestEigenvalue,
} from "./curvature/largest.ts";
export { type GradientAt, type LossesAlong, pointByPoint } from "./curvature/losses.ts";
export { preconditioned, restricted, type SymmetricOperator } from "./curvature/operator.ts";
export { type PathPlane, pathPlane } from "./curvature/pathPlane.ts";
export { type HomogeneousPair, rescaledTwin } from "./curvature/rescaledTwin.ts";
export { type Sharpness, type SharpnessOptions, sharpness } from "./curvature/sharpness.ts";
export { evenly, type LossSlice, type SliceOptions, slice } from "./curvature/slice.ts";
export { eigenvaluesOf, type SpectrumOptions } from "./curvature/spectrum.ts";
export type { LossSurface } from "./curvature/surface.ts";
export { type Trace, type TraceOptions, traceOf } from "./curvature/trace.ts";
export { type StepEnd, stepOnParabola } from "./curvature/valley.ts";
export { type Dataset, limit, select } from "./data/dataset.ts";
export { type ArraysOptions, datasetFromArrays } from "./data/datasetFromArrays.ts";
export { readTensors } from "./data/files/files.ts";
export { decodeSafetensors, encodeSafetensors } from "./data/files/safetensors.ts";
export { augment, parseAugmentations } from "./data/images/augment.ts";
export type { NewExamples, RowByName } from "./data/newExamples.ts";
export type { DataNote, SplitRule } from "./data/notes.ts";
export type { DataDescription } from "./data/openOptions.ts";
export { dataSources, openData } from "./data/registry.ts";
export { createSampler, restoreSampler } from "./data/sampler.ts";
export { blockSplit, groupSplit, randomSplit, type Split } from "./data/split.ts";
export { type TensorExamples, tensorDataset } from "./data/tensorDataset.ts";
export { learningRateGrid, sweepLearningRates } from "./experiment/learningRateRange.ts";
export { largestStableRate } from "./experiment/stableRate.ts";
export { backward } from "./gradient/backward.ts";
export { type HessianVectorProduct, hessianVectorProduct } from "./gradient/hessianVector.ts";
export { rows, separateGroups } from "./gradient/rows.ts";
export { decode } from "./graph/decode.ts";
export { encode } from "./graph/encode.ts";
export { addInput, addOutput, type Graph, type Node, newGraph, prune, type Value } from "./graph/graph.ts";
export { printGraph } from "./graph/print.ts";
export { defaultModel } from "./inspection/defaults.ts";
export { type InspectOptions, inspectData } from "./inspection/inspect.ts";
export { type Subject, subjectOf } from "./inspection/subject.ts";
export { foreignModel } from "./model/foreign.ts";
export { loadGpt2 } from "./model/loadGpt2.ts";
export { createLoss, type Loss, type LossName, type LossOptions } from "./model/loss.ts";
export { crossEntropy } from "./model/losses/crossEntropy.ts";
export type { Model, Parameter } from "./model/model.ts";
export { type ModelSummary, summarize } from "./model/summary.ts";
export { buildModel, modelNames, zoo } from "./model/zoo.ts";
export { type Builder, builder } from "./ops/builder.ts";
export { type OpName, ops } from "./ops/table.ts";
export { adadelta } from "./optimizer/adadelta.ts";
export { adagrad } from "./optimizer/adagrad.ts";
export { adam, adamW } from "./optimizer/adam.ts";
export { averageWeights, isAveraged, type WeightAverage } from "./optimizer/averageWeights.ts";
export { type GroupRules, withGroups } from "./optimizer/groups.ts";
export { lamb, lars } from "./optimizer/layerWise.ts";
export { lion } from "./optimizer/lion.ts";
export { nAdam } from "./optimizer/nadam.ts";
export type { Optimizer } from "./optimizer/optimizer.ts";
export { rAdam } from "./optimizer/radam.ts";
export { rmsProp } from "./optimizer/rmsprop.ts";
export type { Schedule, SchedulePosition, ScheduleState } from "./optimizer/schedule.ts";
export { schedules } from "./optimizer/schedules.ts";
export { sgd } from "./optimizer/sgd.ts";
export type { Bound, Engine, Session } from "./runtime/engine.ts";
export { openEngine } from "./runtime/open.ts";
export { openReference } from "./runtime/reference.ts";
export type { Evaluation } from "./session/evaluateTrained.ts";
export type { Predictions } from "./session/predictTrained.ts";
export type { RunResult } from "./session/result.ts";
export { classificationScores } from "./statistics/classification.ts";
export type { Comparison, ComparisonOptions, TrialValue } from "./statistics/comparison/comparison.ts";
export { confirmVerdict } from "./statistics/comparison/confirmation.ts";
export { type FamilyVerdict, familyVerdicts } from "./statistics/comparison/family.ts";
export { type Judgement, newJudgement, type SeedPair, takeLook } from "./statistics/comparison/judge.ts";
export { comparePairedTimes, timeToTarget } from "./statistics/comparison/kaplanMeier.ts";
export { comparePaired } from "./statistics/comparison/pairedComparison.ts";
export { compareUnpaired } from "./statistics/comparison/unpairedComparison.ts";
export { confidentLearning } from "./statistics/confidentLearning.ts";
export { describeGradients } from "./statistics/describe.ts";
export { findDuplicates } from "./statistics/duplicates.ts";
export { furtherRates } from "./statistics/furtherRates.ts";
export { fitGradientNorms } from "./statistics/gradientNormFit.ts";
export { gramOfRows } from "./statistics/gramOfRows.ts";
export { groupConflicts } from "./statistics/groups.ts";
export { type LabelNoise, labelNoise, withoutErrors } from "./statistics/labelNoise.ts";
export { noiseScaleOfLayers } from "./statistics/layers.ts";
export {
  type ExponentFit,
  fittedRate,
  learningRateExponent,
  type RateCurve,
} from "./statistics/learningRateExponent.ts";
export {
  type LearningRateSuggestion,
  type LearningRateSweep,
  suggestLearningRate,
} from "./statistics/learningRateSweep.ts";
export { lossStability } from "./statistics/lossStability.ts";
export { addStep, newNoiseOverTime, smoothNoiseScale, windowMoments } from "./statistics/noiseOverTime.ts";
export { datasetNoiseScale, noiseScale, noiseScaleFromTwoSizes } from "./statistics/noiseScale.ts";
export { precisionRecall } from "./statistics/precisionRecall.ts";
export { rankingScores } from "./statistics/ranking.ts";
export { regressionScores } from "./statistics/regression.ts";
export { examplesToResolve } from "./statistics/resolution.ts";
export type { StableRange } from "./statistics/stability.ts";
export { fitPeakMemory, fitStepCost, secondsOfStep } from "./statistics/stepCost.ts";
export { bestSetting } from "./statistics/sweeps/bestSetting.ts";
export { nextByHalving, stopsByHalving, stopsByMedian } from "./statistics/sweeps/earlyStopping.ts";
export { tuningCurve } from "./statistics/sweeps/tuningCurve.ts";
export type { GradientStatistics } from "./statistics/table.ts";
export type { Gram, NoiseScale } from "./statistics/types.ts";
export type { Inspection } from "./store/inspection.ts";
export { listRuns, openRun } from "./store/runs.ts";
export { storeDirectory } from "./store/storeDirectory.ts";
export {
  DataError,
  DivergedError,
  EngineUnavailableError,
  FindingError,
  NotFoundError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "./tensor/errors.ts";
export { random } from "./tensor/random.ts";
export { fromNumbers, type Tensor, tensor, zeros } from "./tensor/tensor.ts";
export { averagedModel } from "./training/averagedModel.ts";
export type { SwapOptions } from "./training/copies.ts";
export type { AveragedModel, TrainingEvent } from "./training/events.ts";
export { gradientGraph, gramGraph, rowsGraph } from "./training/graphs.ts";
export { loadForeignModel, openModel } from "./training/openModel.ts";
export type { TrainingOptions } from "./training/options.ts";
export { recomputeRunningStatistics } from "./training/runningStatistics.ts";
export { newTrainingState, type TrainingState } from "./training/state.ts";
export { type SwapEvent, swap } from "./training/swap.ts";
export { train } from "./training/train.ts";
export type { TrainOptions } from "./training/trainOptions.ts";
export { updateGraph } from "./training/updateGraphs.ts";
export { verifyAccumulation } from "./training/verify.ts";
