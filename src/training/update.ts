import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Bound, Engine, LoadOptions, Session } from "../runtime/engine.ts";
import { assertInPlaceSafe } from "../runtime/inPlace.ts";
import { scalar, type Tensor, tensor } from "../tensor/tensor.ts";
import { chunksOf } from "./flat.ts";
import { newStateName, squaresGraph, updateGraph } from "./graphs.ts";
import type { TrainingState } from "./state.ts";

/** Elements that one update handles at once: the arrays of 2^18 float32 stay in a core's cache (ENGINE.md §2). */
const CHUNK = 2 ** 18;

export interface UpdateNumbers {
  /** Σ w of the window. */
  readonly weight: number;
  readonly learningRate: number;
  /** Optimizer steps, this one included. */
  readonly step: number;
  /** Largest global norm of the mean gradient; a longer one is scaled down to it. */
  readonly clipNorm: number | undefined;
}

/** One optimizer step over the whole state, in place. */
export interface Updater {
  /** L2 norm of the mean gradient over the window, before clipping. */
  gradientNorm(weight: number): Promise<number>;
  /** Divides the sums by the window's weight, once; clips; steps. `norm` is needed only where `clipNorm` is set. */
  step(numbers: UpdateNumbers, norm: number): Promise<void>;
  release(): void;
}

/** Compiles one session per distinct chunk length: two at most. */
export async function createUpdater(
  engine: Engine,
  optimizer: Optimizer,
  state: TrainingState,
  options: LoadOptions = {},
): Promise<Updater> {
  const scalars = {
    weight: scalar("float32", 1),
    clip: scalar("float32", 1),
    learningRate: scalar("float32", 0),
    step: scalar("float32", 0),
  };
  const squares = scalar("float32", 0);
  const sessions: Session[] = [];
  const load = memo(async (length: number) => {
    const update = updateGraph(optimizer, length);
    assertInPlaceSafe(
      update,
      Object.fromEntries(["parameter", ...optimizer.state].map((name) => [newStateName(name), name])),
    );
    const pair = [await engine.load(update, options), await engine.load(squaresGraph(length), options)] as const;
    sessions.push(...pair);
    return pair;
  });
  const updates: Bound[] = [];
  const norms: Bound[] = [];
  for (const arrays of sliced(state)) {
    const [update, square] = await load(arrays.sum!.shape[0]!);
    const after = ["parameter", ...optimizer.state].map((name) => [newStateName(name), arrays[name]!]);
    updates.push(update.bind({ ...arrays, ...scalars, ...Object.fromEntries(after) }));
    norms.push(square.bind({ sum: arrays.sum!, squares }));
  }
  return {
    async gradientNorm(weight) {
      let total = 0;
      for (const norm of norms) {
        await norm.run();
        total += Number(squares.data[0]);
      }
      return Math.sqrt(total) / weight;
    },
    async step({ weight, learningRate, step, clipNorm }, norm) {
      // The small constant is that of PyTorch's clip_grad_norm_, so that both clip alike.
      const clip = clipNorm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
      for (const [name, value] of Object.entries({ weight, clip, learningRate, step }))
        scalars[name as keyof typeof scalars].data[0] = value;
      for (const update of updates) await update.run();
    },
    release: () => {
      for (const session of sessions) session.release();
    },
  };
}

/** The flat arrays cut into chunks, each under the names of the update graph. */
function sliced(state: TrainingState): Record<string, Tensor>[] {
  const arrays = { parameter: state.parameters, sum: state.sums, ...state.moments };
  const cut = Object.entries(arrays).map(([name, flat]) => [name, chunksOf(flat, CHUNK)] as const);
  return chunksOf(state.parameters, CHUNK).map((chunk, i) =>
    Object.fromEntries(cut.map(([name, chunks]) => [name, tensor("float32", [chunk.length], chunks[i]!)])),
  );
}

function memo<K, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const known = new Map<K, Promise<V>>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
