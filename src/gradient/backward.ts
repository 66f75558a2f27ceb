import { type Graph, type Node, producers, type Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { isNotDifferentiable, type NotDifferentiable, named, type Op, plainAttributes } from "../ops/op.ts";
import { isOpName, ops } from "../ops/table.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { isFloat, show } from "../tensor/tensor.ts";

/** What a rule returned for one input, before un-broadcasting. */
export interface Contribution {
  readonly input: Value;
  /** The input's name in the operator, without marks. */
  readonly name: string;
  readonly gradient: Value;
}

/**
 * Reverse-mode differentiation: appends nodes to the builder's graph that compute ∂(Σ loss)/∂w for each w of `wrt`, and
 * returns these gradients in order, each with its w's shape. `loss` may have any shape; `seed` is its incoming gradient
 * (ones when left out). Only nodes on a path from `wrt` to `loss` are differentiated. A w that the loss does not depend
 * on gets zeros.
 *
 * Griewank & Walther, Evaluating Derivatives (2008), chapter 3. Throws `UnsupportedError` where a rule does not exist.
 */
export function backward(g: Builder, loss: Value, wrt: readonly Value[], seed?: Value): Value[] {
  requireArguments("backward", { g, loss, wrt }, { g: is.builder, loss: is.value, wrt: is.list });
  return backwardFrom(g, new Map([[loss, seed ?? g.expand(g.fill(loss, 1), loss.shape)]]), wrt);
}

/** The same of several values at once, each with its incoming gradient: of Σ ⟨seed, value⟩, the seeds as constants. */
export function backwardFrom(g: Builder, seeds: ReadonlyMap<Value, Value>, wrt: readonly Value[]): Value[] {
  const gradients = new Map(seeds);
  const needed = dependents(g.graph, wrt);
  for (const node of onPath(g.graph, [...seeds.keys()], needed)) {
    const incoming = node.outputs.map((output) => gradients.get(output));
    if (incoming.every((gradient) => gradient === undefined)) continue;
    for (const { input, gradient } of contributions(g, node, incoming, needed))
      accumulate(
        g,
        gradients,
        input,
        equalShapes(gradient.shape, input.shape) ? gradient : g.sumTo(gradient, input.shape),
      );
  }
  return wrt.map((value) => gradients.get(value) ?? g.zeros(value.type, value.shape));
}

export function accumulate(g: Builder, gradients: Map<Value, Value>, value: Value, gradient: Value): void {
  const sum = gradients.get(value);
  gradients.set(value, sum ? g.add(sum, gradient) : gradient);
}

/**
 * All values that depend on one of `sources`, these included. By default only real numbers: others pass no gradient on.
 */
export function dependents(
  graph: Graph,
  sources: readonly Value[],
  passes: (value: Value) => boolean = (value) => isFloat(value.type),
): Set<Value> {
  const reached = new Set(sources);
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => input && reached.has(input))) continue;
    for (const output of node.outputs) if (passes(output)) reached.add(output);
  }
  return reached;
}

/** Nodes between `needed` values and `ends`, last first. A snapshot: nodes appended while walking are not in it. */
export function onPath(graph: Graph, ends: readonly Value[], needed: ReadonlySet<Value>): Node[] {
  const made = producers(graph);
  const wanted = new Set<Node>();
  const stack = [...ends];
  for (let value = stack.pop(); value; value = stack.pop()) {
    const node = made.get(value);
    if (!node || wanted.has(node) || !needed.has(value)) continue;
    wanted.add(node);
    for (const input of node.inputs) if (input) stack.push(input);
  }
  return graph.nodes.filter((node) => wanted.has(node)).reverse();
}

/** The rule's gradients for those inputs of the node that are needed. */
function contributions(
  g: Builder,
  node: Node,
  incoming: readonly (Value | undefined)[],
  needed: ReadonlySet<Value>,
): Contribution[] {
  const op = ruleOf(node);
  if (isNotDifferentiable(op.gradient)) throw refusal(node, op.gradient);
  const io = ioOf(g, op, node, incoming);
  return pick(op, node, op.gradient(g, io, plainAttributes(op, node.attributes)), needed);
}

export function ruleOf(node: Node): Op {
  if (node.domain !== "" || !isOpName(node.op))
    throw new UnsupportedError(
      `backward: expected an operator with a gradient rule, got ${node.op} at node "${node.name}"; replace it in the exported model`,
    );
  return ops[node.op];
}

/**
 * Inputs, outputs and incoming gradients of a node under the operator's names; zeros for a first output, and for those
 * in a list, that nothing used.
 */
export function ioOf(g: Builder, op: Op, node: Node, incoming: readonly (Value | undefined)[]) {
  const list = op.outputs.findIndex((name) => name.endsWith("*"));
  const always = (i: number) => i === 0 || (list !== -1 && i >= list);
  const given = node.outputs.map(({ type, shape }, i) => incoming[i] ?? (always(i) ? g.zeros(type, shape) : undefined));
  const gradientNames = op.outputs.map((name) => `d${name}`);
  return {
    ...named(op.inputs, node.inputs),
    ...named(op.outputs, node.outputs),
    ...named(gradientNames, given),
  };
}

/** Pairs what a rule returned with the node's inputs. An input that occurs twice contributes twice. */
export function pick(
  op: Op,
  node: Node,
  returned: Record<string, unknown>,
  needed: ReadonlySet<Value>,
): Contribution[] {
  return node.inputs.flatMap((input, i) => {
    if (!input || !needed.has(input)) return [];
    const name = inputName(op, i);
    const gradient = returnedFor(op, returned, name, i);
    if (!gradient || isNotDifferentiable(gradient))
      throw refusal(node, gradient ?? { notDifferentiable: `the rule gives nothing for input ${i}` });
    return [{ input, name, gradient }];
  });
}

/** All inputs from `"inputs*"` on share its name. */
function inputName(op: Op, index: number): string {
  return (op.inputs[index] ?? op.inputs.at(-1)!).replace(/[?*]$/, "");
}

function returnedFor(
  op: Op,
  returned: Record<string, unknown>,
  name: string,
  index: number,
): Value | NotDifferentiable | undefined {
  const list = op.inputs.indexOf(`${name}*`);
  const found = list === -1 ? returned[name] : (returned[name] as readonly unknown[])[index - list];
  return found as Value | NotDifferentiable | undefined;
}

export function refusal(node: Node, { notDifferentiable }: NotDifferentiable): Error {
  return new UnsupportedError(
    `backward: expected a differentiable path, got ${node.op} at node "${node.name}" (${notDifferentiable}); detach or replace it`,
  );
}

/** Throws `ShapeError` unless `value` has N examples that fall into `groups` equal groups on axis 0. */
export function requireGroups(value: Value, groups: number): void {
  const rows = value.shape[0];
  if (rows === undefined || rows % groups !== 0)
    throw new ShapeError(
      `rows: expected axis 0 of ${show(value)} to fall into ${groups} equal groups; choose a multiple of ${groups} examples`,
    );
}
