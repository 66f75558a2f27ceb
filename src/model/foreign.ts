import { type DecodedModel, type DecodedNode, decodeModel, parseModel } from "../graph/decode.ts";
import type { ReadExternal } from "../graph/decodeTensor.ts";
import { readTypeOf } from "../graph/onnxTypes.ts";
import { requireSchemas } from "../graph/schemaCheck.ts";
import { isNotDifferentiable } from "../ops/op.ts";
import { isOpName, ops } from "../ops/table.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError, option, ShapeError, UnsupportedError, UsageError } from "../tensor/errors.ts";
import { didYouMean } from "../tensor/suggest.ts";
import { isFloat, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { allNodes, refuseUnsupported, requireWellFormed } from "./foreignCheck.ts";
import { inSinglePrecision } from "./foreignNode.ts";
import { replay, runningVarianceOf } from "./foreignReplay.ts";
import type { DropoutLayer, Model, ModelInput, Parameter } from "./model.ts";

/** Inputs that are constants of an operator even where they are real numbers. */
const constantInputs: Readonly<Record<string, readonly number[]>> = {
  Clip: [1, 2],
  Dropout: [1, 2],
  OneHot: [1, 2],
  Pad: [2],
  Resize: [1, 2],
};
/** Initial states, which exporters write as zeros where the network was given none. */
const stateInputs: Readonly<Record<string, readonly number[]>> = { GRU: [5], LSTM: [5, 6], RNN: [5] };
const runningInputs = [3, 4];

/**
 * A network exported to `.onnx` (PyTorch: `torch.onnx.export(…, training=TrainingMode.TRAINING)`, which keeps tied
 * weights tied and others apart) as a model that trains.
 *
 * - Float initializers on a differentiable path to the output become parameters under their own names. A buffer that is
 *   added or multiplied is one of them: a file does not tell it from a weight.
 * - Scalars, masks, bounds and initial states of zeros stay constant.
 * - Running statistics of batch normalisation become state, or stay constant where it is frozen.
 * - bfloat16, float16 and float64 become float32 throughout.
 * - Dropout that the file has in training mode has its rate while training.
 * - The first axis of every input is the batch, bound when a graph is built.
 * - One output is the logits, the first unless `output` names another; others are ignored, and so is what only they
 *   read.
 * - `readExternal` fetches tensors that are stored in files beside the model.
 *
 * Throws `UsageError` for an output that the file has not, `DataError` for a damaged file and for nodes that their
 * operators' schemas do not allow, and
 * `UnsupportedError` that lists everything that is not supported, with its nodes.
 */
export function foreignModel(
  bytes: Uint8Array,
  name: string,
  readExternal?: ReadExternal,
  output?: string | undefined,
): Model {
  requireArguments("foreignModel", { bytes, name }, { bytes: is.bytes, name: is.text });
  const proto = parseModel(bytes);
  const file = withOutput(decodeModel(proto, readExternal), name, output);
  refuseUnsupported(file);
  requireWellFormed(file);
  requireSchemas(proto.graph!, file.opset);
  const running = runningStatistics(file);
  const trained = differentiable(file);
  const kind = (key: string, { type, shape }: Tensor) => {
    if (!isFloat(type)) return "constant";
    const moves = running.get(key);
    if (moves !== undefined) return moves ? "state" : "constant";
    return trained.has(key) && shape.length > 0 ? "parameter" : "constant";
  };
  const all = [...file.initializers];
  const named = (which: string): Parameter[] =>
    all
      .filter((entry) => kind(...entry) === which)
      .map(([key, contents]) => ({ name: key, initial: inSinglePrecision(contents) }));
  const [parameters, state] = [named("parameter"), named("state")];
  const inputs = file.inputs.filter((input) => !file.initializers.has(input.name)).map(inputOf);
  refuseTarget([...inputs, ...parameters, ...state]);
  const constants = new Map(all.filter((entry) => kind(...entry) === "constant"));
  return {
    name,
    inputs,
    parameters,
    state,
    dropout: droppedBy(file),
    ...(file.outputs.length > 1 && { outputs: outputsOf(file, trained) }),
    ...(state.length > 0 && { runningVariance: runningVarianceOf(file) }),
    forward: (g, io) => withBatch(file, io.inputs, () => replay(g, io, file, constants)),
  };
}

/** With the output that is trained before the others. Throws `UsageError` for one that the file has not. */
function withOutput(file: DecodedModel, name: string, output: string | undefined): DecodedModel {
  if (output === undefined) return file;
  const chosen = file.outputs.find((one) => one.name === output);
  const names = file.outputs.map((one) => one.name);
  if (chosen === undefined)
    throw new UsageError(
      `${option("output")}: expected an output of ${name}, got "${output}"${didYouMean(output, names) || `; choose one of ${names.join(", ")}`}`,
    );
  return { ...file, outputs: [chosen, ...file.outputs.filter((one) => one !== chosen)] };
}

/** `trained`: what the first output depends on. */
function outputsOf(file: DecodedModel, trained: ReadonlySet<string>): NonNullable<Model["outputs"]> {
  const [first, ...others] = file.outputs.map(({ name }) => name);
  const read = new Set(others.flatMap((name) => [...differentiable(file, name)]));
  const untrained = [...file.initializers].filter(
    ([name, { type, shape }]) => isFloat(type) && shape.length > 0 && read.has(name) && !trained.has(name),
  );
  return { trained: first!, others, untrained: untrained.map(([name]) => name) };
}

/**
 * The Dropout nodes that drop something while training, by their outputs' names. From operator set 12 on the file says
 * so by `training_mode`; before, a node that is there was kept for training.
 */
function droppedBy(file: DecodedModel): DropoutLayer[] {
  const nodes = allNodes(file);
  const constants = new Map(
    nodes.flatMap((node) => (node.op === "Constant" ? [[node.outputs[0], node] as const] : [])),
  );
  const number = (name: string | undefined) => constantNumber(file, name, constants.get(name));
  return nodes.flatMap(({ op, inputs, outputs, attributes }) => {
    if (op !== "Dropout") return [];
    const rate = Number(attributes.ratio?.value ?? number(inputs[1]) ?? 0.5);
    const trains = file.opset < 12 || number(inputs[2]) === 1;
    return trains && rate > 0 ? [{ name: outputs[0]!, rate }] : [];
  });
}

/** The first element of an initializer or of a Constant node. */
function constantNumber(file: DecodedModel, name: string | undefined, maker?: DecodedNode): number | undefined {
  const [attribute] = Object.values(maker?.attributes ?? {});
  const found =
    file.initializers.get(name ?? "")?.data ?? (attribute?.kind === "tensor" ? attribute.value.data : undefined);
  if (found) return Number(found[0]);
  return attribute?.kind === "float" || attribute?.kind === "int" ? Number(attribute.value) : undefined;
}

/** The graphs of a training step read the target under this name. */
const TARGET = "y";

function refuseTarget(values: readonly { readonly name: string }[]): void {
  if (values.some(({ name }) => name === TARGET))
    throw new UnsupportedError(
      `onnx: expected no input or weight called "${TARGET}", which is the target, got one; export with input_names=["x"]`,
    );
}

/**
 * Initializers that batch normalisation reads as running statistics, directly or through Identity, and whether training
 * moves them.
 */
function runningStatistics(file: DecodedModel): ReadonlyMap<string, boolean> {
  const nodes = allNodes(file);
  const aliases = new Map(nodes.flatMap((node) => (node.op === "Identity" ? [[node.outputs[0], node.inputs[0]]] : [])));
  const origin = (name: string | undefined): string | undefined => {
    let at = name;
    while (aliases.has(at) && !file.initializers.has(at ?? "")) at = aliases.get(at);
    return at;
  };
  const found = new Map<string, boolean>();
  for (const node of nodes.filter(({ op }) => op === "BatchNormalization"))
    for (const i of runningInputs) {
      const name = origin(node.inputs[i]);
      if (name !== undefined) found.set(name, found.get(name) || isTraining(file, node));
    }
  return found;
}

/** Before operator set 14, the outputs for training said so. */
function isTraining({ opset }: DecodedModel, { outputs, attributes }: DecodedNode): boolean {
  return opset < 14 ? outputs.length > 1 : attributes.training_mode?.value === 1;
}

/** Names that an output depends on, the first by default, through operators that have a gradient. */
function differentiable(file: DecodedModel, output: string = file.outputs[0]!.name): ReadonlySet<string> {
  const makers = new Map(allNodes(file).flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const reached = new Set<string>();
  const stack = [output];
  for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
    if (name === "" || reached.has(name)) continue;
    reached.add(name);
    const node = makers.get(name);
    if (!node || stopsGradient(node)) continue;
    const outputs = Object.values(node.graphs).flatMap((graph) => graph.outputs.map((output) => output.name));
    stack.push(...outputs, ...node.inputs.filter((_, i) => !isConstantInput(file, node, i)));
  }
  return reached;
}

function isConstantInput(file: DecodedModel, { op, inputs }: DecodedNode, i: number): boolean {
  if (constantInputs[op]?.includes(i)) return true;
  const state = stateInputs[op]?.includes(i) ? file.initializers.get(inputs[i]!) : undefined;
  return state?.data.every((element) => Number(element) === 0) ?? false;
}

function stopsGradient({ op, attributes }: DecodedNode): boolean {
  if (op === "Cast") return !isFloat(readTypeOf(Number(attributes.to?.value)) ?? "int64");
  return isOpName(op) && isNotDifferentiable(ops[op].gradient);
}

function inputOf({ name, type, dims }: DecodedModel["inputs"][number]): ModelInput {
  if (dims.length === 0)
    throw new UnsupportedError(
      `onnx: expected the first axis of "${name}" to be the batch, got a scalar; export with a batch axis`,
    );
  const shape = dims.slice(1).map((size, i) => {
    if (typeof size === "number") return size;
    throw new UnsupportedError(
      `onnx: expected only the batch axis of "${name}" to be symbolic, got axis ${i + 1} named "${size ?? "?"}"; export with fixed sizes there`,
    );
  });
  if (shape.some((size) => size < 1) || sizeOf(shape) > 2 ** 31)
    throw new DataError(
      `onnx: expected sizes of at least 1 and 2^31 elements at most in "${name}", got [${shape.join(", ")}]; export the model again`,
    );
  return { name, type: isFloat(type) ? "float32" : type, shape };
}

/** Says so when shapes do not fit because the file was exported for another batch size. */
function withBatch<T>(
  file: DecodedModel,
  inputs: Readonly<Record<string, { shape: readonly number[] }>>,
  build: () => T,
): T {
  try {
    return build();
  } catch (error) {
    const fixed = file.inputs.find(
      ({ name, dims }) => inputs[name] && typeof dims[0] === "number" && dims[0] !== inputs[name].shape[0],
    );
    if (!(error instanceof ShapeError) || !fixed) throw error;
    throw new ShapeError(
      `${error.message} (the file fixes the batch at ${fixed.dims[0]}: use that, or export with dynamic_axes={"${fixed.name}": {0: "N"}})`,
      { cause: error },
    );
  }
}
