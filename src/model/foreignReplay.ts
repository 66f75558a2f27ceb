import type { DecodedGraph, DecodedModel, DecodedNode } from "../graph/decode.ts";
import { type Attributes, addNode, constant, markImported, type Value } from "../graph/graph.ts";
import { apply, type Builder } from "../ops/builder.ts";
import { fold, LARGEST_FOLDED } from "../ops/fold.ts";
import { outputSpecifications, plainAttributes } from "../ops/op.ts";
import { isOpName, type OpName, ops } from "../ops/table.ts";
import { DataError, ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { fromNumbers, scalar, show, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { labelOf, namesOf } from "./foreignCheck.ts";
import { inSinglePrecision, type ModernNode, modernize } from "./foreignNode.ts";
import type { ForwardIo, ForwardResult, Model } from "./model.ts";
import { rewrites } from "./rewrites/rewrites.ts";

/**
 * Elements of one value. More is a damaged size or a batch that no machine holds, and is refused before memory is asked
 * for.
 */
const LARGEST = 2 ** 31;

interface Replay {
  readonly g: Builder;
  readonly opset: number;
  readonly runningVariance: NonNullable<Model["runningVariance"]>;
  readonly io: ForwardIo;
  /** New running statistics by the name of the old ones. */
  readonly newState: Record<string, Value>;
  /** Elements that may still be folded: a chain of results that are small enough alone would take all memory. */
  readonly foldable: { left: number };
}

/** Elements of folded constants in one graph: half a gigabyte of int64. */
const FOLDED = 2 ** 26;

type Scope = Map<string, Value>;

/**
 * Adds the file's nodes to the builder's graph for one batch size: what is known is folded, `If` takes the branch that
 * its condition names, and the rest is written in operators of set 20 with gradient rules. `constants` are the
 * initializers that do not train.
 */
export function replay(
  g: Builder,
  io: ForwardIo,
  file: DecodedModel,
  constants: ReadonlyMap<string, Tensor>,
): ForwardResult {
  const scope: Scope = new Map(Object.entries({ ...io.inputs, ...io.parameters, ...io.state }));
  addConstants(g, constants, scope);
  // Without a prototype: a statistic may be called as what every object has.
  const newState = Object.create(null) as Record<string, Value>;
  const context: Replay = {
    g,
    opset: file.opset,
    runningVariance: runningVarianceOf(file),
    io,
    newState,
    foldable: { left: FOLDED },
  };
  const before = g.graph.nodes.length;
  replayNodes(context, file, scope);
  markImported(g.graph, before);
  return { logits: scope.get(file.outputs[0]!.name)!, state: context.newState };
}

/**
 * Names that a training step gives to inputs and outputs of its own: no node or constant of the file may stand in their
 * way.
 */
const reserved = /^(y|lossScale|(mask|sum|gradient|new|total):.*)$/;

function hintOf(name: string | undefined): string | undefined {
  return name !== undefined && reserved.test(name) ? `${name}_` : name;
}

function addConstants(g: Builder, constants: ReadonlyMap<string, Tensor>, scope: Scope): void {
  for (const [name, contents] of constants)
    if (!scope.has(name)) scope.set(name, constant(g.graph, inSinglePrecision(contents), hintOf(name)));
}

function replayNodes(context: Replay, graph: DecodedGraph, scope: Scope): void {
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => scope.get(name));
    const made = inContext(node, () => replayNode(context, node, inputs, scope));
    for (const [i, value] of made.entries()) {
      requireSize(node, value);
      if (node.outputs[i]) scope.set(node.outputs[i], value);
    }
    const missing = node.outputs.slice(made.length).filter((name) => name !== "");
    if (missing.length > 0 && node.op !== "BatchNormalization")
      throw new UnsupportedError(
        `onnx: expected ${node.op} with ${made.length} outputs, got ${node.outputs.length} at node "${labelOf(node)}"; drop the others`,
      );
  }
}

