import { join } from "node:path";
import { readTensors } from "../../src/data/files/files.ts";
import { createLoss } from "../../src/model/loss.ts";
import type { Engine } from "../../src/runtime/engine.ts";
import { isFloat, type Tensor, toNumbers } from "../../src/tensor/tensor.ts";
import { batchGradients } from "../../src/training/gradients.ts";
import { loadForeignModel } from "../../src/training/openModel.ts";

/** How far the gradients of one exported model are from PyTorch's in float64. */
export interface Comparison {
  /** |loss − expected| / |expected|. */
  readonly loss: number;
  /** Largest difference of a parameter's gradient, relative as in `relativeDifference`. */
  readonly worst: { readonly parameter: string; readonly difference: number };
  /** The same for PyTorch's own float32 gradients. */
  readonly noise: number;
  readonly parameters: number;
}

/**
 * Compares a model of the corpus (export.py) on its batch: integer targets mean cross-entropy, real ones mean squared
 * error. Throws what importing or running the model throws, and an `Error` for a parameter of PyTorch's that the import
 * does not have.
 */
export async function compare(engine: Engine, folder: string): Promise<Comparison> {
  const model = await loadForeignModel(join(folder, "model.onnx"));
  const [batch, expected] = await Promise.all(
    ["batch", "expected"].map((file) => readTensors(join(folder, `${file}.npz`))),
  );
  const loss = createLoss(isFloat(batch!.get("y")!.type) ? "mse" : "cross_entropy");
  const found = await batchGradients(engine, model, loss, batch!);
  const number = (key: string) => toNumbers(expected!.get(key)!)[0]!;
  const names = [...expected!.keys()].filter((key) => key.startsWith("norm/")).map((key) => key.slice(5));
  const whole = Math.hypot(...names.map((name) => number(`norm/${name}`)));
  const differences = names.map((parameter) => {
    const gradient = found.gradients.get(parameter);
    if (!gradient) throw new Error(`${model.name}: expected a parameter "${parameter}", got none of that name`);
    return { parameter, difference: relativeDifference(gradient, expected!, parameter, whole) };
  });
  return {
    loss: Math.abs(found.loss - number("loss")) / Math.abs(number("loss")),
    worst: differences.reduce((a, b) => (b.difference > a.difference || Number.isNaN(b.difference) ? b : a)),
    noise: number("noise"),
    parameters: names.length,
  };
}

/**
 * The larger of the norm's and the probes' difference, the probes' scaled up to the whole gradient, relative to the
 * norm. A gradient under a thousandth of the whole is measured against that: a bias before batch normalisation has none
 * but rounding.
 */
function relativeDifference(
  gradient: Tensor,
  expected: ReadonlyMap<string, Tensor>,
  parameter: string,
  whole: number,
): number {
  const numbers = toNumbers(gradient);
  const [norm] = toNumbers(expected.get(`norm/${parameter}`)!);
  const probe = toNumbers(expected.get(`probe/${parameter}`)!);
  const index = toNumbers(expected.get(`index/${parameter}`)!);
  const share = Math.sqrt(numbers.length / index.length);
  const atProbes = share * Math.hypot(...probe.map((value, i) => value - numbers[index[i]!]!));
  const ofNorm = Math.abs(Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0)) - norm!);
  return Math.max(atProbes, ofNorm) / Math.max(norm!, whole / 1000);
}
