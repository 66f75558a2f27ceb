import type { Graph, Node, Value } from "../graph/graph.ts";
import { arrayClass, sizeOf } from "../tensor/tensor.ts";
import { dependents } from "./backward.ts";

/** How finely block sizes are tried: the whole graph's results in 1, 2, … this many blocks. */
const FINEST = 64;

/**
 * Where to cut a gradient graph's forward pass into blocks, so that what `recompute` keeps, the values that cross a cut
 * and the results of the largest block, is as small as possible. Gives the last node of every block but the last; none
 * where nothing is won.
 *
 *   forward   the nodes of the forward pass
 *   examples  the graph inputs that hold examples: what depends on none of them is no result to save
 *
 * Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174, §4: for each budget of a block the
 * cheapest cuts, here found exactly by dynamic programming, then the best budget.
 */
export function chooseCuts(graph: Graph, forward: ReadonlySet<Node>, examples: readonly Value[]): Node[] {
  const nodes = activationNodes(graph, forward, examples);
  const saved = savedBytes(graph, forward, nodes);
  const crossing = crossingBytes(nodes);
  const total = saved.at(-1) ?? 0;
  let best: { readonly cost: number; readonly cuts: readonly number[] } = { cost: total, cuts: [] };
  for (let blocks = 2; blocks <= Math.min(FINEST, nodes.length); blocks++) {
    const { kept, largest, cuts } = cheapestCuts(saved, crossing, total / blocks);
    if (kept + largest < best.cost) best = { cost: kept + largest, cuts };
  }
  return best.cuts.map((i) => nodes[i]!);
}

/** The nodes of the forward pass whose results depend on the examples. */
export function activationNodes(graph: Graph, forward: ReadonlySet<Node>, examples: readonly Value[]): Node[] {
  const moving = dependents(graph, examples, () => true);
  return graph.nodes.filter((node) => forward.has(node) && node.outputs.some((output) => moving.has(output)));
}

function bytesOf({ type, shape }: Value): number {
  return sizeOf(shape) * arrayClass(type).BYTES_PER_ELEMENT;
}

/** Per node: bytes that the backward pass reads of this node and all before it. */
function savedBytes(graph: Graph, forward: ReadonlySet<Node>, nodes: readonly Node[]): number[] {
  const read = new Set(graph.nodes.flatMap((node) => (forward.has(node) ? [] : node.inputs)));
  let sum = 0;
  return nodes.map(({ outputs }) => {
    for (const output of outputs) if (read.has(output)) sum += bytesOf(output);
    return sum;
  });
}

/** Per node: bytes made up to it that a later node of the forward pass reads. */
function crossingBytes(nodes: readonly Node[]): number[] {
  const lastRead = new Map<Value | undefined, number>();
  nodes.forEach(({ inputs }, i) => {
    for (const input of inputs) lastRead.set(input, i);
  });
  const change = new Float64Array(nodes.length + 1);
  nodes.forEach(({ outputs }, i) => {
    for (const output of outputs) {
      change[i]! += bytesOf(output);
      change[Math.max(i, lastRead.get(output) ?? i)]! -= bytesOf(output);
    }
  });
  let sum = 0;
  return nodes.map((_, i) => {
    sum += change[i]!;
    return sum;
  });
}

/** Cuts with the fewest crossing bytes such that no block saves more than `limit` (or is a single node). */
function cheapestCuts(saved: readonly number[], crossing: readonly number[], limit: number) {
  const last = saved.length - 1;
  const before = (i: number) => (i < 0 ? 0 : saved[i]!);
  // kept[j + 1]: crossing bytes of the best cuts up to and including one after node j; −1 stands before the first node.
  const kept = [0];
  const previous: number[] = [-1];
  for (let j = 0; j <= last; j++) {
    let [least, at] = [Number.POSITIVE_INFINITY, j - 1];
    for (let i = j - 1; i >= -1 && (i === j - 1 || before(j) - before(i) <= limit); i--)
      if (kept[i + 1]! < least) [least, at] = [kept[i + 1]!, i];
    kept.push(least + (j === last ? 0 : crossing[j]!));
    previous.push(at);
  }
  const cuts: number[] = [];
  for (let i = previous[last + 1]!; i >= 0; i = previous[i + 1]!) cuts.unshift(i);
  const ends = [-1, ...cuts, last];
  const largest = Math.max(...cuts.concat(last).map((end, i) => before(end) - before(ends[i]!)));
  return { kept: kept[last + 1]!, largest, cuts };
}
