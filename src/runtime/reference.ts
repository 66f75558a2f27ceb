import { type Attributes, type Graph, type Node, prune, type Value } from "../graph/graph.ts";
import { dataTypeCode } from "../ops/arithmetic.ts";
import { isOpName } from "../ops/table.ts";
import { convert, isFloat, type Tensor, zeros } from "../tensor/tensor.ts";
import { assertBindable } from "./bound.ts";
import type { Bound, Engine, LoadOptions, Session } from "./engine.ts";
import type { Kernel } from "./loop.ts";
import { loops } from "./loops.ts";

/**
 * The oracle: executes a graph with every floating-point value in float64, whatever its type in the graph. `engine`
 * runs the stretches of the graph that it has float64 kernels for; the plain loops of loops.ts run the rest.
 *
 * Constants keep their values: a float32 weight stays rounded to float32. Bound tensors have the graph's own types, or
 * float64 in place of any floating-point type; inputs are widened when read and outputs rounded when written. Memory
 * is copied, so that an output may share an input's in any way that `assertBindable` allows.
 */
export function openReference(engine: Engine): Engine {
  return { name: "reference", load: (graph, options) => load(engine, graph, options) };
}

async function load(engine: Engine, graph: Graph, options?: LoadOptions): Promise<Session> {
  const wide = widen(prune(graph));
  const steps: Step[] = [];
  const release = () => {
    for (const { session } of steps) session.release();
  };
  try {
    for (const part of stretches(wide)) {
      const loop = loopOf(part.nodes[0]!);
      steps.push({ part, session: loop ? loopSession(part, loop) : await engine.load(part, options) });
    }
  } catch (error) {
    release();
    throw error;
  }
  return { bind: (tensors) => bind(graph, wide, steps, tensors), release };
}

/** The attributes that name the type of a floating-point output. */
function wideAttributes({ op, attributes }: Node): Attributes {
  if (op === "Cast") return { to: { kind: "int", value: dataTypeCode("float64") } };
  if (op === "EyeLike") return { ...attributes, dtype: { kind: "int", value: dataTypeCode("float64") } };
  if (op !== "ConstantOfShape") return attributes;
  const value = attributes.value?.kind === "tensor" ? attributes.value.value : zeros("float32", [1]);
  return { value: { kind: "tensor", value: convert(value, "float64") } };
}

interface Step {
  readonly part: Graph;
  readonly session: Session;
}

function loopOf(node: Node): Kernel | undefined {
  return node.domain === "" && isOpName(node.op) ? loops[node.op] : undefined;
}

/** The same graph with float64 in place of every floating-point type. */
function widen(graph: Graph): Graph {
  const known = new Map<Value, Value>();
  const wide = (value: Value): Value => {
    const copy = known.get(value) ?? (isFloat(value.type) ? widened(value) : value);
    known.set(value, copy);
    return copy;
  };
  return {
    ...graph,
    inputs: graph.inputs.map(wide),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => input && wide(input)),
      outputs: node.outputs.map(wide),
      attributes: isFloat(node.outputs[0]!.type) ? wideAttributes(node) : node.attributes,
    })),
    outputs: new Map([...graph.outputs].map(([name, value]) => [name, wide(value)])),
  };
}

function widened(value: Value): Value {
  return { ...value, type: "float64", ...(value.constant && { constant: convert(value.constant, "float64") }) };
}

/** Cut into graphs that run one after the other: each node with a loop alone, those between them together. */
function stretches(graph: Graph): Graph[] {
  const groups: Node[][] = [];
  for (const node of graph.nodes) {
    const last = groups.at(-1);
    if (last && !loopOf(node) && !loopOf(last[0]!)) last.push(node);
    else groups.push([node]);
  }
  return groups.map((nodes) => stretch(graph, nodes));
}

/** `nodes` as a graph of its own, with what they read as inputs and what the rest of the graph reads as outputs. */
function stretch(graph: Graph, nodes: Node[]): Graph {
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const inside = new Set(nodes);
  const read = new Set(nodes.flatMap((node) => node.inputs.filter((value) => value !== undefined)));
  const outside = new Set<Value | undefined>([
    ...graph.outputs.values(),
    ...graph.nodes.flatMap((node) => (inside.has(node) ? [] : node.inputs)),
  ]);
  return {
    name: `${graph.name} from ${nodes[0]!.name}`,
    inputs: [...read].filter((value) => !value.constant && !made.has(value)),
    nodes,
    outputs: new Map([...made].filter((value) => outside.has(value)).map((value) => [value.name, value])),
    names: graph.names,
  };
}

/** One node that a plain loop computes. */
function loopSession({ nodes: [node] }: Graph, loop: Kernel): Session {
  return {
    bind: (tensors) => ({
      async run() {
        const inputs = node!.inputs.map((value) => value && (value.constant ?? tensors[value.name]!));
        const result = loop(
          node!,
          inputs.map((input) => input?.data as Float64Array | undefined),
        );
        const contents = result instanceof Float64Array ? [result] : result;
        for (const [i, { name }] of node!.outputs.entries())
          (tensors[name]?.data as Float64Array | undefined)?.set(contents[i]!);
      },
    }),
    release() {},
  };
}

function bind(graph: Graph, wide: Graph, steps: readonly Step[], tensors: Readonly<Record<string, Tensor>>): Bound {
  assertBindable(graph, asDeclared(graph, tensors));
  const between = new Map<string, Tensor>();
  const memory = (value: Value): Tensor => {
    if (value.constant) return value.constant;
    const tensor = between.get(value.name) ?? zeros(value.type, value.shape);
    between.set(value.name, tensor);
    return tensor;
  };
  const bounds = steps.map(({ part, session }) => {
    const values = [...part.inputs, ...part.outputs.values()];
    return session.bind(Object.fromEntries(values.map((value) => [value.name, memory(value)])));
  });
  return {
    async run() {
      for (const value of wide.inputs) copy(tensors[value.name]!, memory(value));
      for (const bound of bounds) await bound.run();
      for (const [name, value] of wide.outputs) copy(memory(value), tensors[name]!);
    },
  };
}

/** The tensors with float64 ones replaced by what the graph declares, so that one check serves all engines. */
function asDeclared(graph: Graph, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const declared = new Map([...graph.inputs.map((value) => [value.name, value] as const), ...graph.outputs]);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, given]) => {
      const type = declared.get(name)?.type;
      return [name, given.type === "float64" && type && isFloat(type) ? convert(given, type) : given];
    }),
  );
}

function copy(from: Tensor, to: Tensor): void {
  if (from.data instanceof BigInt64Array) (to.data as BigInt64Array).set(from.data);
  else (to.data as Float64Array).set(from.data);
}
