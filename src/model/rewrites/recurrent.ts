import type { Value } from "../../graph/graph.ts";
import { apply, type Builder } from "../../ops/builder.ts";
import { int, string } from "../../ops/op.ts";
import { fromNumbers, toNumbers } from "../../tensor/tensor.ts";
import { attributesOf, type ForeignNode, type Rewrite, required, unsupported } from "./node.ts";
import { transposed } from "./transposition.ts";

/**
 * LSTM-14, GRU-14 and RNN-14, one time step after the other, in matrix products and activations. What does not depend
 * on the step before is one product over all steps.
 *
 *   X [T, N, I] (with layout 1: [N, T, I])   W [D, G·H, I]   R [D, G·H, H]   B [D, 2·G·H]
 *   initial_h, initial_c [D, N, H]
 *   Y [T, D, N, H]   Y_h, Y_c [D, N, H]   (with layout 1 N comes first)   D = 1, or 2 for "bidirectional"
 *
 * Inside, the examples are axis 0 throughout, so that rows can follow them. Not covered, and refused by name:
 * peepholes, clip, input_forget, sequences of different lengths, activations other than Sigmoid, Tanh and Relu.
 */

/** One direction's weights, gates stacked along axis 0. */
interface Weights {
  /** [N, G·H] per step, in the order of time: W·x + the bias that is added to it. */
  readonly projected: readonly Value[];
  /** R [G·H, H] in the cell's blocks of gates. */
  readonly R: readonly Value[];
  /** [G·H], or none. */
  readonly recurrentBias: Value | undefined;
  /** Hidden units H. */
  readonly units: number;
}

/** What one step hands to the next: h, and an LSTM's c; none before the first step where they start at zero. */
interface State {
  readonly h: Value | undefined;
  readonly c?: Value | undefined;
}

interface Cell {
  /** How many gates each product with the state before gives at once. */
  readonly blocks: readonly number[];
  readonly activations: readonly string[];
  /** Whether the recurrent bias can be added to all steps at once, in the projection. */
  readonly joinsBias: boolean;
  step(g: Builder, weights: Weights, projected: Value, state: State, activate: Activate): State & { readonly h: Value };
}

type Activate = (which: number, x: Value) => Value;

const activations: Readonly<Record<string, (g: Builder, x: Value) => Value>> = {
  Relu: (g, x) => g.relu(x),
  Sigmoid: (g, x) => g.sigmoid(x),
  Tanh: (g, x) => g.tanh(x),
};

export const rnn: Rewrite = (g, node) =>
  recurrent(g, node, {
    blocks: [1],
    activations: ["Tanh"],
    joinsBias: true,
    // h = f(W·x + R·h + b)
    step: (g, { R: [R] }, projected, { h }, activate) => ({ h: activate(0, plusProduct(g, projected, h, R!)) }),
  });

export const lstm: Rewrite = (g, node) => {
  if (node.inputs[7]) throw unsupported(node, "no peepholes", "input P");
  if (attributesOf(node, { input_forget: int(0) }).input_forget) throw unsupported(node, "input_forget 0", "1");
  return recurrent(g, node, {
    blocks: [4],
    activations: ["Sigmoid", "Tanh", "Tanh"],
    joinsBias: true,
    // i, o, f = σ(W·x + R·h + b), g = tanh(…): c = f·c + i·g, h = o·tanh(c); gates lie in the order i, o, f, g
    step(g, { R: [R], units }, projected, { h, c }, activate) {
      const [open, candidate] = split(g, plusProduct(g, projected, h, R!), [3 * units, units]);
      const [i, o, f] = split(g, activate(0, open!), [units, units, units]);
      const added = g.mul(i!, activate(1, candidate!));
      const cell = c ? g.add(g.mul(f!, c), added) : added;
      return { h: g.mul(o!, activate(2, cell)), c: cell };
    },
  });
};

export const gru: Rewrite = (g, node) => {
  const { linear_before_reset } = attributesOf(node, { linear_before_reset: int(0) });
  return recurrent(g, node, {
    blocks: linear_before_reset === 0 ? [2, 1] : [3],
    activations: ["Sigmoid", "Tanh"],
    joinsBias: linear_before_reset === 0,
    step: linear_before_reset === 0 ? resetFirst : resetLast,
  });
};

