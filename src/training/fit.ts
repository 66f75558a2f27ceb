import { type Dataset, newBatch } from "../data/dataset.ts";
import type { Value } from "../graph/graph.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import { DataError, option, UsageError } from "../tensor/errors.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import { toNumbers } from "../tensor/tensor.ts";
import { outputOf } from "./graphs.ts";

/** Examples that are read at a time to find a label that is no output. */
const BATCH = 256;

/**
 * Throws `UsageError` where the loss compares what the model gives with other targets than the data have, and
 * `DataError`, with the example, for a label that is none of the model's outputs. The kernels would take −1 for the
 * last class. `parts`: training and validation data.
 */
export async function requireFit(model: Model, parts: readonly Dataset[], loss: Loss = defaultLoss): Promise<void> {
  const output = outputOf(model, 1);
  const expected = loss.target(output);
  if (expected === null) return;
  for (const data of parts) {
    if ((expected.type === "int64") !== (data.target.type === "int64")) throw otherKind(data, loss);
    if (expected.shape.slice(1).join() !== data.target.shape.join() || expected.shape[0] !== 1)
      throw otherShape(model, output, data, loss);
    const outputs = output.shape.at(-1)!;
    if (expected.type === "int64" && data.classes > outputs) await requireOutputs(model, data, outputs, loss);
  }
}

/** Throws `DataError` for a part none of whose labels counts: means over it are means over nothing. */
export function requireLabels(parts: readonly Dataset[]): void {
  const bare = parts.find(({ labels }) => labels.length > 0 && labels.every((label) => label < 0));
  if (bare) throw noLabels(bare);
}

/** Of a mean over nothing. */
export function noLabels({ name, size }: Dataset): DataError {
  return new DataError(
    `${name}: expected labels that count in every part of the data, got ${size} examples whose labels all stand for none; ` +
      `label some, or change ${option("ignoreIndex")}`,
  );
}

/** Throws `UsageError` where no weight leads to the output, so that there is nothing to train. */
export function requireWeights(model: Model): void {
  if (model.parameters.length > 0) return;
  throw new UsageError(
    `${model.name}: expected weights that lead to the output, got none; ` +
      `train another model${otherOutputs(model) || ", or export this one with its weights as initializers"}`,
  );
}

function otherKind({ name, target, classes }: Dataset, loss: Loss): UsageError {
  if (target.type === "int64")
    return new UsageError(
      `${option("loss")} ${loss.name}: expected numbers as the targets, got ${classes} classes in ${name}; ` +
        `choose a ${option("loss")} of classes as cross_entropy`,
    );
  return new UsageError(
    `${option("loss")} ${loss.name}: expected classes as the targets, got numbers in ${name}; ` +
      `choose a ${option("loss")} of numbers as mse, or pass ${option("task")} classification where whole numbers are classes`,
  );
}

const each = (shape: readonly number[]) => (shape.length === 0 ? "one value" : `[${shape.join(", ")}]`);

function otherShape(model: Model, { shape }: Value, { name, target, classes }: Dataset, { aim }: Loss): UsageError {
  const given = each(shape.slice(1));
  if (aim === "classes" && shape.length === 1 && target.shape.length === 0)
    return new UsageError(
      `${model.name}: expected a model that gives one number for each class, got one that gives ${given} for each example; ` +
        `pass ${option("loss")} bce_with_logits for two classes, or mse for numbers${otherOutputs(model)}`,
    );
  const positions = aim === "classes" ? each([...target.shape, "classes" as unknown as number]) : each(target.shape);
  if (aim === "classes" && classes === 2 && shape.length === 2 && target.shape.length === 1)
    return new UsageError(
      `${model.name}: expected a model that gives ${positions} for each example of ${name}, got one that gives ${given}; ` +
        `pass ${option("loss")} bce_with_logits where each example has several answers of 0 or 1, or choose a model of positions${otherOutputs(model)}`,
    );
  return new UsageError(
    `${model.name}: expected a model that gives ${positions} for each example of ${name}, got one that gives ${given}; ` +
      `choose a model, or a ${option("loss")}, for these data${otherOutputs(model)}`,
  );
}

/** What else of the file could be trained. */
function otherOutputs({ outputs }: Model): string {
  return outputs === undefined ? "" : `, or pass ${option("output")} ${outputs.others.join(" or ")}`;
}

async function requireOutputs(model: Model, data: Dataset, outputs: number, loss: Loss): Promise<void> {
  const found = await firstAbove(data, outputs, loss.options.ignoreIndex ?? IGNORED_LABEL);
  if (found === undefined) return;
  const { label, example } = found;
  const name = data.classNames[label];
  const called = name === undefined || name === String(label) ? "" : ` ("${name}")`;
  throw new DataError(
    `${data.name}: expected labels from 0 to ${outputs - 1}, as ${model.name} has ${outputs} ${outputs === 1 ? "output" : "outputs"}, ` +
      `got ${label}${called} in example ${example}, of labels up to ${data.classes - 1}; ` +
      (outputs === 1
        ? `pass ${option("loss")} bce_with_logits for two classes`
        : `choose a model of ${data.classes} outputs${mark(label, outputs)}`) +
      otherOutputs(model),
  );
}

/** A label far from all outputs may be no class at all. */
function mark(label: number, outputs: number): string {
  return label < 2 * outputs ? "" : `, or pass ${option("ignoreIndex")} ${label} where it stands for no label`;
}

/** The first label that is no output; a vocabulary may hold tokens that no text has. */
async function firstAbove(data: Dataset, outputs: number, ignored: number) {
  for (let start = 0; start < data.size; start += BATCH) {
    const length = Math.min(BATCH, data.size - start);
    const batch = newBatch(data, length);
    await data.read(
      Uint32Array.from({ length }, (_, i) => start + i),
      batch,
    );
    const labels = toNumbers(batch.y!);
    const at = labels.findIndex((label) => label !== ignored && !(label >= 0 && label < outputs));
    const perExample = labels.length / length;
    if (at < 0) continue;
    const example = start + Math.floor(at / perExample);
    return { label: labels[at]!, example: data.selected?.indices[example] ?? example };
  }
  return undefined;
}
