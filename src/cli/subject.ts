import { quote } from "../session/command.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { readerFields } from "../session/options/readerOptions.ts";
import { sequenceFields } from "../session/options/sequenceOptions.ts";
import { kebab } from "../tensor/kebab.ts";
import type { Subject } from "./printedCommands.ts";

const dataFields = [
  ...Object.keys({ ...readerFields, ...sequenceFields }),
  "ignoreIndex",
] as (keyof TrainConfiguration)[];

/** A run as commands are printed of it, with the data of its configuration. */
export function subjectOf(run: Pick<Subject, "id" | "path">, configuration: TrainConfiguration): Subject {
  return { id: run.id, path: run.path, data: dataWords(configuration) };
}

/** Options without a default: what is not given is left to the data. */
function dataWords(configuration: TrainConfiguration): string[] {
  const { data, subset } = configuration;
  const others = dataFields.flatMap((field) => {
    const [flag, value] = [`--${kebab(field)}`, configuration[field]];
    if (value === undefined || value === false) return [];
    return value === true ? [flag] : [flag, quote(String(value))];
  });
  return ["--data", quote(data), ...(subset === undefined ? [] : ["--subset", quote(subset)]), ...others];
}
