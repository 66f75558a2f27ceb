import { UnsupportedError } from "../../tensor/errors.ts";
import { rowsGraph } from "../../training/graphs.ts";
import { layerName } from "../gramParts.ts";
import type { Passes } from "./passes.ts";
import type { PassSettings } from "./passSettings.ts";

/** As curvlinops 2025 (`_empirical_risk.py`); the absolute part times the largest number of the gradient. */
const RELATIVE = 5e-5;
const ABSOLUTE = 1e-6;

/**
 * Compares the loss and gradient of two passes over the same examples, the second with other mini-batches of the same
 * size. Throws `UnsupportedError` where they are not one function of the parameters, naming the layer: one that draws
 * random numbers, or one that mixes the examples of a mini-batch.
 */
export async function requireDeterminism(passes: Passes, settings: PassSettings): Promise<void> {
  const { indices } = settings;
  const first = await passes.gradient(null);
  const shift = Math.floor(passes.batchSize / 2);
  const turned = Uint32Array.from(indices, (_, i) => indices[(i + shift) % indices.length]!);
  const second = await passes.gradient(null, turned);
  const scale = first.gradient.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const most = first.gradient.reduce((worst, x, i) => Math.max(worst, Math.abs(x - second.gradient[i]!)), 0);
  const lossDiffers = Math.abs(first.loss - second.loss) > ABSOLUTE + RELATIVE * Math.abs(first.loss);
  if (!lossDiffers && most <= ABSOLUTE + RELATIVE * scale) return;
  const share = `${((100 * most) / scale).toPrecision(2)} %`;
  throw new UnsupportedError(
    `curvature: expected one gradient from two passes over the same examples, got two that differ by ${share}, because ${culprit(settings)}; measure in evaluation mode`,
  );
}

/** Why two passes differ. */
function culprit({ model, mode, dropout, loss }: PassSettings): string {
  if (dropout.size > 0) return `${[...dropout.keys()].join(", ")} draws random numbers`;
  if (mode === "training" && model.state.length > 0) {
    const layers = [...new Set(model.state.map(({ name }) => layerName(name)))];
    return `${layers.join(", ")} mixes the examples of a mini-batch`;
  }
  try {
    rowsGraph(model, 2, 2, mode, loss);
  } catch (error) {
    if (error instanceof UnsupportedError) return `examples cannot be told apart (${error.message})`;
    throw error;
  }
  return "the engine rounds differently from run to run";
}
