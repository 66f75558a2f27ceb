import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";

/**
 * Where the examples lie in a value: along `axis`, whose rows are `outer` × examples × the rest, row-major. (0, 1) is
 * where a batch starts out; PyTorch's attention goes through [T, N, D], which is (1, 1), and [T·N, D], which is (0, T).
 */
export interface BatchAxis {
  readonly axis: number;
  readonly outer: number;
}

export const FRONT: BatchAxis = { axis: 0, outer: 1 };

export function isFront(place: BatchAxis | undefined): boolean {
  return place?.axis === 0 && place.outer === 1;
}

/** A value of the source graph in the new one: as it was, or with the examples in front. */
export interface Layout {
  readonly g: Builder;
  /** How many examples there are. */
  readonly examples: number;
  /** Undefined for values that all examples share, and for those in which the examples can no longer be followed. */
  place(value: Value): BatchAxis | undefined;
  /** Laid out as in the source graph. */
  original(value: Value): Value;
  /** The examples' axis first, and its rows in the order examples × `outer` × the rest. */
  inFront(value: Value): Value;
}

/** An output of a node, with the examples in front. */
export interface Arranged {
  readonly value: Value;
  readonly place: BatchAxis;
}
