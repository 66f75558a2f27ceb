import type { Attribute, Graph, Node, Value } from "./graph.ts";

/**
 * Constants of more elements are told apart by identity: comparing contents would cost more than a second copy does.
 */
const LARGEST_COMPARED = 64;

/**
 * The same graph with everything computed once: a node that has the operator, attributes and inputs of an earlier one
 * is dropped and its readers read the earlier one's outputs (value numbering). Every operator that stands in a graph is
 * a function of its inputs, so no result changes by a bit. `kept` nodes stay, equal ones included.
 */
export function shareEqual(graph: Graph, kept: ReadonlySet<Node> = new Set()): Graph {
  const earlier = new Map<Value, Value>();
  const dropped = new Map<Value, Value>();
  const known = new Map<string, Node>();
  const numbers = numbering();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => value && (earlier.get(value) ?? value));
    const key = keyOf(node, inputs, numbers);
    const same = known.get(key);
    if (!same) known.set(key, node);
    const stays = kept.has(node);
    node.outputs.forEach((output, i) => {
      if (same) earlier.set(output, same.outputs[i]!);
      if (same && !stays) dropped.set(output, same.outputs[i]!);
    });
    if (stays)
      nodes.push(
        withInputs(
          node,
          node.inputs.map((value) => value && (dropped.get(value) ?? value)),
        ),
      );
    else if (!same) nodes.push(withInputs(node, inputs));
  }
  return {
    ...graph,
    nodes,
    outputs: new Map([...graph.outputs].map(([name, value]) => [name, dropped.get(value) ?? value])),
  };
}

/** The node with other inputs; the very node where they are the same: callers know it. */
export function withInputs(node: Node, inputs: Node["inputs"]): Node {
  return inputs.every((value, i) => value === node.inputs[i]) ? node : { ...node, inputs };
}

function keyOf(node: Node, inputs: readonly (Value | undefined)[], number: (value: Value) => string): string {
  const attributes = Object.entries(node.attributes)
    .map(([name, attribute]) => `${name}=${textOf(attribute, number)}`)
    .sort();
  const read = inputs.map((value) => (value ? number(value) : "-"));
  return [node.domain, node.op, node.outputs.length, read.join(), ...attributes].join("|");
}

function textOf(attribute: Attribute, number: (value: Value) => string): string {
  if (attribute.kind !== "tensor") return `${attribute.kind}:${JSON.stringify(attribute.value)}`;
  const { type, shape } = attribute.value;
  return number({ name: "", type, shape, constant: attribute.value });
}

/** A text for each value; equal for small constants with the same bits. */
function numbering(): (value: Value) => string {
  const known = new Map<unknown, string>();
  return (value) => {
    const { constant, type, shape } = value;
    if (constant && constant.data.length <= LARGEST_COMPARED) {
      // Minus zero is not zero: 1/x tells them apart.
      const numbers = Array.from<number | bigint, string>(constant.data, (x) => (Object.is(x, -0) ? "-0" : String(x)));
      return `${type}[${shape.join()}]{${numbers.join()}}`;
    }
    const identity = constant ?? value;
    const text = known.get(identity) ?? `#${known.size}`;
    known.set(identity, text);
    return text;
  };
}
