import { type Dataset, newBatch } from "../data/dataset.ts";
import { addOutput, type Graph, type Node, producers, prune, type Value } from "../graph/graph.ts";
import type { Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Engine } from "../runtime/engine.ts";
import { withSessions } from "../runtime/scope.ts";
import { zeros } from "../tensor/tensor.ts";
import { forward } from "./graphs.ts";
import { examplesFor } from "./microBatch.ts";
import { modelTensors, type TrainingState } from "./state.ts";

/** What the units of one layer did over some examples. */
export interface UnitActivity {
  /** The layer's parameter, without what its last word says. */
  readonly name: string;
  readonly kind: "relu" | "saturating";
  /** Channels of images, else places of the last axis. */
  readonly units: number;
  /** Of rectified units: those that were 0 for every example; of others: values within 1 % of a limit. 0–1. */
  readonly share: number;
}

const saturating: Readonly<Record<string, readonly [low: number, high: number]>> = {
  Sigmoid: [0.01, 0.99],
  Tanh: [-0.99, 0.99],
};

/**
 * Which rectified units of a model are silent for all of `indices`, and how many values of sigmoids and hyperbolic
 * tangents lie at their limits, in evaluation mode, layer by layer from the input on. Throws as the engine does.
 */
export async function unitActivity(
  engine: Engine,
  { model, state, loss }: { readonly model: Model; readonly state: TrainingState; readonly loss: Loss },
  data: Dataset,
  indices: Uint32Array,
): Promise<UnitActivity[]> {
  const n = indices.length;
  const { graph: whole } = forward(model, n, "evaluation", `${model.name}_units`, loss).g;
  const makers = producers(whole);
  const layers = whole.nodes.filter(({ op, outputs }) => isWatched(op) && outputs[0]!.shape[0] === n);
  if (layers.length === 0) return [];
  for (const [i, { outputs }] of layers.entries()) addOutput(whole, `units:${i}`, outputs[0]!);
  const graph = prune(whole);
  const batch = newBatch(data, n);
  await data.read(indices, batch);
  const results = Object.fromEntries([...graph.outputs].map(([name, { type, shape }]) => [name, zeros(type, shape)]));
  const memory = { ...read(graph, modelTensors(state)), ...examplesFor(graph, batch), ...results };
  await withSessions(engine, async (sessions) => (await sessions.load(graph)).bind(memory).run());
  const parameters = new Set(model.parameters.map(({ name }) => name));
  return layers.map((node, i) => {
    const { shape } = node.outputs[0]!;
    const name = nameOf(node, { makers, parameters });
    const values = results[`units:${i}`]!.data as Float32Array;
    if (node.op === "Relu") return { name, kind: "relu", ...silent(values, shape) };
    const [low, high] = saturating[node.op]!;
    const at = values.reduce((count, x) => count + Number(x < low || x > high), 0);
    return { name, kind: "saturating", units: values.length / n, share: at / values.length };
  });
}

const isWatched = (op: string) => op === "Relu" || Object.hasOwn(saturating, op);

/** Of the tensors that there are, those that the graph reads. */
function read<T>(graph: Graph, tensors: Readonly<Record<string, T>>): Record<string, T> {
  const names = new Set(graph.inputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => names.has(name)));
}

function silent(values: ArrayLike<number>, shape: readonly number[]) {
  const axis = shape.length === 4 ? 1 : shape.length - 1;
  const units = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const isActive = new Uint8Array(units);
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) isActive[Math.floor(i / inner) % units] = 1;
  return { units, share: 1 - isActive.reduce((a, b) => a + b, 0) / units };
}

interface Known {
  readonly makers: ReadonlyMap<Value, Node>;
  readonly parameters: ReadonlySet<string>;
}

/** Of the nearest parameter that a node's values come from. */
function nameOf(node: Node, { makers, parameters }: Known): string {
  const inputsOf = (one: Node | undefined) => (one?.inputs ?? []).filter((value) => value !== undefined);
  let front: readonly Value[] = inputsOf(node);
  for (let depth = 0; depth < DEEPEST && front.length > 0; depth++) {
    const parameter = front.find(({ name }) => parameters.has(name));
    if (parameter) return parameter.name.replace(/\.[^.]*$/, "");
    front = front.flatMap((value) => inputsOf(makers.get(value)));
  }
  return node.op.toLowerCase();
}

const DEEPEST = 12;
