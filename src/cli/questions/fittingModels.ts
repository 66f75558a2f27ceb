import type { Dataset } from "../../data/dataset.ts";
import { defaultModel } from "../../inspection/defaults.ts";
import { summarize, unread } from "../../model/summary.ts";
import { buildModel, modelNames } from "../../model/zoo.ts";
import { ShapeError } from "../../tensor/errors.ts";
import { sameInputs, taskOf } from "../../training/openModel.ts";

export interface FittingModel {
  readonly name: string;
  readonly parameters: number;
}

/** The model of this name for these data, counted; null where it does not take such examples. */
export function fitting(name: string, data: Dataset): FittingModel | null {
  try {
    const model = buildModel(name, taskOf(data), unread);
    return sameInputs(model, data) ? { name, parameters: summarize(model).parameters } : null;
  } catch (error) {
    if (error instanceof ShapeError) return null;
    throw error;
  }
}

/** The models by name that take such examples; any other would only be refused. */
export function fittingModels(data: Dataset): FittingModel[] {
  return modelNames().flatMap((name) => fitting(name, data) ?? []);
}

/** The one that is proposed. */
export function proposedModel(data: Dataset, fitting: readonly FittingModel[]): string | undefined {
  const [input] = data.inputs;
  const wanted = [
    ...(input!.type === "int64" ? ["gpt2:nano"] : []),
    // Sums and differences of two quantities as fields.
    ...(input!.shape.length === 3 && input!.shape[0] === 4 ? ["dualgafnet"] : []),
    defaultModel(data),
  ];
  return wanted.find((name) => fitting.some((one) => one.name === name)) ?? fitting[0]?.name;
}