/**
 * Names the node in errors about shapes, which the operators' rules know nothing of. The rules trust a node to be as
 * its specification says, so that what goes wrong inside one speaks of the file.
 */
function inContext<T>(node: DecodedNode, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ShapeError)
      throw new ShapeError(`onnx: at node "${labelOf(node)}": ${error.message}`, { cause: error });
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new DataError(
      `onnx: expected ${node.op} with inputs and attributes of its specification at node "${labelOf(node)}", got: ${error.message}; export the model again`,
      { cause: error },
    );
  }
}

function requireSize(node: DecodedNode, value: Value): void {
  const where = `${show(value)} at node "${labelOf(node)}"`;
  if (value.shape.some((size) => !Number.isInteger(size) || size < 0))
    throw new DataError(`onnx: expected whole sizes, got ${where}; export the model again`);
  if (sizeOf(value.shape) > LARGEST)
    throw new ShapeError(
      `onnx: expected values of at most ${LARGEST} elements, got ${where}; use a smaller micro-batch`,
    );
}

function replayNode(
  context: Replay,
  node: DecodedNode,
  inputs: readonly (Value | undefined)[],
  scope: Scope,
): readonly Value[] {
  const { g } = context;
  if (node.op === "Constant") return [constant(g.graph, inSinglePrecision(constantOf(node)), hintOf(node.outputs[0]))];
  if (node.op === "If") return replayBranch(context, node, inputs[0], scope);
  requireInputs(node, inputs);
  // An alias costs no node, and keeps a running statistic or a tied weight recognisable.
  if (node.op === "Identity") return [inputs[0]!];
  const call = modernize(node, inputs, context.opset, (contents) => constant(g.graph, contents));
  if (node.op === "Dropout") return dropOut(context, call, node.outputs[0]!);
  const known = foldWithin(context, call);
  if (known) return known.map((contents, i) => constant(g.graph, contents, hintOf(node.outputs[i])));
  const rewritten = rewrites[call.op]?.(g, call);
  if (rewritten) return rewritten;
  return call.op === "BatchNormalization" ? normalize(context, call) : copy(g, call);
}

function foldWithin({ foldable }: Replay, { op, inputs, attributes, outputs }: ModernNode): Tensor[] | undefined {
  const known = fold(op as OpName, inputs, attributes, outputs, Math.max(64, Math.min(foldable.left, LARGEST_FOLDED)));
  for (const { shape } of known ?? []) foldable.left -= sizeOf(shape);
  return known;
}

/** The number in a Constant, whichever attribute it stands in; others were refused. */
function constantOf({ attributes }: DecodedNode): Tensor {
  const [attribute] = Object.values(attributes);
  switch (attribute?.kind) {
    case "tensor":
      return attribute.value;
    case "float":
      return scalar("float32", attribute.value);
    case "floats":
      return fromNumbers("float32", [attribute.value.length], attribute.value);
    case "int":
      return scalar("int64", attribute.value);
    case "ints":
      return fromNumbers("int64", [attribute.value.length], attribute.value);
    default:
      throw new TypeError(`internal: a Constant of kind ${attribute?.kind}`);
  }
}

/** `If` where the condition is known: the nodes of one branch, in place. Exporters write it for sizes that may be 1. */
function replayBranch(
  context: Replay,
  node: DecodedNode,
  condition: Value | undefined,
  scope: Scope,
): readonly Value[] {
  if (!condition?.constant)
    throw new UnsupportedError(
      `onnx: expected the condition of If to follow from sizes, got a computed one at node "${labelOf(node)}"; export without branches on data`,
    );
  const name = Number(condition.constant.data[0]) ? "then_branch" : "else_branch";
  const branch = node.graphs[name];
  if (!branch)
    throw new DataError(`onnx: expected "${name}" at node "${labelOf(node)}", got none; export the model again`);
  // What the branch defines is seen inside only; a copy of the scope for each of many branches would take the square of
  // their number.
  const own = namesOf(branch).filter((one) => !scope.has(one));
  addConstants(context.g, branch.initializers, scope);
  replayNodes(context, branch, scope);
  const outputs = branch.outputs.map((output) => scope.get(output.name)!);
  for (const one of own) scope.delete(one);
  return outputs;
}

