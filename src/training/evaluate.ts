import type { Dataset } from "../data/dataset.ts";
import { defaultLoss } from "../model/loss.ts";
import type { EpochRecord, EvaluationRecord } from "../store/schema.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { letOthersRun } from "./clock.ts";
import { diverged, type Loop, note } from "./loop.ts";
import { accuracyOf, addTotals, meanLoss, noTotals, type Pass, type Totals } from "./microBatch.ts";
import { monitored } from "./monitor.ts";

/** Examples of one pass at most, and scores: a text over a large vocabulary has millions of them per example. */
const EVALUATION_BATCH = 250;
const EVALUATION_SCORES = 2 ** 25;

/** Evaluates inside an epoch. */
export async function evaluate(loop: Loop): Promise<EvaluationRecord> {
  const { epoch, totals } = loop.progress;
  return { ...(await recordOf(loop, epoch + 1, totals, true)), kind: "evaluation" };
}

/** The record of the epoch that was just completed, whose sums were `trained`; evaluated or not. */
export async function epochRecord(loop: Loop, trained: Totals, evaluated: boolean): Promise<EpochRecord> {
  return recordOf(loop, loop.progress.epoch, trained, evaluated);
}

async function recordOf(loop: Loop, epoch: number, trained: Totals, evaluated: boolean): Promise<EpochRecord> {
  const { options, clock } = loop;
  const { loss = defaultLoss } = options;
  const validated = evaluated ? await validate(loop, epoch) : noTotals;
  const [trainAccuracy, validationAccuracy] = [accuracyOf(trained), accuracyOf(validated)];
  const { step, examples } = loop.progress;
  return {
    kind: "epoch",
    epoch,
    step,
    examples,
    trainLoss: meanLoss(loss, trained),
    ...(trainAccuracy !== undefined && { trainAccuracy }),
    validationLoss: evaluated ? meanLoss(loss, validated) : Number.NaN,
    ...(validationAccuracy !== undefined && { validationAccuracy }),
    seconds: clock.seconds(),
  };
}

/** Sums over the validation data; tells the schedule and the monitor what came out. */
async function validate(loop: Loop, epoch: number): Promise<Totals> {
  const { options, progress, clock } = loop;
  const { loss = defaultLoss, schedule, monitor = { metric: "loss" } } = options;
  clock.pause();
  const validated = await evaluateAll(loop.evaluation, options.validation);
  clock.resume();
  if (!Number.isFinite(validated.loss))
    throw diverged(`a finite validation loss, got ${validated.loss} in epoch ${epoch}`, loop);
  const metrics = { loss: meanLoss(loss, validated), accuracy: accuracyOf(validated) ?? Number.NaN };
  const { step } = progress;
  note(loop, {
    evaluatedStep: step,
    schedule: schedule ? schedule.evaluated(progress.schedule, metrics) : null,
    monitor: monitored(progress.monitor, monitor, metrics, { epoch, step }),
  });
  return validated;
}

/** Sums over a whole data set, in its own order. */
export async function evaluateAll(pass: Pass, data: Dataset): Promise<Totals> {
  let totals = noTotals;
  const scores = sizeOf(data.target.shape) * Math.max(1, data.classes);
  const most = Math.max(1, Math.min(EVALUATION_BATCH, Math.floor(EVALUATION_SCORES / scores)));
  for (let start = 0; start < data.size; start += most) {
    const length = Math.min(most, data.size - start);
    const indices = Uint32Array.from({ length }, (_, i) => start + i);
    totals = addTotals(totals, await pass.run(data, indices, true));
    await letOthersRun();
  }
  return totals;
}
