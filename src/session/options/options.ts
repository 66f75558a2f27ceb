import type { z } from "zod";
import { loopFields } from "./loopOptions.ts";
import { lossFields } from "./lossOptions.ts";
import { optimizerFields } from "./optimizerOptions.ts";
import { headings, type OptionRow } from "./option.ts";
import { readerFields } from "./readerOptions.ts";
import { augmentFields, lengthFields, runFields, subjectFields } from "./runOptions.ts";
import { scaleFields } from "./scaleOptions.ts";
import { scheduleFields } from "./scheduleOptions.ts";
import type { trainConfiguration } from "./schema.ts";
import { sequenceFields } from "./sequenceOptions.ts";
import { swapFields } from "./swapOptions.ts";

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
  ...scaleFields,
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
