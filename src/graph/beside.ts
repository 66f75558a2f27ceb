import { type Graph, type Node, producers, prune, type Value } from "./graph.ts";
import { shareEqual, withInputs } from "./share.ts";

/**
 * The graph without what is computed beside it (`Graph.beside`). A node may still read such a value to wait for it,
 * which nothing then computes.
 */
export function mainPart(graph: Graph): Graph {
  const { beside } = graph;
  if (!beside) return graph;
  const outputs = new Map([...graph.outputs].filter(([, value]) => !beside.has(value)));
  const nodes = graph.nodes.filter((node) => !node.outputs.some((output) => beside.has(output)));
  return prune({ ...graph, nodes, outputs, beside: undefined });
}

/**
 * Applies `rewrite`, which keeps inputs and outputs, to the main part and to what is computed beside it, each as if it
 * were alone: so the main part becomes what it would be without the other. What the other reads of the main part's
 * insides and `rewrite` has left out is computed for it again.
 */
export function rewriteApart(graph: Graph, rewrite: (part: Graph) => Graph): Graph {
  if (!graph.beside) return rewrite(graph);
  const main = rewrite(mainPart(graph));
  const rest = restOf(graph, main);
  const other = rewrite(rest);
  const renamed = new Map([...rest.outputs].map(([name, value]) => [value, other.outputs.get(name)!]));
  const kept = main.nodes.map((node) =>
    withInputs(
      node,
      node.inputs.map((value) => value && (renamed.get(value) ?? value)),
    ),
  );
  const outputs = [...graph.outputs.keys()].map((name) => [name, (main.outputs.get(name) ?? other.outputs.get(name))!]);
  const whole: Graph = {
    ...other,
    nodes: inOrder([...kept, ...other.nodes]),
    outputs: new Map(outputs as [string, Value][]),
  };
  return prune(shareEqual(whole, new Set(kept)));
}

/** What the main part, as it was rewritten, does not compute. */
function restOf(graph: Graph, main: Graph): Graph {
  const known = new Set<Value>([...graph.inputs, ...producers(main).keys()]);
  const isMissing = (value: Value | undefined): value is Value =>
    value !== undefined && !value.constant && !known.has(value);
  const awaited = main.nodes.flatMap(({ inputs }) => inputs.filter(isMissing));
  const outputs = new Map([
    ...awaited.map((value) => [`awaited:${value.name}`, value] as const),
    ...[...graph.outputs].filter(([name]) => !main.outputs.has(name)),
  ]);
  const needed = new Set<Value>(outputs.values());
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false;
    for (const input of node.inputs) if (isMissing(input)) needed.add(input);
    return true;
  });
  return { ...graph, nodes: nodes.reverse(), outputs, names: main.names, beside: undefined };
}

/** Each node after what it reads, otherwise in the given order. */
function inOrder(nodes: readonly Node[]): Node[] {
  const made = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const done = new Set<Node>();
  for (const root of nodes) {
    const stack = [root];
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const sources = done.has(node) ? [] : node.inputs.map((value) => value && made.get(value));
      const waiting = sources.filter((source) => source && !done.has(source)) as Node[];
      if (waiting.length > 0) stack.push(...waiting.reverse());
      else done.add(stack.pop()!);
    }
  }
  return [...done];
}
