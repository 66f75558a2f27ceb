import { autocast } from "../gradient/autocast.ts";
import { backward } from "../gradient/backward.ts";
import { chooseCuts } from "../gradient/cuts.ts";
import { examplePlaces } from "../gradient/examplesFirst.ts";
import { rowProducts, scaledRowProducts, someCoordinates, squaredNormsOfRows } from "../gradient/gram.ts";
import { isFront } from "../gradient/layout.ts";
import { recompute } from "../gradient/recompute.ts";
import { rows, separateGroups } from "../gradient/rows.ts";
import { mainPart } from "../graph/beside.ts";
import { addInput, addOutput, type Graph, newGraph, prune, removeOutput, type Value } from "../graph/graph.ts";
import { shareEqual } from "../graph/share.ts";
import { defaultLoss, type Loss, losses } from "../model/loss.ts";
import { activated } from "../model/losses/activation.ts";
import type { WeightedLoss } from "../model/losses/weightedLoss.ts";
import type { Mode, Model, Parameter } from "../model/model.ts";
import { type Builder, builder } from "../ops/builder.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import { coordinateStride } from "./rowGraphs.ts";

/**
 * The graphs of gradients that a step of training runs. Names that callers bind: inputs `x` (the model's
 * own input names), `y`, the parameters' and the state's names; outputs `total:loss` [] = Σ w·ℓ, `total:weight` [] = Σ
 * w; for losses of classes `total:labels` [] = labels that count and `total:correct` [] = those predicted.
 */

/** What a graph's inputs and outputs are called beside the parameters. */
export const gradientName = (parameter: string) => `gradient:${parameter}`;
export const gramName = (parameter: string) => `gram:${parameter}`;
export const scaledGramName = (parameter: string) => `scaledGram:${parameter}`;
export const scaleName = (parameter: string) => `scale:${parameter}`;
export const coordinatesName = (parameter: string) => `coordinates:${parameter}`;
export const maskName = (dropoutLayer: string) => `mask:${dropoutLayer}`;
export const sumName = (parameter: string) => `sum:${parameter}`;
/**
 * Sums over the batch: Σ w·ℓ, Σ w and the labels predicted; `weights` and `squaredNorms` by group. A parameter may be
 * called "weight", hence the colon.
 */
export const totals = {
  loss: "total:loss",
  weight: "total:weight",
  /** Labels that count and those of them that are predicted, where the loss is one of classes. */
  labels: "total:labels",
  correct: "total:correct",
  weights: "total:weights",
  squaredNorms: "total:squaredNorms",
  /** Per label, between the forward pass and the rows. */
  losses: "total:losses",
  /** Of each label in evaluation, as in `WeightedLoss`. */
  predictions: "total:predictions",
  scores: "total:scores",
  /** What the model says, made probabilities where the loss takes it for such, [N, …]. */
  probabilities: "total:probabilities",
} as const;
export const newStateName = (state: string) => `new:${state}`;

/** Of the products in forward and backward pass; everything else is float32 (see `autocast`). */
export type Precision = "float32" | "float16";

/** A forward pass with its loss, and what of it later nodes are built on. */
export interface Forward extends WeightedLoss {
  readonly g: Builder;
  readonly output: Value;
  readonly parameters: Readonly<Record<string, Value>>;
  /** Inputs of which every example has its own part on axis 0. */
  readonly examples: readonly Value[];
  /** Inputs that change from batch to batch: the same, and masks of what has its examples elsewhere. */
  readonly fed: readonly Value[];
  readonly state: Readonly<Record<string, Value>>;
}

/** Inputs of the parameters' names and shapes. */
export function declare(graph: Graph, parameters: readonly Parameter[]): Record<string, Value> {
  return Object.fromEntries(
    parameters.map(({ name, initial }) => [name, addInput(graph, name, initial.type, initial.shape)]),
  );
}

/** The forward pass and the loss on a batch of `batch` examples; what the loss compares with is the input `y`. */
export function forward(
  model: Model,
  batch: number,
  mode: Mode,
  name: string,
  loss: Loss,
  dropout: ReadonlySet<string> = new Set(),
): Forward {
  const graph = newGraph(name);
  const g = builder(graph);
  const inputs = Object.fromEntries(
    model.inputs.map((input) => [input.name, addInput(graph, input.name, input.type, [batch, ...input.shape])]),
  );
  const parameters = declare(graph, model.parameters);
  const running = declare(graph, model.state);
  const masks: { readonly input: Value; readonly dropped: Value }[] = [];
  const mask = (layer: string, dropped: Value) => {
    if (!dropout.has(layer)) return undefined;
    masks.push({ input: addInput(graph, maskName(layer), "float32", dropped.shape), dropped });
    return masks.at(-1)!.input;
  };
  const { logits, state } = model.forward(g, { inputs, parameters, state: running, mode, mask });
  const expected = loss.target(logits);
  const target = expected && addInput(graph, "y", expected.type, expected.shape);
  const places = masks.length > 0 ? placesIn(graph, logits, Object.keys(inputs)) : undefined;
  const own = masks.filter(({ dropped }) => batch === 1 || isFront(places?.(dropped)));
  const read = [...Object.values(inputs), ...(target ? [target] : [])];
  const [examples, fed] = [own, masks].map((some) => [...read, ...some.map(({ input }) => input)]);
  return { g, output: logits, parameters, examples: examples!, fed: fed!, state, ...loss.build(g, logits, target) };
}

