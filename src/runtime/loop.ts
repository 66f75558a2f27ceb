import type { Node } from "../graph/graph.ts";

/**
 * Computes a node's outputs (or its only one) from its inputs, all row-major float64; an omitted input is `undefined`.
 */
export type Kernel = (
  node: Node,
  inputs: readonly (Float64Array | undefined)[],
) => Float64Array | readonly Float64Array[];
