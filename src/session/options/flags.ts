import { spellOptions } from "../../tensor/errors.ts";
import { type TrainField, trainFields } from "./options.ts";

/** The flag of an option of `train`; undefined of what is none. */
export function flagOfOption(name: string): string | undefined {
  return Object.hasOwn(trainFields, name) ? trainFields[name as TrainField].flags.split(" ")[0] : undefined;
}

/** A remark as the command line says it: with the flags of the options of `train` that it names. */
export function inTrainFlags(text: string): string {
  return spellOptions(text, flagOfOption);
}
