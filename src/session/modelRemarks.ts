import type { Dataset } from "../data/dataset.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { RunRemark } from "../store/findings.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { gradientGraph, outputOf } from "../training/graphs.ts";
import type { TrainingOptions } from "../training/options.ts";

/** Names that a remark lists at most. */
const MOST = 5;

/** What a reader of the log should know of the model before it is trained on these data. */
export function modelRemarks({ model, train, window, loss = defaultLoss }: TrainingOptions): RunRemark[] {
  return [
    ...severalOutputs(model),
    ...moreOutputs(model, train, loss),
    ...foldedNormalisation(model),
    ...zeroWeights(model),
    ...loneExamples(model, loss, { window, size: train.size }),
  ];
}

/** Which output of several is trained. */
export function severalOutputs({ name, outputs }: Model): RunRemark[] {
  if (outputs === undefined) return [];
  const { trained, others, untrained } = outputs;
  return [{ kind: "outputs", model: name, trained, others, untrained: untrained.slice(0, MOST) }];
}

/** Only a model that was made before the data can have them. */
function moreOutputs(model: Model, { classes, target }: Dataset, loss: Loss): RunRemark[] {
  if (loss.aim !== "classes" || target.shape.length > 0) return [];
  const outputs = outputOf(model, 1).shape.at(-1)!;
  return outputs > classes ? [{ kind: "moreOutputs", model: model.name, outputs, classes }] : [];
}

/** PyTorch numbers the weights that it has computed anew, as by folding what follows into them. */
const FOLDED = /^onnx::Conv(Transpose)?_\d+$/;

function foldedNormalisation({ parameters }: Model): RunRemark[] {
  // A weight has axes for its kernel, a bias has none.
  const layers = parameters.filter(({ name, initial }) => FOLDED.test(name) && initial.shape.length > 2).length;
  return layers === 0 ? [] : [{ kind: "foldedNormalisation", layers }];
}

/** Biases and factors of one axis often begin as zeros; weights that do learn nothing below them, or all the same. */
function zeroWeights({ parameters }: Model): RunRemark[] {
  const weights = parameters.filter(({ initial }) => initial.shape.filter((size) => size > 1).length > 1);
  const zero = weights.filter(({ initial }) => initial.data.every((element) => Number(element) === 0));
  if (zero.length === 0) return [];
  return [
    {
      kind: "zeroWeights",
      weights: zero.slice(0, MOST).map(({ name }) => name),
      of: weights.length,
      zero: zero.length,
    },
  ];
}

interface Batches {
  readonly window: readonly number[];
  readonly size: number;
}

/** Batch normalisation whose mini-batch is a single example: of single values nothing is left but the shift. */
function loneExamples(model: Model, loss: Loss, batches: Batches): RunRemark[] {
  const always = batches.window.every((size) => size === 1);
  if (!always && !lastIsOne(batches)) return [];
  const nodes = gradientGraph(model, 1, { accumulate: false, loss }).nodes.filter(
    ({ op, attributes }) => op === "BatchNormalization" && attributes.training_mode?.value === 1,
  );
  if (nodes.length === 0) return [];
  const single = nodes.filter(({ inputs }) => sizeOf(inputs[0]!.shape) === inputs[0]!.shape[1]);
  return [{ kind: "loneExamples", layers: nodes.length, single: single.length, always }];
}

/** Whether the examples that are left at the end of an epoch make a micro-batch of one. */
function lastIsOne({ window, size }: Batches): boolean {
  let left = size % window.reduce((sum, one) => sum + one, 0);
  for (const one of window) {
    if (left <= one) break;
    left -= one;
  }
  return left === 1;
}