// z, r = σ(W·x + R·h + b), n = tanh(W·x + R·(r·h) + b): h = (1 − z)·n + z·h
const resetFirst: Cell["step"] = (g, { R: [openR, candidateR], units }, projected, { h }, activate) => {
  const [openPart, candidatePart] = split(g, projected, [2 * units, units]);
  const open = activate(0, plusProduct(g, openPart!, h, openR!));
  const [z, r] = split(g, open, [units, units]);
  const n = activate(1, plusProduct(g, candidatePart!, h && g.mul(r!, h), candidateR!));
  return { h: mixed(g, z!, n, h) };
};

// as above, but n = tanh(W·x + b + r·(R·h + b′)), which is PyTorch's
const resetLast: Cell["step"] = (g, { R: [R], recurrentBias, units }, projected, { h }, activate) => {
  const bias = recurrentBias && g.reshape(recurrentBias, [1, 3 * units]);
  const recurrent = h ? g.gemm(h, R!, recurrentBias, { transB: 1 }) : bias;
  const [openPart, candidatePart] = split(g, projected, [2 * units, units]);
  if (!recurrent) {
    const [z] = split(g, activate(0, openPart!), [units, units]);
    return { h: mixed(g, z!, activate(1, candidatePart!), h) };
  }
  const [openAdded, candidateAdded] = split(g, recurrent, [2 * units, units]);
  const [z, r] = split(g, activate(0, g.add(openPart!, openAdded!)), [units, units]);
  const n = activate(1, g.add(candidatePart!, g.mul(r!, candidateAdded!)));
  return { h: mixed(g, z!, n, h) };
};

function mixed(g: Builder, z: Value, n: Value, h: Value | undefined): Value {
  const taken = g.mul(g.sub(1, z), n);
  return h ? g.add(taken, g.mul(z, h)) : taken;
}

/** x + h·Rᵀ; x alone where h is zero. */
function plusProduct(g: Builder, x: Value, h: Value | undefined, R: Value): Value {
  return h ? g.gemm(h, R, x, { transB: 1 }) : x;
}

function recurrent(g: Builder, node: ForeignNode, cell: Cell): Value[] {
  const a = attributesOf(node, specification);
  const [X, W, R] = required(node, 3);
  refuse(node, a, X!.shape[a.layout === 1 ? 1 : 0]!);
  const x = a.layout === 1 ? X! : transposed(g, X!, [1, 0, 2]);
  const directions = a.direction === "bidirectional" ? ["forward", "reverse"] : [a.direction];
  const names: readonly string[] = a.activations ?? directions.flatMap(() => cell.activations);
  const runs = directions.map((direction, d) => {
    const own = names.slice(d * cell.activations.length);
    const activate: Activate = (which, value) => activationOf(node, own[which])(g, value);
    const weights = weightsOf(g, x, [W!, R!, node.inputs[3]], d, cell);
    const start = { h: initial(g, node, 5, d, x.shape[0]!), c: initial(g, node, 6, d, x.shape[0]!) };
    return unroll(g, cell, weights, start, direction === "reverse", activate);
  });
  return outputs(g, runs, a.layout);
}

const specification = {
  activation_alpha: { kind: "floats" as const, fallback: undefined },
  activation_beta: { kind: "floats" as const, fallback: undefined },
  activations: { kind: "strings" as const, fallback: undefined },
  clip: { kind: "float" as const, fallback: undefined },
  direction: string("forward"),
  hidden_size: int(),
  layout: int(0),
};

/** Steps are written out one by one, tens of nodes each with their gradient. */
const LONGEST = 4096;

function refuse(node: ForeignNode, a: Record<string, unknown>, steps: number): void {
  for (const name of ["clip", "activation_alpha", "activation_beta"])
    if (a[name] !== undefined) throw unsupported(node, `no ${name}`, `${a[name]}`);
  if (!["forward", "reverse", "bidirectional"].includes(a.direction as string))
    throw unsupported(node, "direction forward, reverse or bidirectional", `${a.direction}`);
  if (!(steps <= LONGEST)) throw unsupported(node, `at most ${LONGEST} steps`, `${steps}`);
  const lengths = node.inputs[4];
  const full = !lengths || (lengths.constant && toNumbers(lengths.constant).every((length) => length === steps));
  if (!full) throw unsupported(node, `sequences of ${steps} steps each`, "sequence_lens that may differ");
}

