import { addInput, addNode, addOutput, type Graph, type Node, newGraph, prune, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { dependents } from "./backward.ts";
import { type Arranged, type BatchAxis, FRONT, isFront, type Layout } from "./layout.ts";
import { layoutRule } from "./layoutRules.ts";

/** What has become of the source's values so far. */
interface Progress {
  readonly examples: number;
  /** Values that depend on the examples. */
  readonly dependent: ReadonlySet<Value>;
  /** Those in which the examples can no longer be followed. */
  readonly lost: Set<Value>;
  /** Copies laid out as in the source. */
  readonly copies: Map<Value, Value>;
  readonly arranged: Map<Value, Arranged>;
}

/**
 * The same function with the examples kept on axis 0 where the source moves them to another axis, as far as the
 * operators behind can be rewritten (layoutRules.ts); then groups of examples stay apart and `rows` can follow them.
 * Nothing but the order of elements in intermediate values changes. Returns the source when it moves no examples.
 */
export function examplesFirst(source: Graph, examples: readonly string[]): Graph {
  const followed = follow(source, examples);
  if (!followed || followed.arranged.size === 0) return source;
  for (const [name, value] of source.outputs) addOutput(followed.graph, name, followed.layout.original(value));
  return prune(followed.graph);
}

/**
 * Where the examples lie in values of a graph: undefined in those that all examples share, in those in which they can
 * not be followed, and everywhere for a graph of fewer than two examples.
 */
export function examplePlaces(source: Graph, examples: readonly string[]): (value: Value) => BatchAxis | undefined {
  return follow(source, examples)?.layout.place ?? (() => undefined);
}

function follow(source: Graph, examples: readonly string[]) {
  const inputs = source.inputs.filter((value) => examples.includes(value.name));
  const count = Math.min(...inputs.map((value) => value.shape[0] ?? 1));
  if (!Number.isFinite(count) || count < 2) return undefined;
  const graph = newGraph(source.name);
  const progress: Progress = {
    examples: count,
    dependent: dependents(source, inputs, () => true),
    lost: new Set(),
    copies: new Map(source.inputs.map((v) => [v, addInput(graph, v.name, v.type, v.shape)])),
    arranged: new Map(),
  };
  const layout = layoutOf(builder(graph), progress);
  for (const node of prune(source).nodes) {
    const outputs = layoutRule(layout, node);
    for (const [i, output] of (outputs ?? []).entries()) progress.arranged.set(node.outputs[i]!, output);
    if (!outputs) copyNode(layout, node, progress);
  }
  return { graph, layout, arranged: progress.arranged };
}

function layoutOf(g: Builder, { examples, dependent, lost, copies, arranged }: Progress): Layout {
  const layout: Layout = {
    g,
    examples,
    place: (value) => arranged.get(value)?.place ?? (dependent.has(value) && !lost.has(value) ? FRONT : undefined),
    original(value) {
      const known = value.constant ? value : copies.get(value);
      const copy = known ?? asInSource(layout, value, arranged.get(value)!);
      copies.set(value, copy);
      return copy;
    },
    inFront: (value) => arranged.get(value)?.value ?? layout.original(value),
  };
  return layout;
}

/** As in the source. Behind a node that reads examples from elsewhere than the front, nobody knows where they are. */
function copyNode(layout: Layout, node: Node, { examples, dependent, lost, copies }: Progress): void {
  const inputs = node.inputs.map((value) => value && layout.original(value));
  const astray = node.inputs.some((value) => value && dependent.has(value) && !isFront(layout.place(value)));
  for (const [i, copy] of addNode(layout.g.graph, { ...node, inputs }).entries()) {
    const output = node.outputs[i]!;
    copies.set(output, copy);
    if (astray || (copy.shape[0] ?? 1) % examples !== 0) lost.add(output);
  }
}

/** Back to the source's order of elements, for operators without a rule and for outputs of the graph. */
function asInSource({ g, examples }: Layout, { shape }: Value, { value, place: { axis, outer } }: Arranged): Value {
  const [rows = 1, ...others] = value.shape;
  const each = rows / outer / examples;
  const split = g.reshape(value, [examples, outer, each * sizeOf(others)]);
  const ordered = g.reshape(g.transpose(split, [1, 0, 2]), value.shape);
  const back = shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
  return g.transpose(outer === 1 ? value : ordered, back);
}
