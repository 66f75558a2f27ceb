import type { OptionRow } from "./option.ts";
import { fieldsInOrder, type TrainField } from "./options.ts";

const deciding = (kinds: readonly OptionRow["decides"][]): readonly TrainField[] =>
  fieldsInOrder.filter(([, { decides }]) => decides && kinds.includes(decides)).map(([field]) => field);

/** What one run is called, where it is kept and how it is shown: who makes many runs says it of each. */
export const labelOptions = deciding(["label"]);

/** What decides the speed of a training and none of its other numbers. */
export const speedOptions = deciding(["speed"]);

/** What is written while a run trains, and how often: it decides no number. */
export const fileOptions = deciding(["files"]);
