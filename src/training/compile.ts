import type { Graph } from "../graph/graph.ts";
import type { Loss, LossName, LossOptions } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { protect } from "../runtime/protect.ts";
import type { ElementType, Shape, Tensor } from "../tensor/tensor.ts";
import { type FlatLayout, flatLayout } from "./flat.ts";
import { gradientGraph } from "./graphs.ts";
import { wholeUpdateGraph } from "./wholeUpdate.ts";

/**
 * A training step as files for any ONNX runtime: three graphs of standard operators, and what is needed to run them.
 */
export interface CompiledStep {
  readonly graphs: Readonly<Record<StepGraph, Graph>>;
  /** Parameters and running statistics before the first step. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The contents of step.json. */
  readonly description: StepDescription;
}

/**
 * `gradient` runs on the first micro-batch of a window, `accumulate` on each further one and adds to the sums it is
 * given, `update` once at the end of the window.
 */
export type StepGraph = "gradient" | "accumulate" | "update";

export interface StepDescription {
  readonly format: "batchscope step";
  readonly version: 1;
  readonly model: string;
  readonly loss: LossName;
  readonly lossOptions: LossOptions;
  /** What the sums are divided by at least. */
  readonly leastWeight: number;
  readonly optimizer: {
    readonly name: string;
    readonly state: readonly string[];
    /** What every element of a state starts at, where that is not 0. */
    readonly initial: Readonly<Record<string, number>>;
  };
  /** Examples of one micro-batch. */
  readonly batchSize: number;
  /**
   * How the parameters lie in the flat arrays that `update` reads: `parameter`, `sum` and the optimizer's state; gaps
   * are 0.
   */
  readonly layout: FlatLayout;
  /** Names of the running statistics. */
  readonly runningStatistics: readonly string[];
  readonly graphs: Readonly<Record<StepGraph, GraphDescription>>;
  /** How to run a step, in words. */
  readonly procedure: readonly string[];
}

interface GraphDescription {
  readonly file: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

const procedure = [
  "Run gradient on the first micro-batch of the window, with the parameters by name: gradient:<parameter> are the sums so far.",
  "Run accumulate on each further micro-batch, with the parameters, and the sums so far as sum:<parameter>.",
  "Feed running statistics with every run, and take new:<name> for the next one.",
  "Add up total:loss and total:weight over the window: their quotient is the mean loss.",
  "Run update on the flat arrays, with weight (the total, but at least leastWeight), clip (1 for none), learningRate and step (1 on the first): new:<array> replace the old.",
];

/**
 * The step of a model under a loss and an optimizer, for micro-batches of `batch` examples. Throws what `gradientGraph`
 * throws.
 */
export function compileStep(
  model: Model,
  { optimizer, loss, batch }: { optimizer: Optimizer; loss: Loss; batch: number },
): CompiledStep {
  const layout = flatLayout(model.parameters);
  const gradient = (accumulate: boolean) => protect(gradientGraph(model, batch, { accumulate, loss }));
  const graphs = {
    gradient: gradient(false),
    accumulate: gradient(true),
    update: wholeUpdateGraph(optimizer, layout),
  };
  const described = Object.entries(graphs).map(([name, graph]) => [name, describe(name, graph)] as const);
  return {
    graphs,
    tensors: new Map([...model.parameters, ...model.state].map(({ name, initial }) => [name, initial])),
    description: {
      format: "batchscope step",
      version: 1,
      model: model.name,
      loss: loss.name,
      lossOptions: loss.options,
      leastWeight: loss.leastWeight,
      optimizer: { name: optimizer.name, state: optimizer.state, initial: optimizer.initial ?? {} },
      batchSize: batch,
      layout,
      runningStatistics: model.state.map(({ name }) => name),
      graphs: Object.fromEntries(described) as Record<StepGraph, GraphDescription>,
      procedure,
    },
  };
}

function describe(name: string, graph: Graph): GraphDescription {
  const port = ([named, { type, shape }]: readonly [string, Port]): Port => ({ name: named, type, shape });
  return {
    file: `${name}.onnx`,
    inputs: graph.inputs.map((value) => port([value.name, value])),
    outputs: [...graph.outputs].map(port),
  };
}
