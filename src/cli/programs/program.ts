import { sayErrorsIn } from "../../text/errorWords.ts";
import { Command, type CommandUnknownOpts, type Option } from "../commander.ts";
import { languageOf, languageOption, takeLanguage } from "../language.ts";
import { version } from "../version.ts";
import { declareNegations } from "./booleans.ts";
import { type CommandRow, commandTable, declared } from "./commandTable.ts";

const examples = `
Examples:
  batchscope train --model mlp --data iris --epochs 20
  batchscope analyze latest --checkpoint all
  batchscope report latest`;

/**
 * The commands, with options and help of those whose names are among `words`, by default of all: the others are only
 * listed, so that what they need is not loaded. What a command does is loaded when it runs.
 */
export async function program(words?: readonly string[], onHangupKnown: () => void = () => {}): Promise<Command> {
  const root = new Command("batchscope")
    .description("A laboratory for mini-batch training: exact gradient accumulation and what the batch gradients say.")
    .version(version(), "--version", "print the version")
    .hook("preAction", async (_root, command) => {
      takeLanguage(command as unknown as Command);
      await sayErrorsIn(languageOf(process.env));
      const isLong = !quick.has(command.name());
      if (isLong) await beLong();
      onHangupKnown();
      // What was given is looked at before anything is asked, and again with the answers.
      await requireGiven(command);
      if (!isLong || !(await import("../questions/needs.ts")).mayAsk(command)) return;
      await (await import("../questions/complete.ts")).complete(command);
      await requireGiven(command);
    });
  root.addHelpText("after", examples);
  for (const row of commandTable) {
    const isMeant = words === undefined || words.includes(row.name);
    root.addCommand(isMeant ? prepared(await declared(row)) : listed(row));
  }
  return quiet(root as unknown as Command);
}

/** What says nothing of options, and is to be there at once. */
const quick: ReadonlySet<string> = new Set(["list", "models"]);

/** What commands need that say something of options, or take long enough for their terminal to end before they do. */
async function beLong(): Promise<void> {
  const { ignoreHangup, ignoresHangup } = await import("../hangup.ts");
  if (ignoresHangup(process.env)) ignoreHangup();
  await import("../flagNames.ts");
}

/** A command of which only the list of commands is printed. */
function listed({ name, operands = "", about, isGroup }: CommandRow): Command {
  const command = new Command(name).description(about) as unknown as Command;
  if (operands !== "") command.arguments(operands);
  if (!isGroup) command.addOption(languageOption() as unknown as Option);
  return command;
}

/** Throws `UsageError` for a number beyond its bound, or nothing where a value belongs. */
async function requireGiven(command: CommandUnknownOpts): Promise<void> {
  if (!isToCheck(command)) return;
  // What values may be stands beside the options of train.
  const { requireBounds, requireValues } = await import("../requireBounds.ts");
  requireBounds(command);
  requireValues(command);
}

/** Whether a number was given, or nothing where a value belongs; defaults are as they should be. */
function isToCheck(command: CommandUnknownOpts): boolean {
  return command.options.some((option) => {
    const name = option.attributeName();
    const given = [command.getOptionValue(name)].flat();
    return command.getOptionValueSource(name) !== "default" && given.some((value) => /^\s*$|\d/.test(String(value)));
  });
}

/** The command and those below it with what every command has. */
function prepared(command: Command): Command {
  // One that holds commands hands their options on.
  if (command.commands.length === 0 && !command.options.some(({ long }) => long === "--lang"))
    command.addOption(languageOption() as unknown as Option);
  command.options.forEach(describeValue);
  declareNegations(command);
  command.commands.forEach((inner) => void prepared(inner as unknown as Command));
  return quiet(command);
}

/** `reportError` prints what is wrong, on one line. */
function quiet(command: Command): Command {
  return command
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
}

/** `--help` shows defaults as one types them, and says what must be given. */
function describeValue(option: Option): void {
  if (typeof option.defaultValue === "string") option.defaultValueDescription ??= option.defaultValue;
  if (option.mandatory && option.defaultValue === undefined) option.description += " (must be given)";
}
