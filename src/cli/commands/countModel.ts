import type { Model } from "../../model/model.ts";
import { type ModelSummary, summarize, unread } from "../../model/summary.ts";
import { findModel, modelNames } from "../../model/zoo.ts";
import type { Shape } from "../../tensor/tensor.ts";

/** A model as the list of models tells it. */
export interface Listed extends Pick<ModelSummary, "parameters" | "flops"> {
  /** What `--model` takes. */
  readonly name: string;
  /** In English; null of a file. */
  readonly about: string | null;
  /** Of one example that was counted with, by the model's input names. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** Null where the model's own output says it. */
  readonly classes: number | null;
}

export type Counted = Listed & ModelSummary;

/** All models of the zoo, counted from their graphs. */
export function countAll(): Counted[] {
  return modelNames().map(fromZoo);
}

/** A model by name or as an .onnx file, counted from its graph. Throws `NotFoundError` for a name that is none. */
export async function countOne(name: string): Promise<Counted> {
  if (!name.endsWith(".onnx")) return fromZoo(name);
  const foreign = await import("../../training/openModel.ts");
  return { ...count(await foreign.loadForeignModel(name)), name, about: null, classes: null };
}

function fromZoo(name: string): Counted {
  const { entry, variant } = findModel(name);
  const model = entry.make(entry.example, unread, variant);
  return { ...count(model), name, about: entry.about, classes: entry.example.classes };
}

function count(model: Model) {
  return { ...summarize(model), inputs: Object.fromEntries(model.inputs.map((input) => [input.name, input.shape])) };
}
