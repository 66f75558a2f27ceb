import { labelOptions } from "../../session/options/decides.ts";
import { fieldsInOrder, type TrainField } from "../../session/options/options.ts";
import { type Command, Option } from "../commander.ts";
import { collect, optionOf } from "./flags.ts";

/** What a study of whole trainings decides itself, or what would end them at unequal lengths. */
export const decidedByStudies: readonly TrainField[] = [
  ...labelOptions,
  ...(["seed", "fastDevRun", "steps", "stopAccuracy", "stopLoss", "stopSeconds", "patience", "minimumDelta"] as const),
  ...(["evaluateEvery", "evaluateSteps"] as const),
  ...(["swapWorkers", "swapEpochs", "swapBatchSize", "swapLearningRate", "swapSchedule"] as const),
];

/** Declares the options of `train` that say what is trained and on what, without reading any text; none of `except`. */
export function declareStudyOptions(command: Command, except: readonly TrainField[] = []): void {
  command.option("-c, --config <file>", "YAML file with any option of train; flags go before it");
  command.addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect));
  for (const [field, row] of fieldsInOrder)
    if (row.study !== false && !except.includes(field)) command.addOption(optionOf(row));
}
