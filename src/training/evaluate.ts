import type { Dataset } from "../data/dataset.ts";
import { defaultLoss } from "../model/loss.ts";
import type { EpochRecord, EvaluationRecord } from "../store/schema.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { letOthersRun } from "./clock.ts";
import { holdState, requireHeld } from "./contract/movement.ts";
import type { ScoresEvent } from "./events.ts";
import { diverged, note, type TrainingLoop } from "./loop.ts";
import { accuracyOf, addTotals, meanLoss, noTotals, type Pass, type PassResult, type Totals } from "./microBatch.ts";
import { monitored } from "./monitor.ts";
import { gatherPredictions, inNumbers, type PredictionScores } from "./validationScores.ts";

/** Examples of one pass at most, and scores: a text over a large vocabulary has millions of them per example. */
const EVALUATION_BATCH = 250;
const EVALUATION_SCORES = 2 ** 25;

/** Evaluates inside an epoch. Gives nothing, and changes nothing, where `signal` aborts on the way. */
export async function* evaluate(
  loop: TrainingLoop,
  signal: AbortSignal | undefined,
): AsyncGenerator<ScoresEvent | EvaluationRecord, void> {
  const { epoch, step, totals } = loop.progress;
  const evaluation = await validate(loop, epoch + 1, signal);
  if (evaluation === undefined) return;
  yield* scoresEvent(evaluation, { epoch: epoch + 1, step, at: "step" });
  yield { ...recordOf(loop, epoch + 1, totals, evaluation), kind: "evaluation" };
}

/**
 * The record of the epoch that was just completed, whose sums were `trained`. Whether it was made: not where `signal`
 * aborts on the way.
 */
export async function* endOfEpoch(
  loop: TrainingLoop,
  trained: Totals,
  { evaluated, signal }: { readonly evaluated: boolean; readonly signal: AbortSignal | undefined },
): AsyncGenerator<ScoresEvent | EpochRecord, boolean> {
  const { epoch, step } = loop.progress;
  const evaluation = evaluated ? await validate(loop, epoch, signal) : undefined;
  if (evaluated && evaluation === undefined) return false;
  yield* scoresEvent(evaluation, { epoch, step, at: "epoch" });
  yield recordOf(loop, epoch, trained, evaluation);
  return true;
}

/** Sums and predictions over the validation data. */
interface Evaluation {
  readonly totals: Totals;
  readonly scores: PredictionScores;
}

function* scoresEvent(evaluation: Evaluation | undefined, place: Pick<ScoresEvent, "epoch" | "step" | "at">) {
  if (evaluation && Object.keys(evaluation.scores).length > 0)
    yield { kind: "scores", ...place, scores: evaluation.scores } as const;
}

function recordOf(loop: TrainingLoop, epoch: number, trained: Totals, evaluation: Evaluation | undefined): EpochRecord {
  const { options, clock } = loop;
  const { loss = defaultLoss } = options;
  const validated = evaluation?.totals ?? noTotals;
  const [trainAccuracy, validationAccuracy] = [accuracyOf(trained), accuracyOf(validated)];
  const validationScores = evaluation && inNumbers(evaluation.scores, options.validation, loss, validated);
  const { step, examples } = loop.progress;
  return {
    kind: "epoch",
    epoch,
    step,
    examples,
    trainLoss: meanLoss(loss, trained),
    ...(trainAccuracy !== undefined && { trainAccuracy }),
    validationLoss: evaluation ? meanLoss(loss, validated) : Number.NaN,
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    ...(validationScores && { validationScores }),
    seconds: clock.seconds(),
  };
}

/**
 * Sums over the validation data; tells the schedule and the monitor what came out. Undefined where `signal` aborts
 * before all is seen.
 */
async function validate(
  loop: TrainingLoop,
  epoch: number,
  signal: AbortSignal | undefined,
): Promise<Evaluation | undefined> {
  const { options, progress, clock } = loop;
  const { loss = defaultLoss, schedule, monitor = { metric: "loss" }, evaluateEvery, stopLoss } = options;
  clock.pause();
  const gatherer = gatherPredictions(options.validation, loss);
  if (loop.contract) holdState(loop.contract);
  const validated = await evaluateAll(loop.evaluation, options.validation, gatherer.add, signal);
  if (loop.contract) requireHeld(loop.contract);
  clock.resume();
  if (validated === undefined) return undefined;
  if (!Number.isFinite(validated.loss))
    throw diverged(`a finite validation loss, got ${validated.loss} in epoch ${epoch}`, loop);
  const metrics = { loss: meanLoss(loss, validated), accuracy: accuracyOf(validated) ?? Number.NaN };
  const { step } = progress;
  note(loop, {
    evaluatedStep: step,
    ...(typeof evaluateEvery === "object" && "examples" in evaluateEvery && { evaluatedExamples: progress.examples }),
    ...(stopLoss !== undefined && { reached: metrics.loss <= stopLoss }),
    schedule: schedule ? schedule.evaluated(progress.schedule, metrics) : null,
    monitor: monitored(progress.monitor, monitor, metrics, { epoch, step }),
  });
  return { totals: validated, scores: gatherer.scores() };
}

/**
 * Sums over a whole data set, in its own order; `see` is shown each batch before the next. Undefined where `signal`
 * aborts between two.
 */
export async function evaluateAll(
  pass: Pass,
  data: Dataset,
  see: (result: PassResult) => void = () => {},
  signal?: AbortSignal,
): Promise<Totals | undefined> {
  let totals = noTotals;
  const scores = sizeOf(data.target.shape) * Math.max(1, data.classes);
  const most = Math.max(1, Math.min(EVALUATION_BATCH, Math.floor(EVALUATION_SCORES / scores)));
  for (let start = 0; start < data.size; start += most) {
    const length = Math.min(most, data.size - start);
    const indices = Uint32Array.from({ length }, (_, i) => start + i);
    const result = await pass.run(data, indices, true);
    see(result);
    totals = addTotals(totals, result);
    await letOthersRun();
    if (signal?.aborted && start + length < data.size) return undefined;
  }
  return totals;
}
