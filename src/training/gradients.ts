import { divisor, type Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import { DataError, option, UsageError } from "../tensor/errors.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import {
  convert,
  type ElementType,
  type Shape,
  show,
  sizeOf,
  type Tensor,
  tensor,
  toNumbers,
  zeros,
} from "../tensor/tensor.ts";
import { gradientGraph, gradientName, outputOf, totals } from "./graphs.ts";

export interface BatchGradients {
  /** Σ w·ℓ / Σ w over the batch. */
  readonly loss: number;
  /** ∂loss/∂parameter under the parameters' own names, in the engine's precision. */
  readonly gradients: ReadonlyMap<string, Tensor>;
}

/**
 * Loss and mean gradients of a model on one batch, in training mode.
 *
 * `batch` holds an array under each of the model's input names (or `x` for a model with one input), all with the
 * examples on axis 0, and `y` where the loss has a target. Numbers are converted to the types that the model reads.
 * Throws `UsageError` for an array that is missing or has another shape, and `DataError` for a target that the loss
 * does not take.
 */
export async function batchGradients(
  engine: Engine,
  model: Model,
  loss: Loss,
  batch: ReadonlyMap<string, Tensor>,
): Promise<BatchGradients> {
  const inputs = new Map(model.inputs.map((input) => [input.name, inputArray(model, batch, input.name)]));
  const size = [...inputs.values()][0]?.shape[0] ?? 1;
  const graph = gradientGraph(model, size, { accumulate: false, loss });
  checkTargets(batch.get("y"), loss, outputOf(model, size).shape.at(-1) ?? 1);
  const fed = graph.inputs.map((value) => {
    const initial = [...model.parameters, ...model.state].find(({ name }) => name === value.name)?.initial;
    return [value.name, initial ?? conformed(inputs.get(value.name) ?? batch.get(value.name), value)] as const;
  });
  const precision = engine.name === "reference" ? "float64" : "float32";
  const results = Object.fromEntries([...graph.outputs].map(([name, value]) => [name, zeros(precision, value.shape)]));
  const memory = { ...Object.fromEntries(fed), ...results };
  await withSessions(engine, async (sessions) => (await sessions.load(graph)).bind(memory).run());
  const weight = divisor(loss, Number(results[totals.weight]!.data[0]));
  const gradients = model.parameters.map(({ name }) => [name, divided(results[gradientName(name)]!, weight)] as const);
  return { loss: Number(results[totals.loss]!.data[0]) / weight, gradients: new Map(gradients) };
}

/** Kernels take a label of −1 for the last class, and any number for a probability. */
function checkTargets(y: Tensor | undefined, { aim, options }: Loss, outputs: number): void {
  if (y === undefined) return;
  const { ignoreIndex = IGNORED_LABEL } = options;
  const targets = toNumbers(y);
  const perExample = sizeOf(y.shape.slice(1));
  const refuse = (expected: string, at: number, remedy: string) => {
    if (at < 0) return;
    throw new DataError(
      `gradients: expected ${expected}, got ${targets[at]} in example ${Math.floor(at / perExample)}; ${remedy}`,
    );
  };
  if (aim === "classes") {
    const wrong = targets.findIndex((t) => t !== ignoreIndex && !(Number.isInteger(t) && t >= 0 && t < outputs));
    const mark = `pass ${option("ignoreIndex")} ${targets[wrong]} where it stands for no label`;
    refuse(
      `labels from 0 to ${outputs - 1} in "y", one for each of the ${outputs} outputs`,
      wrong,
      `number them so, or ${mark}`,
    );
  }
  if (aim === "probabilities")
    refuse(
      'numbers from 0 to 1 in "y"',
      targets.findIndex((t) => !(t >= 0 && t <= 1)),
      `write 0 and 1, or choose another ${option("loss")}`,
    );
}

function inputArray(model: Model, batch: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const found = batch.get(name) ?? (model.inputs.length === 1 ? batch.get("x") : undefined);
  if (found) return found;
  throw new UsageError(
    `gradients: expected an array "${name}" in the batch, got ${[...batch.keys()].join(", ") || "none"}; save it under the input's name`,
  );
}

/** The array in the type and shape that the graph reads: a missing or extra axis of 1 is no difference. */
function conformed(
  found: Tensor | undefined,
  value: { readonly name: string; readonly type: ElementType; readonly shape: Shape },
): Tensor {
  const essence = (shape: Shape) => shape.filter((size) => size !== 1).join();
  if (!found || essence(found.shape) !== essence(value.shape))
    throw new UsageError(
      `gradients: expected "${value.name}" of ${show(value)}, got ${found ? show(found) : "no such array"}; check the batch and ${option("loss")}`,
    );
  return tensor(value.type, value.shape, convert(found, value.type).data);
}

function divided(sum: Tensor, weight: number): Tensor {
  const mean = toNumbers(sum).map((x) => x / weight);
  return tensor(sum.type, sum.shape, sum.type === "float64" ? Float64Array.from(mean) : Float32Array.from(mean));
}
