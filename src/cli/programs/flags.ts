import { lossFields } from "../../session/options/lossOptions.ts";
import { optimizerFields } from "../../session/options/optimizerOptions.ts";
import type { OptionRow } from "../../session/options/option.ts";
import { fieldsInOrder, trainAliases, trainFields } from "../../session/options/options.ts";
import { readerFields } from "../../session/options/readerOptions.ts";
import { sequenceFields } from "../../session/options/sequenceOptions.ts";
import { kebab } from "../../tensor/kebab.ts";
import { type Command, Option } from "../commander.ts";
import "../flagNames.ts";
import { inFlags } from "../inFlags.ts";
import { languageOption } from "../language.ts";

/** An option as its row says it. */
export function optionOf({ flags, kind, help, heading }: OptionRow): Option {
  const option = new Option(flags, inFlags(help)).helpGroup(heading);
  return kind === "list" ? option.argParser(collect) : option;
}

/** Declares `--loss` and its options as `train` has them, on another command. */
export function declareLossOptions(command: Command): void {
  for (const row of Object.values(lossFields)) command.addOption(optionOf(row));
}

/** Declares `--optimizer` and the options of optimizers, all but the learning rate, on another command. */
export function declareOptimizerOptions(command: Command): void {
  const { learningRate: _, ...others } = optimizerFields;
  for (const row of Object.values(others)) command.addOption(optionOf(row));
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
  for (const [, row] of fieldsInOrder) {
    const { flags, kind } = row;
    command.addOption(optionOf(row));
    // The field's own name too, so that a configuration can be written as a command line and read again.
    if (kind === "list") command.addOption(new Option(flags.replace(" ", "s ")).hideHelp().argParser(collect));
  }
  command.addOption(languageOption() as unknown as Option);
  for (const [alias, field] of Object.entries(trainAliases)) {
    const flags = trainFields[field].flags.replace(/^--\S+/, `--${kebab(alias)}`);
    // `--tag` is the list's own flag already.
    if (flags !== trainFields[field].flags) command.addOption(new Option(flags).hideHelp());
  }
}

/** Declares how files, series and texts are read on a command that takes `--data`. */
export function declareDataOptions(command: Command): void {
  for (const row of Object.values({ ...readerFields, ...sequenceFields })) command.addOption(optionOf(row));
}
