import { option, UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { lossFields } from "./options/lossOptions.ts";
import { readerFields } from "./options/readerOptions.ts";
import { sequenceFields } from "./options/sequenceOptions.ts";
import type { TrainedRequest } from "./trainedModel.ts";

export type ReadingField = keyof typeof readerFields | keyof typeof sequenceFields | keyof typeof lossFields;

/** The options of `train` that say how data are read and compared, which a trained model takes too. */
export const readingFields = Object.keys({ ...readerFields, ...sequenceFields, ...lossFields }) as ReadingField[];

/** What is asked of a run or an `.onnx` file, as options of a command or of a function have it. */
export type TrainedQuestion = Omit<TrainedRequest, "reading"> & {
  readonly output?: string | undefined;
  readonly fields: Readonly<Partial<Record<ReadingField, unknown>>>;
};

/** Whether a name means a model's file; else it means a run. */
export function isModelFile(reference: string): boolean {
  return reference.endsWith(".onnx");
}

/** Throws `UsageError` for values that cannot be meant, and for options of a file where a run's record answers. */
export function trainedRequest(reference: string, question: TrainedQuestion): TrainedRequest {
  const { fields, output, ...asked } = question;
  const isFile = isModelFile(reference);
  const given = { output, ...fields };
  const stray = (["output", ...Object.keys(lossFields)] as (keyof typeof given)[]).find(
    (name) => given[name] !== undefined,
  );
  if (!isFile && stray !== undefined)
    throw new UsageError(`${option(stray)}: expected an .onnx file, got a run, whose record says it; leave it out`);
  const data = typeof asked.data === "string" ? asked.data : "iris";
  const picked = Object.fromEntries(readingFields.map((field) => [field, fields[field]]));
  const reading = resolveConfiguration({ ...picked, output, model: isFile ? reference : "mlp", data }, {});
  return { ...asked, reading };
}
