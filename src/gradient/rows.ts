import {
  addInput,
  addNode,
  addOutput,
  type Graph,
  type Node,
  newGraph,
  producers,
  prune,
  type Value,
} from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { isNotDifferentiable, named, plainAttributes } from "../ops/op.ts";
import { byGroup } from "../ops/rows.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import {
  accumulate,
  backward,
  type Contribution,
  dependents,
  ioOf,
  onPath,
  pick,
  refusal,
  requireGroups,
  ruleOf,
} from "./backward.ts";
import { examplesFirst } from "./examplesFirst.ts";

/**
 * K gradients in one pass: for each w of `wrt` the rows ∂(Σ loss over group k)/∂w, as [K, ...shape of w].
 *
 *   loss      [N], one number per example, N a multiple of K; group k is examples k·N/K … (k+1)·N/K − 1
 *   seed      [N], the incoming gradient of each loss (its weight); ones when left out
 *   examples  the graph inputs whose axis 0 holds the examples; everything else is shared by all groups
 *
 * Where the plain rule would sum over examples, this sums inside each group. Throws `UnsupportedError`, naming the
 * node, for a graph whose groups cannot be kept apart; then the caller runs the plain gradient group by group, which
 * gives the same rows.
 */
export function rows(
  g: Builder,
  loss: Value,
  wrt: readonly Value[],
  groups: number,
  examples: readonly Value[],
  seed?: Value,
): Value[] {
  requireArguments(
    "rows",
    { g, loss, wrt, groups, examples },
    { g: is.builder, loss: is.value, wrt: is.list, groups: is.whole(1), examples: is.list },
  );
  for (const value of [loss, ...examples]) requireGroups(value, groups);
  // One group cannot be mixed with others, whatever the operators do.
  if (groups === 1) return backward(g, loss, wrt, seed).map((row) => g.reshape(row, [1, ...row.shape]));
  const grouped = followGroups(g.graph, loss, examples, groups);
  const needed = [...dependents(g.graph, wrt)];
  const walk: Walk = {
    groups,
    perExample: new Set(needed.filter((value) => grouped.has(value))),
    shared: new Set(needed.filter((value) => !grouped.has(value))),
    gradients: new Map([[loss, seed ?? g.expand(g.fill(loss, 1), loss.shape)]]),
    rows: new Map(),
  };
  if (!grouped.has(loss))
    throw new UnsupportedError(
      `rows: expected a loss that depends on the examples, got "${loss.name}" that does not; name the inputs that hold examples`,
    );
  for (const node of onPath(g.graph, [loss], new Set(needed))) {
    const isGrouped = node.outputs.some((output) => grouped.has(output));
    const incoming = node.outputs.map((output) => (isGrouped ? walk.gradients : walk.rows).get(output));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    if (isGrouped) differentiate(g, node, incoming, walk);
    else differentiateShared(g, node, incoming, walk);
  }
  return wrt.map((value) => walk.rows.get(value) ?? g.zeros(value.type, [groups, ...value.shape]));
}

interface Walk {
  readonly groups: number;
  /** Values with one row per example, and their gradients. */
  readonly perExample: ReadonlySet<Value>;
  readonly gradients: Map<Value, Value>;
  /** Values that all examples share, and their gradients per group. */
  readonly shared: ReadonlySet<Value>;
  readonly rows: Map<Value, Value>;
}

function differentiate(g: Builder, node: Node, incoming: readonly (Value | undefined)[], walk: Walk): void {
  const op = ruleOf(node);
  if (isNotDifferentiable(op.gradient)) throw refusal(node, op.gradient);
  const attributes = plainAttributes(op, node.attributes);
  const io = ioOf(g, op, node, incoming);
  const plain = op.gradient(g, io, attributes);
  for (const { input, gradient } of pick(op, node, plain, walk.perExample))
    accumulate(
      g,
      walk.gradients,
      input,
      equalShapes(gradient.shape, input.shape) ? gradient : g.sumTo(gradient, input.shape),
    );
  if (!node.inputs.some((input) => input && walk.shared.has(input))) return;
  const own = op.rows.gradient?.(g, io, attributes, walk.groups) ?? {};
  for (const { input, name, gradient } of pick(op, node, { ...plain, ...own }, walk.shared))
    accumulate(g, walk.rows, input, name in own ? gradient : sumToRows(g, gradient, input, walk.groups));
}

