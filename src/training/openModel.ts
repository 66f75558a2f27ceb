import type { Dataset } from "../data/dataset.ts";
import { externalReader, fileSizes, readBytes } from "../data/files/files.ts";
import { adapted } from "../model/adapted.ts";
import { loadGpt2 } from "../model/loadGpt2.ts";
import type { Model, ModelInput } from "../model/model.ts";
import type { ModelTask } from "../model/task.ts";
import { buildModel, zoo } from "../model/zoo.ts";
import { sgd } from "../optimizer/sgd.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError, option, ShapeError, UsageError } from "../tensor/errors.ts";
import { requireKnown } from "../tensor/knownOptions.ts";
import { random } from "../tensor/random.ts";
import { shown } from "../tensor/shown.ts";
import { type Shape, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { restoreTensors } from "./checkpoint.ts";
import { outputOf } from "./graphs.ts";
import { streams } from "./options.ts";
import { modelAt, newTrainingState } from "./state.ts";

/** Weights to start from, and the file that they were read from. */
export interface Weights {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** What a model is opened with beside its name. */
export interface ModelChoice {
  readonly weights?: Weights | undefined;
  /** The output to train, of a file that has several. Default the first. */
  readonly output?: string | undefined;
}

/**
 * The model that the option `model` names, for these data: one of the zoo with weights drawn from `seed`, or an `.onnx`
 * file with its own. `seed` is 0 unless given. It may start from other `weights` instead: those of a checkpoint or of
 * an average under the model's own names, or a Hugging Face checkpoint of GPT-2. The only input of a file may have any
 * name, and its layout may differ (`adapted`); of several inputs each is called as in the data. What it gives may have
 * axes of one element more or fewer than the targets. Throws `NotFoundError` for a name or file that is not there and
 * `UsageError` where the model's inputs are not the data's, and for an output that it has not.
 */
export async function openModel(name: string, data: Dataset, seed = 0, choice: ModelChoice = {}): Promise<Model> {
  requireKnown("openModel", choice, { weights: { file: true, tensors: true }, output: true });
  if (typeof name !== "string")
    throw new UsageError(
      `openModel: expected the name of a model or an .onnx file, got ${shown(name)}; write it first`,
    );
  if (typeof data?.read !== "function")
    throw new UsageError(`openModel: expected a data set after the name, got ${shown(data)}; pass data.train`);
  const { weights, output } = choice;
  if (output !== undefined && !name.endsWith(".onnx"))
    throw new UsageError(`${option("output")}: expected an .onnx file as the model, got ${name}; leave it out`);
  requireReaderOfTexts(name, data);
  const model = name.endsWith(".onnx")
    ? givingTargets(readingData(await loadForeignModel(name, output), data), data)
    : fitting(() => buildModel(name, taskOf(data), random(seed, streams.initialization)));
  const [expected, got] = [listInputs(data.inputs), listInputs(model.inputs)];
  if (sameInputs(model, data)) return weights === undefined ? model : initialized(model, weights);
  throw new UsageError(
    `${name}: expected a model that reads ${expected} for the data ${data.name}, got one that reads ${got}; ${remedy(model.inputs, data.inputs)}`,
  );
}

/** Of the zoo only GPT-2 reads tokens; what others have against their shape would name one that does not. */
function requireReaderOfTexts(name: string, { name: of, inputs, target }: Dataset): void {
  const [input] = inputs;
  const isText = inputs.length === 1 && input!.type === "int64" && target.type === "int64" && target.shape.length === 1;
  if (!isText || name.endsWith(".onnx") || /^gpt2(:|$)/i.test(name) || !(name.split(":")[0]! in zoo)) return;
  throw new UsageError(
    `${name}: expected images, series or tables of numbers, got ${of}, texts of ${input!.shape[0]} tokens; use gpt2:nano`,
  );
}

/** What a model of the zoo has against the shape of the data is against a choice of options, and no failure. */
function fitting(build: () => Model): Model {
  try {
    return build();
  } catch (error) {
    if (error instanceof ShapeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** What these data ask of a model of the zoo. */
export function taskOf(data: Dataset): ModelTask {
  const { shape } = data.inputs[0]!;
  const [features] = data.inputs.find((input) => input.name === "features")?.shape ?? [];
  return { shape, classes: outputsFor(data), features };
}

/** Whether a model reads what the data give. */
export function sameInputs(model: Pick<Model, "inputs">, data: Dataset): boolean {
  return listInputs(data.inputs) === listInputs(model.inputs);
}

/** By position where the model has one input and the data too, by name else. */
function readingData(model: Model, { inputs }: Dataset): Model {
  return (inputs.length === 1 && adapted(model, inputs[0]!)) || model;
}

/**
 * With what it gives in the shape of targets that are numbers, where the two hold as many for each example: one number
 * may be given as [N] or as [N, 1].
 */
function givingTargets(model: Model, { target }: Dataset): Model {
  if (target.type !== "float32") return model;
  return {
    ...model,
    forward: (g, io) => {
      const { logits, state } = model.forward(g, io);
      const [input] = Object.values(io.inputs);
      const shape = [input!.shape[0]!, ...target.shape];
      const differs = logits.shape.join() !== shape.join() && sizeOf(logits.shape) === sizeOf(shape);
      return { logits: differs ? g.reshape(logits, shape) : logits, state };
    },
  };
}

/** A score for each class, or a number for each that is to be predicted. */
function outputsFor({ target, classes }: Dataset): number {
  return target.type === "float32" ? sizeOf(target.shape) : classes;
}

/** Throws `DataError` for weights that are not the model's, and as `loadGpt2` does. */
function initialized(model: Model, { tensors, file }: Weights): Model {
  const isOurs = [...tensors.keys()].some((name) => name.startsWith("optimizer."));
  if (model.name.startsWith("gpt2") && !isOurs) return loadGpt2(model, tensors);
  const state = newTrainingState(model, sgd());
  restoreTensors(tensors, file, state);
  return modelAt(model, state);
}

/** What to do where the arrays of the data are other ones than the model reads. */
function remedy(wanted: readonly ModelInput[], given: readonly ModelInput[]): string {
  const [input, array] = [wanted[0]!, given[0]!];
  if (wanted.length !== 1 || given.length !== 1) return "choose a model for these data";
  const type = input.type === array.type ? "" : `.astype("${input.type}")`;
  const axes = axesTo(array.shape, input.shape);
  if (axes === undefined || (type === "" && axes === "" && input.name === array.name))
    return "choose a model for these data";
  const why = [
    ...(input.name === array.name ? [] : [`the array is called ${array.name}`]),
    ...(type === "" ? [] : [array.type === "int64" ? "int64 are taken for tokens" : `the model reads ${input.type}`]),
    ...(axes === "" ? [] : ["the channels come last"]),
  ];
  return `${why.join(" and ")}: save ${array.name}${axes}${type} as ${input.name}`;
}

/** How NumPy brings an example of one shape to another; undefined where it is more than where the channels stand. */
function axesTo(given: Shape, wanted: Shape): string | undefined {
  const same = (a: Shape, b: Shape) => a.length === b.length && a.every((size, i) => size === b[i]);
  if (same(given, wanted)) return "";
  return same([given.at(-1)!, ...given.slice(0, -1)], wanted) && given.length === 3
    ? ".transpose(0, 3, 1, 2)"
    : undefined;
}

function listInputs(inputs: readonly ModelInput[]): string {
  const sorted = inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map(({ name, type, shape }) => `"${name}" ${type}[${["N", ...shape].join(", ")}]`).join(" and ");
}

/** Bytes of a protobuf message, by its own definition. Larger models keep their tensors in files beside them. */
const LARGEST_MODEL = 2 ** 31 - 1;

/**
 * An exported model with the tensors that it keeps in files beside it, named like its file; `output` is the one to
 * train. Throws as `readModelFile`,
 * `externalReader` and `foreignModel` do.
 */
export async function loadForeignModel(path: string, output?: string | undefined): Promise<Model> {
  requireArguments("loadForeignModel", { path, output }, { path: is.text, output: is.optional(is.text) });
  const [name = path] = path.split(/[/\\]/).slice(-1);
  // A model of the zoo needs no reader of ONNX.
  const { foreignModel } = await import("../model/foreign.ts");
  return foreignModel(await readModelFile(path), name.replace(/\.onnx$/, ""), externalReader(path), output);
}

/** How many numbers a file gives for each example or position; null where that cannot be said. */
export async function outputsOfFile(path: string, output?: string | undefined): Promise<number | null> {
  const model = await loadForeignModel(path, output);
  try {
    const { shape } = outputOf(model, 1);
    return shape.length > 1 ? shape.at(-1)! : null;
  } catch (error) {
    // A file for batches of another size: who trains it says so.
    if (error instanceof ShapeError) return null;
    throw error;
  }
}

/**
 * The bytes of a model's file. Throws as `readBytes`, and `DataError` for one that is larger than the format allows.
 */
export async function readModelFile(path: string): Promise<Uint8Array> {
  const [size = 0] = await fileSizes([path]);
  if (size > LARGEST_MODEL)
    throw new DataError(
      `${path}: expected an ONNX model of at most 2 GiB, as the format allows, got ${Math.ceil(size / 2 ** 20)} MiB; ` +
        "export it with its tensors in a file beside it, e.g. torch.onnx.export(…, external_data=True)",
    );
  return readBytes(path, LARGEST_MODEL);
}
