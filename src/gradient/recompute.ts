import { addNode, constant, type Graph, type Node, producers, prune, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { fromNumbers, zeros } from "../tensor/tensor.ts";
import { activationNodes } from "./cuts.ts";

/**
 * Gradient checkpointing: the same outputs, up to rounding, in less memory. The forward pass is cut into blocks; only
 * values that cross a cut are kept, and what the backward pass needs from inside a block is computed again when it gets
 * there. The last block is needed at once and is never computed again. Chen et al. 2016, Training Deep Nets with
 * Sublinear Memory Cost, arXiv:1604.06174, Algorithm 1.
 *
 *   graph     forward and backward pass, pruned; the outputs keep their names
 *   forward   the nodes of the forward pass
 *   examples  the graph inputs that hold examples
 *   cuts      the last node of every block but the last, as `chooseCuts` gives them; none changes nothing
 *
 * ONNX Runtime runs independent nodes in an order of its own, and would compute a block again long before it is wanted.
 * Hence everything that a block's second computation reads goes through a Reshape whose shape is computed from the
 * results of the later blocks' backward pass: always the same shape, no copy, but not to be had before.
 */
export function recompute(
  graph: Graph,
  forward: ReadonlySet<Node>,
  examples: readonly Value[],
  cuts: readonly Node[],
): Graph {
  if (cuts.length === 0) return graph;
  const plan = planBlocks(graph, forward, examples, cuts);
  const result: Graph = {
    ...graph,
    nodes: graph.nodes.filter((node) => forward.has(node)),
    names: new Set(graph.names),
  };
  const g = builder(result);
  const last = cuts.length;
  const [copies, besideCopies] = [new Map<Value, Value>(), new Map<Value, Value>()];
  result.nodes.push(...(plan.stages.get(last) ?? []));
  let token: Value | undefined;
  for (let block = last - 1; block >= 0; block--) {
    token = join(g, [...(token ? [token] : []), ...finalValues(graph, plan, block + 1)]);
    const lateInMain = lateReader(g, plan, token, [copies]);
    const lateBeside = lateReader(g, plan, token, [copies, besideCopies]);
    for (const node of plan.stages.get(block) ?? []) {
      const late = isBeside(graph, node) ? lateBeside : lateInMain;
      result.nodes.push({ ...node, inputs: node.inputs.map((input) => input && late(input, block)) });
    }
  }
  return prune(result);
}

function isBeside({ beside }: Graph, { outputs }: Node): boolean {
  return beside !== undefined && outputs.some((output) => beside.has(output));
}

interface Plan {
  readonly made: ReadonlyMap<Value, Node>;
  /** The block of each node of the forward pass that depends on the examples. */
  readonly blockOf: ReadonlyMap<Node, number>;
  /** What depends on the examples in the forward pass, the examples included. */
  readonly activations: ReadonlySet<Value>;
  /** Activations that stay: the examples, what later blocks read, the last block and what the graph gives out. */
  readonly kept: ReadonlySet<Value>;
  /** The nodes of the backward pass by the block that they belong to, each in the graph's order. */
  readonly stages: ReadonlyMap<number, readonly Node[]>;
  readonly stageOf: ReadonlyMap<Node, number>;
}

function planBlocks(graph: Graph, forward: ReadonlySet<Node>, examples: readonly Value[], cuts: readonly Node[]): Plan {
  const ends = new Set(cuts);
  const blockOf = new Map<Node, number>();
  const kept = new Set<Value>([...examples, ...graph.outputs.values()]);
  const made = producers(graph);
  let block = 0;
  for (const node of activationNodes(graph, forward, examples)) {
    blockOf.set(node, block);
    for (const input of node.inputs) {
      const from = input && blockOf.get(made.get(input)!);
      if (from !== undefined && from < block) kept.add(input!);
    }
    if (ends.has(node)) block++;
  }
  const activations = new Set([...examples, ...[...blockOf.keys()].flatMap((node) => node.outputs)]);
  const own = (value: Value) => blockOf.get(made.get(value)!);
  const stageOf = stagesOf(graph, forward, (value) => (kept.has(value) ? undefined : own(value)), block);
  for (const value of activations) if (own(value) === block) kept.add(value);
  const stages = Map.groupBy(
    graph.nodes.filter((node) => !forward.has(node)),
    (node) => stageOf.get(node)!,
  );
  return { made, blockOf, activations, kept, stages, stageOf };
}

/**
 * The block that each node of the backward pass belongs to: the earliest block whose inside it reads, itself or through
 * others. A node that reads the inside of none belongs to the latest block that reads its result; what is computed
 * beside the rest has no say in that of the others.
 */
function stagesOf(
  graph: Graph,
  forward: ReadonlySet<Node>,
  insideOf: (value: Value) => number | undefined,
  last: number,
): Map<Node, number> {
  const backwardNodes = graph.nodes.filter((node) => !forward.has(node));
  const stageOf = new Map<Node, number>();
  const made = producers(graph);
  for (const beside of [false, true])
    placeIn(
      stageOf,
      backwardNodes.filter((node) => isBeside(graph, node) === beside),
      (value) => insideOf(value) ?? stageOf.get(made.get(value)!),
      last,
    );
  return stageOf;
}

function placeIn(
  stageOf: Map<Node, number>,
  backwardNodes: readonly Node[],
  earliest: (value: Value) => number | undefined,
  last: number,
): void {
  for (const node of backwardNodes) {
    const read = node.inputs.flatMap((input) => {
      const stage = input && earliest(input);
      return stage === undefined ? [] : [stage];
    });
    if (read.length > 0) stageOf.set(node, Math.min(...read));
  }
  const wanted = new Map<Value, number>();
  for (const node of backwardNodes.toReversed()) {
    const stage = stageOf.get(node) ?? Math.max(...node.outputs.map((output) => wanted.get(output) ?? -1));
    stageOf.set(node, stage < 0 ? last : stage);
    for (const input of node.inputs)
      if (input) wanted.set(input, Math.max(stageOf.get(node)!, wanted.get(input) ?? -1));
  }
}

/**
 * What a block's backward pass hands to the caller or to earlier blocks: once all of it exists, the block is done. What
 * only readers beside the rest take from the rest is left out: to wait for it would be another reader of it.
 */
function finalValues(graph: Graph, { stages, stageOf }: Plan, block: number): Value[] {
  const earlier = graph.nodes.filter((node) => (stageOf.get(node) ?? block) < block);
  const [inMain, anywhere] = [earlier.filter((node) => !isBeside(graph, node)), earlier].map(
    (readers) => new Set<Value | undefined>([...graph.outputs.values(), ...readers.flatMap(({ inputs }) => inputs)]),
  );
  return (stages.get(block) ?? []).flatMap((node) => {
    const read = isBeside(graph, node) ? anywhere : inMain;
    return node.outputs.filter((output) => read!.has(output));
  });
}

/** [1] a number that needs one element of every value; nothing of none. */
function join(g: Builder, values: readonly Value[]): Value | undefined {
  const elements = values.map((value) => {
    const axes = [...value.shape.keys()];
    const first = g.slice(
      value,
      axes,
      Array(axes.length).fill(0),
      Array(axes.length).fill(1),
      Array(axes.length).fill(1),
    );
    return g.cast(g.reshape(first, [1]), "float32");
  });
  return elements.length < 2 ? elements[0] : g.reduceSum(g.concat(elements, 0), [0], true);
}

/**
 * Gives what a block's backward pass reads: what was kept of earlier blocks, but not before `token`, and a second
 * computation of the block itself, its kept results included. Engines may choose another kernel the second time, and a
 * rule that compares an input with its output (MaxPool) must see the same rounding in both. New copies go to the last
 * of
 * `copies`.
 */
function lateReader(
  g: Builder,
  { made, blockOf, activations, kept }: Plan,
  token: Value | undefined,
  copies: readonly Map<Value, Value>[],
) {
  const copyOf = (value: Value) => copies.find((known) => known.has(value))?.get(value);
  const delayed = new Map<Value, Value>();
  const later = token && g.equal(token, token);
  function delay(value: Value): Value {
    if (!later || value.shape.length === 0) return value;
    const found = delayed.get(value) ?? reshapeAfter(g, value, later);
    delayed.set(value, found);
    return found;
  }
  function late(value: Value, reader: number): Value {
    if (!activations.has(value)) return value;
    const copy = copyOf(value);
    if (copy) return copy;
    const node = made.get(value);
    const block = node && blockOf.get(node);
    if (block === undefined || (kept.has(value) && block !== reader)) return delay(value);
    const inputs = node!.inputs.map((input) => input && late(input, block));
    addNode(g.graph, { ...node!, inputs: withoutStatistics(g, node!, inputs) }).forEach((again, i) => {
      copies.at(-1)!.set(node!.outputs[i]!, again);
    });
    return copyOf(value)!;
  }
  return late;
}

/** The same value, not to be had before `later`, whose truth ONNX Runtime cannot know and which makes no difference. */
function reshapeAfter(g: Builder, value: Value, later: Value): Value {
  const shape = constant(g.graph, fromNumbers("int64", [value.shape.length], value.shape), "shape");
  const [result] = addNode(g.graph, { op: "Reshape", inputs: [value, g.where(later, shape, shape)], outputs: [value] });
  return result!;
}

/**
 * Batch normalisation in training mode with momentum 0 takes nothing from the running statistics that it reads, and by
 * the second time they may have been replaced.
 */
function withoutStatistics(g: Builder, node: Node, inputs: readonly (Value | undefined)[]): (Value | undefined)[] {
  if (node.op !== "BatchNormalization" || node.attributes.training_mode?.value !== 1) return [...inputs];
  return inputs.map((input, i) => (i < 3 ? input : constant(g.graph, zeros(input!.type, input!.shape))));
}
