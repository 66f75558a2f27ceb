import { type Command, Option } from "@commander-js/extra-typings";
import { type FieldSpelling, trainAliases, trainFields } from "../../session/options/fields.ts";
import { lossFields } from "../../session/options/loss.ts";
import { optimizerFields } from "../../session/options/optimizerOptions.ts";
import { readerFields } from "../../session/options/readerOptions.ts";
import { scheduleFields } from "../../session/options/scheduleOptions.ts";
import { sequenceFields } from "../../session/options/sequenceOptions.ts";
import { languageOption } from "../language.ts";

/** Names of the Boolean flags of `train`, as `normalizeArguments` wants them. */
export const trainBooleans: ReadonlySet<string> = new Set([
  ...Object.values(trainFields)
    .filter(({ kind }) => kind === "boolean")
    .map(({ flags }) => flags.slice(2)),
  "print-config",
  "dry-run",
]);

/** Declares `--loss` and its options as `train` has them, on another command. */
export function declareLossOptions(command: Command): void {
  for (const field of lossFields)
    command.addOption(new Option(trainFields[field].flags, trainFields[field].help).helpGroup(headingOf(field)));
}

/** Declares `--optimizer` and the options of optimizers, all but the learning rate, on another command. */
export function declareOptimizerOptions(command: Command): void {
  for (const [field, { flags, kind, help }] of Object.entries(optimizerFields)) {
    if (field === "learningRate") continue;
    const option = new Option(flags, help).helpGroup(headingOf(field));
    command.addOption(kind === "list" ? option.argParser(collect) : option);
  }
}

/** Every value of an option that may be repeated. */
export const collect = (value: string, before: string[] = []) => [...before, value];

/** Declares every option of `train`, its aliases and `--config` on a command, without reading any text. */
export function declareTrainOptions(command: Command): void {
  command.option("-c, --config <file>", "YAML file with any of these options; flags go before it");
  command.option("--resume <run>", 'go on with this run ("latest", an id or a path) from its newest checkpoint');
  command.addOption(
    new Option("--set <key=value>", "any option by its key in a file; may be repeated").argParser(collect),
  );
  command.option("--print-config", "print the configuration with every default, as --config reads it, and do nothing");
  command.option("--dry-run", "check model and data, say what would be trained, and do nothing");
  for (const [field, { flags, kind, help }] of fieldsInOrder()) {
    const option = new Option(flags, help).helpGroup(headingOf(field));
    command.addOption(kind === "list" ? option.argParser(collect) : option);
    if (kind === "boolean") command.addOption(new Option(flags.replace("--", "--no-")).hideHelp());
    // The field's own name too, so that a configuration can be written as a command line and read again.
    if (kind === "list") command.addOption(new Option(flags.replace(" ", "s ")).hideHelp().argParser(collect));
  }
  command.addOption(languageOption() as unknown as Option);
  for (const [alias, field] of Object.entries(trainAliases)) {
    const name = alias.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const flags = trainFields[field].flags.replace(/^--\S+/, `--${name}`);
    // `--tag` is the list's own flag already.
    if (flags !== trainFields[field].flags) command.addOption(new Option(flags).hideHelp());
  }
}

/** Declares how files, series and texts are read on a command that takes `--data`. */
export function declareDataOptions(command: Command): void {
  for (const [field, { flags, help }] of Object.entries({ ...readerFields, ...sequenceFields }))
    command.addOption(new Option(flags, help).helpGroup(headingOf(field)));
}

/** What would be lost among all the others under "Options:". */
const headings: readonly (readonly [heading: string, fields: readonly string[]])[] = [
  [
    "Options of the batch:",
    [
      ...["batchSize", "gradientAccumulationSteps", "enableAutoGradientAccumulation", "targetBatchSize"],
      ...["accumulationSchedule", "maxAccumulationSteps", "accumulationRatio", "accumulationMayShrink"],
      ...["lrScale", "baseBatchSize", "noiseScale"],
    ],
  ],
  [
    "Options of length, evaluations and checkpoints:",
    [
      ...["epochs", "steps", "evaluateEvery", "evaluateSteps", "monitor", "patience", "minimumDelta", "stopAccuracy"],
      ...["checkpointEvery", "checkpointSteps", "checkpointMinutes", "keepCheckpoints"],
    ],
  ],
  [
    "Options of averaged weights:",
    [...["swaStart", "swaPeriod", "swapWorkers", "swapEpochs", "swapBatchSize", "swapLearningRate", "swapSchedule"]],
  ],
];

/** What most runs need stands first. */
const order = [
  "Options:",
  "Options of the batch:",
  "Options of length, evaluations and checkpoints:",
  "Optimizer options:",
  "Learning-rate schedule options:",
  "Loss options:",
  "Options of averaged weights:",
];

/** The fields of `train` in the order in which `--help` lists them. */
export function fieldsInOrder(): readonly [string, FieldSpelling][] {
  const place = ([field]: readonly [string, FieldSpelling]) => {
    const at = order.indexOf(headingOf(field));
    return at < 0 ? order.length : at;
  };
  return Object.entries(trainFields).toSorted((a, b) => place(a) - place(b));
}

/** Where `--help` lists a field. */
export function headingOf(field: string): string {
  if (Object.hasOwn(optimizerFields, field)) return "Optimizer options:";
  if ((lossFields as readonly string[]).includes(field)) return "Loss options:";
  if (Object.hasOwn(readerFields, field) || field === "augment") return "Options of tables, arrays and images:";
  if (Object.hasOwn(sequenceFields, field)) return "Options of time series and texts:";
  if (Object.hasOwn(scheduleFields, field)) return "Learning-rate schedule options:";
  return headings.find(([, fields]) => fields.includes(field))?.[0] ?? "Options:";
}