/** A node that no example reaches, such as the transpose of a weight: its rows go back through it. */
function differentiateShared(g: Builder, node: Node, incoming: readonly (Value | undefined)[], walk: Walk): void {
  const [source] = node.inputs;
  const [rows] = incoming;
  const moved = source && rows && moveBack(g, node, source, rows, walk.groups);
  if (moved) {
    accumulate(g, walk.rows, source, moved);
    return;
  }
  const byInput = Array.from({ length: walk.groups }, (_, group) => contributionsOf(g, node, incoming, group, walk));
  byInput[0]!.forEach(({ input }, i) => {
    const parts = byInput.map((contributions) => {
      const { gradient } = contributions[i]!;
      const own = equalShapes(gradient.shape, input.shape) ? gradient : g.sumTo(gradient, input.shape);
      return g.reshape(own, [1, ...input.shape]);
    });
    accumulate(g, walk.rows, input, g.concat(parts, 0));
  });
}

/** All rows at once, for operators that only move elements. */
function moveBack(g: Builder, node: Node, source: Value, rows: Value, groups: number): Value | undefined {
  if (["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"].includes(node.op))
    return g.reshape(rows, [groups, ...source.shape]);
  const perm = node.attributes.perm;
  if (node.op !== "Transpose" || perm?.kind !== "ints") return undefined;
  return g.transpose(rows, [0, ...perm.value.map((_, axis) => perm.value.indexOf(axis) + 1)]);
}

/** The plain rule with one group's row as the incoming gradient. */
function contributionsOf(
  g: Builder,
  node: Node,
  incoming: readonly (Value | undefined)[],
  group: number,
  walk: Walk,
): Contribution[] {
  const op = ruleOf(node);
  if (isNotDifferentiable(op.gradient)) throw refusal(node, op.gradient);
  const own = incoming.map(
    (rows, i) => rows && g.reshape(g.slice(rows, [0], [group], [group + 1], [1]), node.outputs[i]!.shape),
  );
  return pick(op, node, op.gradient(g, ioOf(g, op, node, own), plainAttributes(op, node.attributes)), walk.shared);
}

/** Undoes broadcasting group by group: [N, ...] to [K, ...shape of the shared operand]. */
function sumToRows(g: Builder, gradient: Value, operand: Value, groups: number): Value {
  requireGroups(gradient, groups);
  const missing = gradient.shape.length - operand.shape.length;
  if (missing === 0 && operand.shape[0] !== 1)
    throw new UnsupportedError(
      `rows: expected a parameter that all examples share, got "${operand.name}" with one row per example; run group by group`,
    );
  const split = byGroup(g, gradient, groups);
  const axes = split.shape.flatMap((size, axis) => {
    const own = axis - 1 - missing;
    return axis > 0 && (own < 0 || (operand.shape[own] === 1 && size !== 1)) ? [axis] : [];
  });
  return g.reshape(g.reduceSum(split, axes, true), [groups, ...operand.shape]);
}

/**
 * Values whose axis 0 is cut into groups like that of the examples. Throws where an operator on the way to the loss
 * mixes groups.
 */
