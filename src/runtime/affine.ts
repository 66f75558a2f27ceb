import { addNode, type Graph, type Node, producers, replaceLastOutputs, type Value } from "../graph/graph.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { fromNumbers, sizeOf } from "../tensor/tensor.ts";
import { uses } from "./uses.ts";

/** Elements per channel and example up to which even one product or sum is faster by the other operator. */
const SMALL_AREA = 256;

/**
 * Products and sums with one number per channel, X [N, C, ...size] and v [1, C, 1, …], as the one operator that does
 * both in one pass, BatchNormalization with mean 0 and variance 1 in evaluation:
 *
 *   ((X − u)·v + w)·…  →  scale·X + shift
 *
 * ONNX Runtime 1.30 broadcasts v by stretches of one channel of one example: of 16 elements, that takes three times as
 * long. A sum with the shift 0 makes 0 of −0.
 */
export function joinAffine(graph: Graph): Graph {
  const result: Graph = { ...graph, nodes: [], names: new Set(graph.names) };
  const made = producers(graph);
  const counts = uses(graph);
  const before = (step: Step) => {
    const node = counts.get(step.X) === 1 ? made.get(step.X) : undefined;
    return node && stepOf(node);
  };
  const absorbed = new Set(
    graph.nodes.map((node) => stepOf(node)).flatMap((step) => (step && before(step) ? [step.X] : [])),
  );
  for (const node of graph.nodes) {
    if (absorbed.has(node.outputs[0]!)) continue;
    const steps: Step[] = [];
    for (let step = stepOf(node); step; step = before(step)) steps.unshift(step);
    const [first] = steps;
    const slow = first && (steps.length > 1 || sizeOf(first.X.shape.slice(2)) <= SMALL_AREA);
    if (slow) join(builder(result), node, steps);
    else result.nodes.push(node);
  }
  return result;
}

interface Step {
  readonly op: "Mul" | "Add" | "Sub";
  readonly X: Value;
  /** [1, C, 1, …] */
  readonly vector: Value;
}

function stepOf({ op, domain, inputs }: Node): Step | undefined {
  if (domain !== "" || (op !== "Mul" && op !== "Add" && op !== "Sub")) return undefined;
  const [A, B] = inputs as [Value, Value];
  if (isPerChannel(B, A)) return { op, X: A, vector: B };
  return op !== "Sub" && isPerChannel(A, B) ? { op, X: B, vector: A } : undefined;
}

function isPerChannel(vector: Value, X: Value): boolean {
  const [, C = 0] = X.shape;
  const wanted = X.shape.map((_, axis) => (axis === 1 ? C : 1));
  return (
    X.type === "float32" && X.shape.length > 2 && C > 1 && sizeOf(X.shape) > C && equalShapes(vector.shape, wanted)
  );
}

function join(g: Builder, node: Node, steps: readonly Step[]): void {
  const { X } = steps[0]!;
  const C = X.shape[1]!;
  let [scale, shift]: (Value | undefined)[] = [];
  for (const step of steps) {
    const vector = g.reshape(step.vector, [C]);
    if (step.op === "Mul") [scale, shift] = [scale ? g.mul(scale, vector) : vector, shift && g.mul(shift, vector)];
    else if (step.op === "Add") shift = shift ? g.add(shift, vector) : vector;
    else shift = shift ? g.sub(shift, vector) : g.neg(vector);
  }
  const all = (value: number) =>
    g.constant(fromNumbers("float32", [C], new Float32Array(C).fill(value)), `all_${value}`);
  addNode(g.graph, {
    op: "BatchNormalization",
    inputs: [X, scale ?? all(1), shift ?? all(0), all(0), all(1)],
    attributes: { epsilon: { kind: "float", value: 0 } },
    outputs: [X],
  });
  replaceLastOutputs(g.graph, node.outputs);
}
