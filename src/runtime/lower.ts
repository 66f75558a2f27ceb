import { rewriteApart } from "../graph/beside.ts";
import { type Graph, type Node, producers, prune, type Value } from "../graph/graph.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { joinAffine } from "./affine.ts";
import { replaceAverages } from "./averages.ts";
import { type BlockSize, blockChannels } from "./channelBlocks.ts";
import { shareColumns } from "./columns.ts";
import { multiplyDiagonals } from "./diagonals.ts";
import { sumIntoScatters } from "./scatter.ts";
import { uses } from "./uses.ts";

/**
 * Rewrites a graph into the form that ONNX Runtime's CPU kernels run fastest; results are the same, up to the order of
 * sums:
 *
 *   Transpose of the last two axes under a MatMul  →  com.microsoft.FusedMatMul, which reads the operand transposed
 *   AveragePool                                    →  a convolution with a constant filter (averages.ts)
 *   Conv beside its weight's gradient              →  a product with the columns that both need (columns.ts)
 *   Conv                                           →  kernels for blocks of channels (channelBlocks.ts)
 *   Conv with a filter larger than its result      →  products of matrices (diagonals.ts)
 *   Add(X, a scatter into zeros)                   →  a scatter into X (scatter.ts)
 *   Add(C, Gemm(A, B))                             →  Gemm(A, B, C): a gradient is added into its sum
 *   products and sums with one number per channel  →  BatchNormalization, in one pass (affine.ts)
 *
 * What is computed beside the rest (`Graph.beside`) is rewritten apart from it, so that neither changes the other's
 * bits.
 *
 * Inputs and outputs stay. What `assertInPlaceSafe` allows on the graph must be asked again of the result. A graph in
 * which something without elements is computed is left as it is: it has nothing to win, and the forms above hold for
 * what has elements.
 */
export function lowerForCpu(graph: Graph, block?: BlockSize): Graph {
  return rewriteApart(graph, (part) => lower(part, block));
}

function lower(graph: Graph, block?: BlockSize): Graph {
  const needed = prune(graph);
  if (needed.nodes.some(isEmpty)) return needed;
  const columns = shareColumns(replaceAverages(needed));
  const convolved = multiplyDiagonals(block ? blockChannels(columns, block) : columns);
  return prune(joinAffine(foldIntoGemm(prune(sumIntoScatters(foldTransposes(convolved))))));
}

function isEmpty({ inputs, outputs }: Node): boolean {
  const computed = [...inputs.filter((value) => !value?.constant), ...outputs];
  return computed.some((value) => value?.shape.includes(0));
}

function foldTransposes(graph: Graph): Graph {
  const made = producers(graph);
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== "MatMul" || node.domain !== "") return node;
    const [A, B] = node.inputs as [Value, Value];
    const [plainA, plainB] = [swapped(made.get(A)), swapped(made.get(B))];
    // FusedMatMul has no kernel for float64.
    if ((!plainA && !plainB) || A.type !== "float32") return node;
    const flag = (value: number) => ({ kind: "int" as const, value });
    const attributes = { transA: flag(plainA ? 1 : 0), transB: flag(plainB ? 1 : 0) };
    return { ...node, op: "FusedMatMul", domain: "com.microsoft", inputs: [plainA ?? A, plainB ?? B], attributes };
  });
  return { ...graph, nodes };
}

/** The operand of a Transpose that swaps the last two axes and nothing else. */
function swapped(node: Node | undefined): Value | undefined {
  const perm = node?.attributes.perm;
  if (node?.op !== "Transpose" || perm?.kind !== "ints") return undefined;
  const rank = perm.value.length;
  const swap = perm.value.every((axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
  return swap ? node.inputs[0] : undefined;
}

function foldIntoGemm(graph: Graph): Graph {
  const made = producers(graph);
  const counts = uses(graph);
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== "Add" || node.domain !== "") return node;
    const [sum, term] = node.inputs as [Value, Value];
    const gemm = made.get(term);
    // A sum that is a factor as well could not be overwritten by the product.
    const fits =
      gemm?.op === "Gemm" &&
      !gemm.inputs[2] &&
      !gemm.inputs.includes(sum) &&
      counts.get(term) === 1 &&
      equalShapes(sum.shape, term.shape);
    if (!fits) return node;
    const [A, B] = gemm.inputs;
    const attributes = { ...gemm.attributes, beta: { kind: "float" as const, value: 1 } };
    return { ...gemm, name: node.name, inputs: [A, B, sum], outputs: node.outputs, attributes };
  });
  return { ...graph, nodes };
}
