import type { Dataset } from "../data/dataset.ts";
import { externalReader, readBytes } from "../data/files.ts";
import { foreignModel } from "../model/foreign.ts";
import type { Model } from "../model/model.ts";
import { buildModel } from "../model/zoo.ts";
import { UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { streams } from "./train.ts";

/**
 * The model that `--model` names, for these data: one of the zoo with weights drawn from `seed`, or an `.onnx` file with its own.
 * Throws `NotFoundError` for a name or file that is not there and `UsageError` where the file's input is not the data's.
 */
export async function openModel(name: string, data: Dataset, seed: number): Promise<Model> {
  const { name: inputName, shape } = data.inputs[0]!;
  if (!name.endsWith(".onnx"))
    return buildModel(name, { shape, classes: data.classes }, random(seed, streams.initialization));
  const model = await loadForeignModel(name);
  const [input] = model.inputs;
  if (model.inputs.length !== 1 || input?.name !== inputName || input.shape.join() !== shape.join())
    throw new UsageError(
      `${name}: expected one input "${inputName}" of [N, ${shape.join(", ")}] for the data ${data.name}, got ${model.inputs
        .map((other) => `"${other.name}" [N, ${other.shape.join(", ")}]`)
        .join(" and ")}; export the model for these data`,
    );
  return model;
}

/**
 * An exported model with the tensors that it keeps in files beside it, named like its file. Throws as `readBytes`, `externalReader`
 * and `foreignModel` do.
 */
export async function loadForeignModel(path: string): Promise<Model> {
  const [name = path] = path.split(/[/\\]/).slice(-1);
  return foreignModel(await readBytes(path), name.replace(/\.onnx$/, ""), externalReader(path));
}
