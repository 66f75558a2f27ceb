import { z } from "zod";
import type { OptimizerName } from "../../optimizer/optimizers.ts";
import { loopFields } from "./loopOptions.ts";
import { lossFields } from "./lossOptions.ts";
import { optimizerFields, optimizerNames, optimizerShapes } from "./optimizerOptions.ts";
import { headings, type OptionRow, shapeOf } from "./option.ts";
import { readerFields } from "./readerOptions.ts";
import { augmentFields, lengthFields, runFields, subjectFields } from "./runOptions.ts";
import { scheduleFields } from "./scheduleOptions.ts";
import { sequenceFields } from "./sequenceOptions.ts";
import { swapFields } from "./swapOptions.ts";

/** What every configuration has, in the order in which it is written. */
const common = {
  ...shapeOf(scheduleFields),
  ...shapeOf(loopFields),
  ...shapeOf(swapFields),
  ...shapeOf(lossFields),
  ...shapeOf(sequenceFields),
  ...shapeOf(readerFields),
  ...shapeOf(augmentFields),
  ...shapeOf(subjectFields),
  ...shapeOf(lengthFields),
  ...shapeOf(runFields),
};

/** The schema of one optimizer's runs. */
function schemaOf<Name extends OptimizerName>(name: Name) {
  return z.strictObject({ ...common, ...optimizerShapes[name], optimizer: z.literal(name) });
}

type SchemaOfAny = { [Name in OptimizerName]: ReturnType<typeof schemaOf<Name>> }[OptimizerName];

/**
 * Everything that `train` is told. Keys that no optimizer has, or not the chosen one, are refused; what is left out
 * gets its default, so that the result, written out and read again, gives the same run.
 */
export const trainConfiguration = z.preprocess(
  (given) => (isRecord(given) ? { optimizer: "adamw", ...given } : given),
  z.discriminatedUnion("optimizer", optimizerNames.map(schemaOf) as unknown as [SchemaOfAny, ...SchemaOfAny[]]),
);

export type TrainConfiguration = z.output<typeof trainConfiguration>;

type KeyOfAny<T> = T extends unknown ? keyof T : never;
export type TrainField = KeyOfAny<TrainConfiguration>;

/** Every option of `train`, in the order of the help under each heading. */
export const trainFields: Readonly<Record<TrainField, OptionRow>> = {
  ...subjectFields,
  ...sequenceFields,
  ...readerFields,
  ...augmentFields,
  ...lengthFields,
  ...lossFields,
  ...optimizerFields,
  ...scheduleFields,
  ...loopFields,
  ...swapFields,
  ...runFields,
};

/** Other names of options. */
export const trainAliases: Readonly<Record<string, TrainField>> = Object.fromEntries(
  Object.entries(trainFields).flatMap(([field, { aliases = [] }]) =>
    aliases.map((alias) => [alias, field as TrainField]),
  ),
);

/** The options of `train` in the order in which `--help` lists them. */
export const fieldsInOrder: readonly (readonly [TrainField, OptionRow])[] = (
  Object.entries(trainFields) as [TrainField, OptionRow][]
).toSorted(([, a], [, b]) => headings.indexOf(a.heading) - headings.indexOf(b.heading));

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
