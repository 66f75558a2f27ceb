import { initialLossScale, type LossScale, nextLossScale } from "../optimizer/lossScale.ts";
import type { Bound, Engine, Session } from "../runtime/engine.ts";
import { scalar, type Tensor, tensor } from "../tensor/tensor.ts";
import { chunksOf } from "./flat.ts";
import { newStateName } from "./graphs.ts";
import type { TrainingState } from "./state.ts";
import { unscaleGraph } from "./updateGraphs.ts";

/** As in update.ts: the elements of a chunk stay in a core's cache. */
const CHUNK = 2 ** 18;

/** Dynamic loss scaling of a run. The scale changes between windows only. */
export interface LossScaler {
  /** What gradient graphs read as `lossScale`. */
  readonly factor: Tensor;
  current(): LossScale;
  /**
   * Ends a window: divides the gradient sums by the factor, in place, and moves on to the next scale. False where a sum
   * is infinite or NaN: the step must be skipped.
   */
  unscale(): Promise<boolean>;
  release(): void;
}

/**
 * `examples` is the number of examples of a full window. The factor is the scale over the largest power of two up to
 * it: our losses are summed over the window where GradScaler's are averaged, and a power of two is divided out exactly.
 */
export async function createLossScaler(
  engine: Engine,
  state: TrainingState,
  examples: number,
  from: LossScale = initialLossScale,
): Promise<LossScaler> {
  const share = 2 ** Math.floor(Math.log2(examples));
  let scale = from;
  const factor = scalar("float32", scale.scale / share);
  const inverse = scalar("float32", 1);
  const poison = scalar("float32", 0);
  const sessions = new Map<number, Session>();
  const bounds: Bound[] = [];
  for (const chunk of chunksOf(state.sums, CHUNK)) {
    const session = sessions.get(chunk.length) ?? (await engine.load(unscaleGraph(chunk.length)));
    sessions.set(chunk.length, session);
    const sum = tensor("float32", [chunk.length], chunk);
    bounds.push(session.bind({ sum, inverse, [newStateName("sum")]: sum, poison }));
  }
  return {
    factor,
    current: () => scale,
    async unscale() {
      inverse.data[0] = share / scale.scale;
      let finite = true;
      for (const bound of bounds) {
        await bound.run();
        finite &&= poison.data[0] === 0;
      }
      scale = nextLossScale(scale, finite);
      factor.data[0] = scale.scale / share;
      return finite;
    },
    release() {
      for (const session of sessions.values()) session.release();
    },
  };
}