function followGroups(graph: Graph, loss: Value, examples: readonly Value[], groups: number): Set<Value> {
  const grouped = new Set(examples);
  const made = producers(graph);
  for (const node of onPath(
    graph,
    [loss],
    dependents(graph, examples, () => true),
  ).reverse()) {
    const repeated = node.inputs.filter((value) => value && repeatsForExamples(made.get(value), node, grouped));
    const together = new Set([...grouped, ...(repeated as Value[])]);
    const alike = repeated.length > 0 && keepsGroups(node, together);
    if (!(alike || keepsGroups(node, grouped)) || node.outputs.some((output) => (output.shape[0] ?? 0) % groups !== 0))
      throw refuse(node, "operators that keep groups of examples apart");
    for (const value of [...(alike ? (repeated as Value[]) : []), ...node.outputs]) grouped.add(value);
  }
  return grouped;
}

/**
 * Whether `source` makes one row for each example out of what all share, as `reader`'s other operands have: a class
 * token that is expanded, or embeddings of the same indices for everyone.
 */
function repeatsForExamples(source: Node | undefined, reader: Node, grouped: ReadonlySet<Value>): boolean {
  const [data, indices] = source?.inputs ?? [];
  const [output] = source?.outputs ?? [];
  if (!source || !data || !output || grouped.has(output)) return false;
  const rows = output.shape[0];
  const alike = reader.inputs.some((value) => value && grouped.has(value) && value.shape[0] === rows);
  if (source.op === "Expand")
    return alike && (data.shape.length < output.shape.length || (data.shape[0] === 1 && rows !== 1));
  const first = plainAttributes(ruleOf(source), source.attributes).axis === 0;
  return alike && source.op === "Gather" && first && indices?.constant !== undefined && indices.shape[0] === rows;
}

function keepsGroups(node: Node, grouped: ReadonlySet<Value>): boolean {
  const op = ruleOf(node);
  const io = { ...named(op.inputs, node.inputs), ...named(op.outputs, node.outputs) };
  return op.rows.keepsGroups(io, plainAttributes(op, node.attributes), (value) => grouped.has(value));
}

function refuse(node: Node, expected: string): Error {
  return new UnsupportedError(`rows: expected ${expected}, got ${node.op} at node "${node.name}"; run group by group`);
}

/**
 * The same graph with every operator that mixes examples (batch normalisation in training mode) replaced by one that
 * treats the K groups as the separate mini-batches they are, and with the examples kept on axis 0. Inputs and outputs
 * keep their names; what no output needs is left out. Throws `UnsupportedError` where something reads the running
 * statistics, of which there would be K.
 */
export function separateGroups(given: Graph, examples: readonly string[], groups: number): Graph {
  requireArguments(
    "separateGroups",
    { given, examples, groups },
    { given: is.graph, examples: is.list, groups: is.whole(1) },
  );
  const source = examplesFirst(given, examples);
  const graph = newGraph(source.name);
  const g = builder(graph);
  const copies = new Map<Value, Value>(source.inputs.map((v) => [v, addInput(graph, v.name, v.type, v.shape)]));
  const copyOf = (value: Value) => {
    const copy = value.constant ? value : copies.get(value);
    if (copy) return copy;
    throw new UnsupportedError(
      `separateGroups: expected outputs that K mini-batches have each, got a reader of "${value.name}"; leave it out`,
    );
  };
  const grouped = new Set(source.inputs.filter((value) => examples.includes(value.name)));
  for (const node of prune(source).nodes) {
    const inputs = node.inputs.map((value) => value && copyOf(value));
    const touched = node.inputs.some((value) => value && grouped.has(value));
    const split = touched && !keepsGroups(node, grouped) ? ruleOf(node).rows.split : undefined;
    const outputs = split
      ? [split(g, named(ruleOf(node).inputs, inputs), plainAttributes(ruleOf(node), node.attributes), groups)]
      : addNode(graph, { ...node, inputs });
    outputs.forEach((value, i) => {
      copies.set(node.outputs[i]!, value);
    });
    if (touched) for (const value of node.outputs) grouped.add(value);
  }
  for (const [name, value] of source.outputs) addOutput(graph, name, copyOf(value));
  return graph;
}