function activationOf(node: ForeignNode, name: string | undefined) {
  const found = name === undefined ? undefined : activations[name];
  if (!found) throw unsupported(node, `activations ${Object.keys(activations).join(", ")}`, name ?? "too few");
  return found;
}

/** One direction's part of a [D, ...rest] input, [...rest]. */
function part(g: Builder, value: Value, direction: number): Value {
  const one = g.slice(value, [0], [direction], [direction + 1], [1]);
  return g.reshape(one, value.shape.slice(1));
}

function weightsOf(
  g: Builder,
  x: Value,
  [W, R, B]: readonly [Value, Value, Value | undefined],
  direction: number,
  cell: Cell,
): Weights {
  const [N, T, I] = x.shape as [number, number, number];
  const width = W.shape[1]!;
  const both = B && part(g, B, direction);
  const bias = both && g.slice(both, [0], [0], [width], [1]);
  const recurrentBias = both && g.slice(both, [0], [width], [2 * width], [1]);
  const joined = bias && recurrentBias && cell.joinsBias ? g.add(bias, recurrentBias) : bias;
  const all = g.gemm(g.reshape(x, [N * T, I]), part(g, W, direction), joined, { transB: 1 });
  const steps = split(g, g.reshape(all, [N, T * width]), Array<number>(T).fill(width));
  const units = R.shape[2]!;
  const blocks = split(
    g,
    part(g, R, direction),
    cell.blocks.map((gates) => gates * units),
    0,
  );
  return { projected: steps, R: blocks, recurrentBias, units };
}

/** [N, H] of a direction; none where it is known to be zero, as exporters write it. */
function initial(g: Builder, node: ForeignNode, input: number, direction: number, N: number): Value | undefined {
  const value = node.inputs[input];
  if (!value || value.constant?.data.every((element) => Number(element) === 0)) return undefined;
  const { layout } = attributesOf(node, specification);
  const state = part(g, layout === 1 ? transposed(g, value, [1, 0, 2]) : value, direction);
  if (state.shape[0] !== N && state.shape[0] !== 1)
    throw unsupported(node, `an initial state for ${N} examples`, `one for ${state.shape[0]}`);
  return g.expand(state, [N, state.shape[1]!]);
}

interface Run {
  /** In the order of time. */
  readonly hidden: readonly Value[];
  /** After the step that was taken last: the first in time for "reverse". */
  readonly last: State & { readonly h: Value };
}

function unroll(g: Builder, cell: Cell, weights: Weights, start: State, reverse: boolean, activate: Activate): Run {
  const inOrder = reverse ? weights.projected.toReversed() : weights.projected;
  const hidden: Value[] = [];
  let state: State = start;
  for (const projected of inOrder) {
    const next = cell.step(g, weights, projected, state, activate);
    hidden.push(next.h);
    state = next;
  }
  return { hidden: reverse ? hidden.toReversed() : hidden, last: state as Run["last"] };
}

/** Y, Y_h and for an LSTM Y_c. */
function outputs(g: Builder, runs: readonly Run[], layout: number): Value[] {
  const [{ hidden }] = runs as readonly [Run];
  const [N, H] = hidden[0]!.shape as [number, number];
  const D = runs.length;
  const states = hidden.flatMap((_, t) => runs.map((run) => run.hidden[t]!));
  const all = g.reshape(g.concat(states, 1), [N, hidden.length, D, H]);
  const Y = layout === 1 ? all : g.transpose(all, [1, 2, 0, 3]);
  const last = (values: readonly Value[]) => {
    const side = g.reshape(g.concat(values, 1), [N, D, H]);
    return layout === 1 ? side : g.transpose(side, [1, 0, 2]);
  };
  const cells = runs.flatMap(({ last: { c } }) => c ?? []);
  return [Y, last(runs.map(({ last: { h } }) => h)), ...(cells.length > 0 ? [last(cells)] : [])];
}

/** Consecutive columns (or rows) of a matrix. */
function split(g: Builder, x: Value, widths: readonly number[], axis = 1): Value[] {
  if (widths.length === 1) return [x];
  const sizes = g.constant(fromNumbers("int64", [widths.length], widths), "widths");
  return apply(g.graph, "Split", [x, sizes], { axis }, widths.length);
}