function placesIn(graph: Graph, logits: Value, inputs: readonly string[]) {
  return examplePlaces({ ...graph, outputs: new Map([["logits", logits]]) }, inputs);
}

/** What the model gives for `batch` examples in evaluation mode. */
export function outputOf(model: Model, batch: number): Value {
  const graph = newGraph(`${model.name}_output`);
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, type, shape }) => [name, addInput(graph, name, type, [batch, ...shape])]),
  );
  const [parameters, state] = [declare(graph, model.parameters), declare(graph, model.state)];
  return model.forward(builder(graph), { inputs, parameters, state, mode: "evaluation" }).logits;
}

function addTotals({ g, losses, weights, correct, counted }: Forward): void {
  const total = (value: Value) => g.reshape(g.reduceSum(g.cast(value, losses.type), [0]), []);
  addOutput(g.graph, totals.loss, total(losses));
  addOutput(g.graph, totals.weight, total(weights));
  if (!correct) return;
  const all = g.expand(g.constant(fromNumbers(losses.type, [1], [1])), losses.shape);
  addOutput(g.graph, totals.labels, total(counted ?? all));
  addOutput(g.graph, totals.correct, total(correct));
}

/** The sums over a batch in evaluation mode and, where the loss has them, predictions, scores and probabilities. */
export function evaluationGraph(model: Model, batch: number, loss = defaultLoss, probabilities = false): Graph {
  const pass = forward(model, batch, "evaluation", `${model.name}_evaluation`, loss);
  addTotals(pass);
  if (pass.predictions) addOutput(pass.g.graph, totals.predictions, pass.predictions);
  if (pass.scores) addOutput(pass.g.graph, totals.scores, pass.scores);
  const { activation } = losses[loss.name];
  if (probabilities && activation)
    addOutput(pass.g.graph, totals.probabilities, activated(pass.g, pass.output, activation));
  return prune(pass.g.graph);
}

export interface GradientGraphOptions {
  readonly accumulate: boolean;
  readonly mode?: Mode;
  /**
   * Dropout layers that multiply by a mask, each an input `mask:<layer>` of the shape of what it drops. Default none.
   */
  readonly dropout?: ReadonlySet<string> | undefined;
  /** Default cross-entropy. */
  readonly loss?: Loss | undefined;
  /** Keeps only what crosses a few cuts of the forward pass and computes the rest again: less memory, more time. */
  readonly gradientCheckpointing?: boolean;
  /**
   * Also gives `total:squaredNorms` [K] and `total:weights` [K]: ‖Σ w·∇ℓ‖² over all parameters and Σ w of K groups of
   * consecutive examples, beside the gradients (`Graph.beside`) and without changing a bit of them. Throws
   * `UnsupportedError` as `rows` does.
   */
  readonly squaredNorms?: number | undefined;
  /** With "float16" the graph reads `lossScale` [], a factor of every gradient but of no loss. Default "float32". */
  readonly precision?: Precision;
}

/**
 * Σ w·∇ℓ of a micro-batch, one output `gradient:<parameter>` each. With `accumulate` the sums so far come in as
 * `sum:<parameter>` and are added; the caller may lay the output over them. New running statistics are `new:<state>`.
 */
export function gradientGraph(model: Model, batch: number, given: GradientGraphOptions): Graph {
  requireArguments(
    "gradientGraph",
    { model, batch, options: given },
    { model: is.model, batch: is.whole(1), options: is.object },
  );
  const { accumulate, mode = "training", loss = defaultLoss, ...options } = given;
  const graphName = `${model.name}_gradient${accumulate ? "_accumulated" : ""}`;
  const exact = forward(model, batch, mode, graphName, loss, options.dropout);
  const half = options.precision === "float16";
  const pass = half ? { ...exact, g: builder(autocast(exact.g.graph)) } : exact;
  const { g, parameters, fed } = pass;
  const names = Object.keys(parameters);
  const forwardNodes = new Set(g.graph.nodes);
  const seed = half ? g.expand(addInput(g.graph, "lossScale", "float32", []), pass.losses.shape) : undefined;
  const gradients = backward(g, pass.losses, Object.values(parameters), seed);
  names.forEach((name, i) => {
    const gradient = gradients[i]!;
    const sum = accumulate
      ? g.add(addInput(g.graph, sumName(name), gradient.type, gradient.shape), gradient)
      : gradient;
    addOutput(g.graph, gradientName(name), sum);
  });
  for (const [name, value] of Object.entries(pass.state)) addOutput(g.graph, newStateName(name), value);
  addTotals(pass);
  const graph = prune(
    options.squaredNorms === undefined ? g.graph : withSquaredNorms(pass, options.squaredNorms, seed),
  );
  return options.gradientCheckpointing
    ? recompute(graph, forwardNodes, fed, chooseCuts(mainPart(graph), forwardNodes, fed))
    : graph;
}

