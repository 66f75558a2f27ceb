import { addOutput, type Graph } from "../graph/graph.ts";
import { builder } from "../ops/builder.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { Bound, Engine, LoadOptions, Session } from "../runtime/engine.ts";
import { assertInPlaceSafe } from "../runtime/inPlace.ts";
import { scalar, type Tensor, tensor } from "../tensor/tensor.ts";
import { clipFactor } from "./clip.ts";
import { chunksOf } from "./flat.ts";
import { newStateName } from "./graphs.ts";
import { groupKey, type Piece, piecesOf } from "./pieces.ts";
import type { TrainingState } from "./state.ts";
import { squaresGraph, updateGraph } from "./updateGraphs.ts";

/** Elements that one update handles at once: the arrays of 2^18 float32 stay in a core's cache (docs/benchmarks.md). */
const CHUNK = 2 ** 18;

export interface UpdateNumbers {
  /** Σ w of the window. */
  readonly weight: number;
  readonly learningRate: number;
  /** Optimizer steps, this one included. */
  readonly step: number;
  /** Only of an updater whose momentum moves. */
  readonly momentum?: number | undefined;
  /** Largest global norm of the mean gradient; a longer one is scaled down to it. */
  readonly clipNorm: number | undefined;
}

/** One optimizer step over the whole state, in place. */
export interface Updater {
  /** L2 norm of the mean gradient over the window, before clipping. */
  gradientNorm(weight: number): Promise<number>;
  /**
   * Divides the sums by the window's weight, once; clips; steps. `norm` is needed only where `clipNorm` is set; an
   * optimizer that clips by itself finds it where it is NaN. Gives the norm, whatever was known of it. Throws
   * `DivergedError` where that of an optimizer that clips is no finite number.
   */
  step(numbers: UpdateNumbers, norm: number): Promise<number>;
  release(): void;
}

/**
 * Compiles one session per distinct length and parameter group, and one per distinct length for the norm. With
 * `movesMomentum` every step is told its momentum.
 */
export async function createUpdater(
  engine: Engine,
  optimizer: Optimizer,
  state: TrainingState,
  { movesMomentum = false, ...options }: LoadOptions & { readonly movesMomentum?: boolean } = {},
): Promise<Updater> {
  const names = ["weight", "clip", "learningRate", "step", ...(movesMomentum ? ["movedMomentum"] : [])];
  const scalars = Object.fromEntries(names.map((name) => [name, scalar("float32", 0)]));
  const sessions: Session[] = [];
  const squares = scalar("float32", 0);
  const updates = await bindUpdates(engine, optimizer, state, { options, scalars, squares, sessions });
  const norm = await bindNorm(engine, state.sums, { options, sessions });
  return {
    gradientNorm: norm,
    async step({ weight, learningRate, step, momentum = Number.NaN, clipNorm }, known) {
      const limited = optimizer.largestNorm !== undefined && optimizer.largestNorm < Number.POSITIVE_INFINITY;
      const length = limited && Number.isNaN(known) ? await norm(weight) : known;
      const clip = clipFactor(length, clipNorm, limited ? optimizer.largestNorm : undefined);
      const values: Readonly<Record<string, number>> = { weight, clip, learningRate, step, movedMomentum: momentum };
      for (const name of names) scalars[name]!.data[0] = values[name]!;
      let total = 0;
      for (const update of updates) {
        await update.run();
        total += squares.data[0] as number;
      }
      return Math.sqrt(total) / weight;
    },
    release: () => {
      for (const session of sessions) session.release();
    },
  };
}

interface Binding {
  readonly options: LoadOptions;
  /** Of all that is loaded, for its release. */
  readonly sessions: Session[];
}

interface Updating {
  readonly scalars: Readonly<Record<string, Tensor>>;
  /** Where a piece leaves Σ sum². */
  readonly squares: Tensor;
}

async function bindUpdates(
  engine: Engine,
  optimizer: Optimizer,
  state: TrainingState,
  { options, scalars, squares, sessions }: Binding & Updating,
): Promise<Bound[]> {
  const written = ["parameter", ...optimizer.state];
  const known = new Map<string, Session>();
  const bounds: Bound[] = [];
  for (const piece of piecesOf(state.layout, optimizer, CHUNK)) {
    const length = piece.end - piece.start;
    const key = `${length} ${groupKey(piece.group)}`;
    let session = known.get(key);
    if (!session) {
      const graph = withSquares(updateGraph(optimizer, length, piece.group, "movedMomentum" in scalars));
      const inPlace = Object.fromEntries(written.map((name) => [newStateName(name), name]));
      assertInPlaceSafe(graph, inPlace);
      session = await engine.load(graph, { ...options, inPlace });
      known.set(key, session);
      sessions.push(session);
    }
    const arrays = sliced(state, piece);
    const after = Object.fromEntries(written.map((name) => [newStateName(name), arrays[name]!]));
    bounds.push(session.bind({ ...arrays, ...scalars, ...after, squares }));
  }
  return bounds;
}

/** The norm of what an update reads anyway costs next to nothing: each step is recorded with it. */
function withSquares(graph: Graph): Graph {
  const g = builder(graph);
  const sum = graph.inputs.find(({ name }) => name === "sum")!;
  addOutput(graph, "squares", g.reshape(g.reduceSumSquare(sum, [0]), []));
  return graph;
}

/** The flat arrays' slices, under the names of the update graph. */
function sliced(state: TrainingState, { start, end }: Piece): Record<string, Tensor> {
  const arrays = { parameter: state.parameters, sum: state.sums, ...state.moments };
  const slices = Object.entries(arrays).map(([name, flat]) => [
    name,
    tensor("float32", [end - start], flat.subarray(start, end)),
  ]);
  return Object.fromEntries(slices);
}

async function bindNorm(
  engine: Engine,
  sums: Float32Array,
  { options, sessions }: Binding,
): Promise<(weight: number) => Promise<number>> {
  const squares = scalar("float32", 0);
  const known = new Map<number, Session>();
  const bounds: Bound[] = [];
  for (const chunk of chunksOf(sums, CHUNK)) {
    const session = known.get(chunk.length) ?? (await engine.load(squaresGraph(chunk.length), options));
    if (!known.has(chunk.length)) sessions.push(session);
    known.set(chunk.length, session);
    bounds.push(session.bind({ sum: tensor("float32", [chunk.length], chunk), squares }));
  }
  return async (weight) => {
    let total = 0;
    for (const bound of bounds) {
      await bound.run();
      total += Number(squares.data[0]);
    }
    return Math.sqrt(total) / weight;
  };
}
