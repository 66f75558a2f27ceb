import { z } from "zod";
import { type OptimizerEntry, type OptimizerName, optimizers } from "../../optimizer/optimizers.ts";
import { loopFields } from "./loopOptions.ts";
import { lossFields } from "./lossOptions.ts";
import { optimizerFields, optimizerNames } from "./optimizerOptions.ts";
import { type OptionRow, shapeOf } from "./option.ts";
import { readerFields } from "./readerOptions.ts";
import { augmentFields, lengthFields, runFields, subjectFields } from "./runOptions.ts";
import { scaleFields } from "./scaleOptions.ts";
import { scheduleFields } from "./scheduleOptions.ts";
import { sequenceFields } from "./sequenceOptions.ts";
import { swapFields } from "./swapOptions.ts";

/** What reads a configuration, made of the schemas of the options' rows: this alone loads zod. */

type Rows = typeof optimizerFields;

/** What an optimizer is told. */
type OptimizerShape<Name extends OptimizerName> = {
  readonly [Field in
    | Extract<keyof (typeof optimizers)[Name]["options"], keyof Rows>
    | "learningRate"
    | "weightDecay"]: z.ZodDefault<ReturnType<Rows[Field]["schema"]>>;
} & { readonly [Field in "decayWeightsOnly" | "parameterRates"]: ReturnType<Rows[Field]["schema"]> };

function optimizerShape<Name extends OptimizerName>(name: Name): OptimizerShape<Name> {
  const { learningRate, weightDecay = 0, options, above0: strict = [] } = optimizers[name] as OptimizerEntry;
  const { decayWeightsOnly, parameterRates } = optimizerFields;
  const rows: Readonly<Record<string, OptionRow>> = optimizerFields;
  const own = Object.entries(options).map(([option, value]) => {
    const schema = rows[option]!.schema(z);
    const domain = strict.includes(option) ? (schema as z.ZodNumber).gt(0) : schema;
    return [option, domain.default(value)];
  });
  return {
    learningRate: optimizerFields.learningRate.schema(z).default(learningRate),
    weightDecay: optimizerFields.weightDecay.schema(z).default(weightDecay),
    decayWeightsOnly: decayWeightsOnly.schema(z),
    parameterRates: parameterRates.schema(z),
    ...Object.fromEntries(own),
  } as unknown as OptimizerShape<Name>;
}

/** The options of each optimizer, with its defaults. */
export const optimizerShapes = Object.fromEntries(
  optimizerNames.map((name) => [name, optimizerShape(name)]),
) as unknown as {
  readonly [Name in OptimizerName]: OptimizerShape<Name>;
};

/** What every configuration has, in the order in which it is written. */
const common = {
  ...shapeOf(z, scheduleFields),
  ...shapeOf(z, loopFields),
  ...shapeOf(z, scaleFields),
  ...shapeOf(z, swapFields),
  ...shapeOf(z, lossFields),
  ...shapeOf(z, sequenceFields),
  ...shapeOf(z, readerFields),
  ...shapeOf(z, augmentFields),
  ...shapeOf(z, subjectFields),
  ...shapeOf(z, lengthFields),
  ...shapeOf(z, runFields),
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