/**
 * The rows' backward pass is the plain one but for the parameters' own gradients: `shareEqual` leaves one of the two.
 */
function withSquaredNorms({ g, losses, weights, parameters, examples }: Forward, groups: number, seed?: Value): Graph {
  const own = new Set(g.graph.nodes);
  const wrt = Object.values(parameters);
  addOutput(g.graph, totals.squaredNorms, squaredNormsOfRows(g, rows(g, losses, wrt, groups, examples, seed)));
  addOutput(g.graph, totals.weights, g.reduceSum(g.reshape(weights, [groups, -1]), [1]));
  const graph = shareEqual(g.graph, own);
  const beside = new Set(graph.nodes.flatMap((node) => (own.has(node) ? [] : node.outputs)));
  return { ...graph, beside };
}

/**
 * The Gram of K mini-batches in one pass: outputs `gram:<parameter>` [K, K] with the inner products of the groups' Σ
 * w·∇ℓ, and `total:weights` [K] with Σ w of each group. Rows are dropped parameter by parameter. In training mode batch
 * normalisation treats the groups as the separate mini-batches they are. With `coordinates`, also outputs
 * `coordinates:<parameter>` [K, n]: some numbers of each row, `coordinateStride` apart. With `scaled`, also outputs
 * `scaledGram:<parameter>` [K, K] of rows times the inputs `scale:<parameter>`. Throws `UnsupportedError` where groups
 * cannot be followed.
 */
export function gramGraph(
  model: Model,
  batch: number,
  groups: number,
  mode: Mode,
  loss: Loss = defaultLoss,
  { coordinates = false, scaled = false }: { readonly coordinates?: boolean; readonly scaled?: boolean } = {},
): Graph {
  requireArguments("gramGraph", { model, batch, groups }, { model: is.model, batch: is.whole(1), groups: is.whole(1) });
  const pass = rowsOf(model, batch, groups, mode, loss);
  for (const { name, initial } of model.parameters) {
    const gradient = pass.gradients[name]!;
    addOutput(pass.g.graph, gramName(name), rowProducts(pass.g, gradient));
    if (scaled) {
      const scale = addInput(pass.g.graph, scaleName(name), "float32", initial.shape);
      addOutput(pass.g.graph, scaledGramName(name), scaledRowProducts(pass.g, gradient, scale));
    }
    if (!coordinates) continue;
    addOutput(pass.g.graph, coordinatesName(name), someCoordinates(pass.g, gradient, coordinateStride(initial.shape)));
  }
  return prune(pass.g.graph);
}

/** The K rows themselves: outputs `gradient:<parameter>` [K, ...shape] = Σ w·∇ℓ by group, and `total:weights` [K]. */
export function rowsGraph(model: Model, batch: number, groups: number, mode: Mode, loss: Loss = defaultLoss): Graph {
  requireArguments("rowsGraph", { model, batch, groups }, { model: is.model, batch: is.whole(1), groups: is.whole(1) });
  const pass = rowsOf(model, batch, groups, mode, loss);
  for (const [name, gradient] of Object.entries(pass.gradients)) addOutput(pass.g.graph, gradientName(name), gradient);
  return prune(pass.g.graph);
}

function rowsOf(model: Model, batch: number, groups: number, mode: Mode, loss: Loss) {
  const pass = forward(model, batch, mode, `${model.name}_rows`, loss);
  addOutput(pass.g.graph, totals.losses, pass.losses);
  addOutput(pass.g.graph, totals.weights, pass.g.reduceSum(pass.g.reshape(pass.weights, [groups, -1]), [1]));
  const examples = pass.examples.map((value) => value.name);
  const graph = separateGroups(pass.g.graph, examples, groups);
  const total = removeOutput(graph, totals.losses);
  const input = (name: string) => graph.inputs.find((value) => value.name === name)!;
  const g = builder(graph);
  const names = model.parameters.map((parameter) => parameter.name);
  const gradients = rows(g, total, names.map(input), groups, examples.map(input));
  return { g, gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) };
}