function requireInputs(node: DecodedNode, inputs: readonly (Value | undefined)[]): void {
  if (!isOpName(node.op)) return;
  const { inputs: names } = ops[node.op];
  const least = names.filter((name) => !name.endsWith("?")).length;
  const required = isVariadic(names) ? inputs : inputs.slice(0, least);
  if (inputs.length >= least && !required.includes(undefined)) return;
  throw new DataError(
    `onnx: expected ${node.op} with the inputs ${names.join(", ")}, got ${inputs.map((value) => (value ? show(value) : "none")).join(", ") || "none"} at node "${labelOf(node)}"; export the model again`,
  );
}

function isVariadic(names: readonly string[]): boolean {
  return names.at(-1)?.endsWith("*") ?? false;
}

/**
 * A product with the host's mask (ops/dropout.ts says why); without one the data, and a mask that keeps everything
 * where one is read.
 */
function dropOut({ g, io }: Replay, call: ModernNode, layer: string): Value[] {
  const data = call.inputs[0]!;
  const factor = io.mask?.(layer, data);
  if (!factor) return call.outputs > 1 ? [data, copy(g, { ...call, inputs: [data] })[1]!] : [data];
  return [g.mul(data, factor), apply(g.graph, "Greater", [factor, g.number(factor.type, 0)])[0]!].slice(
    0,
    call.outputs,
  );
}

function copy(g: Builder, { op, name, inputs, attributes, outputs }: ModernNode): Value[] {
  const rules = ops[op as OpName];
  if (inputs.length > rules.inputs.length && !isVariadic(rules.inputs))
    throw new ShapeError(
      `${op}: expected at most ${rules.inputs.length} inputs, got ${inputs.length}; drop the others`,
    );
  const specifications = outputSpecifications(rules, inputs, plainAttributes(rules, attributes), outputs);
  return addNode(g.graph, { op, name: hintOf(name)!, inputs, attributes, outputs: specifications });
}

/**
 * PyTorch trains with the unbiased variance, and its exporter writes BatchNormalization, which means the other, all the
 * same.
 */
export function runningVarianceOf({ producer }: DecodedModel): NonNullable<Model["runningVariance"]> {
  return producer === "pytorch" ? "unbiased" : "population";
}

const runningInputs = [3, 4] as const;

/**
 * In training mode with momentum 0, so that the operator hands out the batch's own statistics, which its gradient
 * needs; the running ones are updated beside it: running ← momentum·running + (1 − momentum)·batch
 * (BatchNormalization-15), from PyTorch with the batch's variance times n/(n − 1), as `torch.nn.BatchNorm2d`.
 */
function normalize({ g, io, newState, runningVariance }: Replay, call: ModernNode): Value[] {
  const { momentum = 0.9, training_mode } = plainAttributes(ops.BatchNormalization, call.attributes);
  const set = (attributes: Attributes, outputs: number) =>
    copy(g, { ...call, attributes: { ...call.attributes, ...attributes }, outputs });
  if (io.mode === "evaluation" || !training_mode) return set({ training_mode: { kind: "int", value: 0 } }, 1);
  const outputs = set({ momentum: { kind: "float", value: 0 } }, 3);
  for (const i of runningInputs) {
    const { name } = call.inputs[i]!;
    if (!Object.hasOwn(io.state, name)) continue;
    const before = newState[name] ?? io.state[name]!;
    const share = (1 - momentum) * (i === 4 && runningVariance === "unbiased" ? unbiased(call.inputs[0]!) : 1);
    newState[name] = g.add(g.mul(before, momentum), g.mul(outputs[i - 2]!, share));
  }
  return outputs;
}

/** n/(n − 1) for the n values of a channel; a single one has no variance to scale. */
function unbiased({ shape }: Value): number {
  const n = sizeOf(shape) / shape[1]!;
  return n > 1 ? n / (n - 1) : 1;
}
