import type { Graph } from "../graph/graph.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Where graphs are executed. A graphics processor is reached through the providers of the npm binding. */
export type Device = "cpu" | "webgpu" | "cuda";

export const devices: readonly Device[] = ["cpu", "webgpu", "cuda"];

/** One way to execute graphs. Every transport passes the same case table. */
export interface Engine {
  readonly name: "native" | "binding" | "web" | "reference";
  /** Compiles the graph. Throws when the engine refuses it, with the engine's own words. */
  load(graph: Graph, options?: LoadOptions): Promise<Session>;
}

export interface LoadOptions {
  /** Threads inside one operator. Default 1, which is fastest for small models and keeps runs comparable. */
  readonly threads?: number;
  /**
   * Outputs that will lie on the memory of an input, output name → input name, as `assertInPlaceSafe` allows: they may
   * then be formed there. They need not lie there.
   */
  readonly inPlace?: Readonly<Record<string, string>>;
}

/** A compiled graph. */
export interface Session {
  /**
   * Ties every input and output of the graph, by name, to the memory of a tensor of exactly its type and shape, once.
   * An output may share an input's memory where `assertInPlaceSafe` (inPlace.ts) allows it; that is how gradients
   * accumulate and parameters are updated without a copy. Throws `ShapeError` for a missing, unknown or ill-shaped
   * tensor.
   */
  bind(tensors: Readonly<Record<string, Tensor>>): Bound;
  /** Frees the engine's memory. Bound runs must not be used afterwards. */
  release(): void;
}

/** A session whose inputs and outputs are the same arrays at every run. */
export interface Bound {
  /** Reads the bound inputs as they are now and writes the bound outputs. One run at a time. */
  run(): Promise<void>;
}
