import { addNode, type Graph, type Node, type Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";

/** What an operator makes of parameters in a linear way, and what it makes of the vectors in their place. */
export interface LinearUse {
  readonly output: Value;
  readonly image: Value;
}

/** Inputs in which an operator is linear together, the weight first, while the others stand still. */
const linearIn: ReadonlyMap<string, readonly number[]> = new Map([
  ["Conv", [1, 2]],
  ["ConvTranspose", [1, 2]],
  ["Gather", [0]],
  ["Gemm", [1, 2]],
  ["MatMul", [1]],
]);

/** Operators that move the numbers of their first input, and are linear in it too. */
const moves = new Set(["Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"]);

/**
 * The uses of those parameters of which every use is linear: of `Gemm(x, w, b)` the image is `Gemm(x, v, u)`, v and u
 * the vectors of w and b. `left` are all other parameters. Images are appended to the graph.
 */
export function linearUses(
  g: Builder,
  wrt: readonly Value[],
  vectors: readonly Value[],
): { readonly uses: readonly LinearUse[]; readonly left: ReadonlySet<Value> } {
  const nodes = [...g.graph.nodes];
  const readers = readersOf(g.graph);
  const left = new Set(wrt.filter((value) => !isLinear(value, readers)));
  const images = new Map(wrt.map((value, i) => [value, vectors[i]!] as const).filter(([value]) => !left.has(value)));
  const uses: LinearUse[] = [];
  for (const node of nodes) {
    if (!node.inputs.some((input) => input && images.has(input))) continue;
    const [output, image] = [node.outputs[0]!, imageOf(g, node, images)];
    if (moves.has(node.op)) images.set(output, image);
    else uses.push({ output, image });
  }
  return { uses, left };
}

function readersOf({ nodes }: Graph): Map<Value, Node[]> {
  const readers = new Map<Value, Node[]>();
  for (const node of nodes)
    for (const input of node.inputs) if (input) readers.set(input, [...(readers.get(input) ?? []), node]);
  return readers;
}

/** A value that nothing reads may be the loss itself. */
function isLinear(value: Value, readers: ReadonlyMap<Value, readonly Node[]>): boolean {
  const nodes = readers.get(value) ?? [];
  return (
    nodes.length > 0 &&
    nodes.every((node) => {
      if (node.domain !== "") return false;
      if (moves.has(node.op)) return isLinear(node.outputs[0]!, readers);
      const linear = linearIn.get(node.op) ?? [];
      return node.inputs.every((input, i) => input !== value || linear.includes(i));
    })
  );
}

/** The node once more, with the image of every input that has one. */
function imageOf(g: Builder, node: Node, images: ReadonlyMap<Value, Value>): Value {
  const [weight, ...added] = linearIn.get(node.op) ?? [0];
  const inputs = node.inputs.map((input, i) => {
    if (!input || (i !== weight && !added.includes(i))) return input;
    // A constant weight goes to 0 beside a variable bias, a constant bias goes.
    return images.get(input) ?? (i === weight ? g.zeros(input.type, input.shape) : undefined);
  });
  const { op, name, domain, attributes, outputs } = node;
  return addNode(g.graph, { op, name, domain, inputs, attributes, outputs: outputs.slice(0, 1) })[0]!;
}
