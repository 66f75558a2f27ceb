import { defaultLoss } from "../../model/loss.ts";
import { forward } from "../graphs.ts";
import type { TrainingOptions } from "../options.ts";
import type { TrainingState } from "../state.ts";

/** Running statistics that a window moves, in some coordinates of each. */
export interface RunningProbe {
  /** Of those that move; none where a model has none, or leaves them as they are. */
  readonly names: readonly string[];
  sample(): Float32Array;
  /** Whether any of them is another than then. */
  hasMoved(then: Float32Array): boolean;
}

/** Coordinates of each. */
const EACH = 16;

export function runningProbe(options: TrainingOptions, { running }: TrainingState): RunningProbe {
  const names = movingIn(options);
  const sample = () => {
    const found = new Float32Array(names.length * EACH);
    for (const [i, name] of names.entries()) {
      const data = running[name]!.data as Float32Array;
      for (let k = 0; k < Math.min(EACH, data.length); k++)
        found[i * EACH + k] = data[Math.floor((k * data.length) / Math.min(EACH, data.length))]!;
    }
    return found;
  };
  return { names, sample, hasMoved: (then) => sample().some((value, i) => value !== then[i]) };
}

/** Those that the graph of a training step makes anew. */
function movingIn({ model, window, loss = defaultLoss }: TrainingOptions): string[] {
  if (model.state.length === 0) return [];
  const { state } = forward(model, window[0]!, "training", "running", loss);
  return model.state.map(({ name }) => name).filter((name) => state[name] !== undefined && state[name].name !== name);
}
