import type { Optimizer } from "../../optimizer/optimizer.ts";
import type { Engine } from "../../runtime/engine.ts";
import { withSessions } from "../../runtime/scope.ts";
import type { TrainingState } from "../../training/state.ts";
import { createUpdater } from "../../training/update.ts";
import type { ParameterSlice } from "./layout.ts";

/** What decides the next update beside the gradient. */
export interface NextUpdate {
  readonly optimizer: Optimizer;
  /** Parameters and the optimizer's arrays as the checkpoint has them. They are changed. */
  readonly state: TrainingState;
  /** Mean gradient over the examples, as `slices` has it. */
  readonly gradient: Float64Array;
  readonly slices: readonly ParameterSlice[];
  readonly learningRate: number;
  /** Steps that the optimizer has made, this one included. */
  readonly step: number;
  readonly clipNorm: number | undefined;
  readonly threads: number;
}

/**
 * The direction Δ of the update that the run's optimizer would make next with this gradient, with its moments, clipping
 * and weight decay: θ ← θ − η Δ at the learning rate η. P numbers, as `slices` has them.
 */
export function nextUpdate(engine: Engine, next: NextUpdate): Promise<Float64Array> {
  const { optimizer, state, gradient, slices, learningRate, step, clipNorm, threads } = next;
  const offsets = new Map(state.layout.entries.map(({ name, offset }) => [name, offset]));
  state.sums.fill(0);
  for (const { name, offset, length } of slices)
    state.sums.set(gradient.subarray(offset, offset + length), offsets.get(name)!);
  const before = state.parameters.slice();
  return withSessions(engine, async (sessions) => {
    const updater = await createUpdater(sessions, optimizer, state, { threads });
    const norm = await updater.gradientNorm(1);
    await updater.step({ weight: 1, learningRate, step, clipNorm }, norm);
    const update = new Float64Array(gradient.length);
    for (const { name, offset, length } of slices) {
      const from = offsets.get(name)!;
      for (let i = 0; i < length; i++)
        update[offset + i] = (before[from + i]! - state.parameters[from + i]!) / learningRate;
    }
    return update;
  });
}
