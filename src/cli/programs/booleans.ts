import { type CommandUnknownOpts as Command, Option } from "../commander.ts";

/** Declares `--no-json` beside `--json` and the like, unseen: `--json false` says it. */
export function declareNegations(command: Command): void {
  for (const option of command.options.filter(isFlag))
    command.addOption(new Option(option.long!.replace("--", "--no-")).hideHelp());
}

/** Names of the Boolean flags of a command and of those below it, as `normalizeArguments` wants them. */
export function booleanFlags(command: Command): Set<string> {
  const own = command.options.filter(isFlag).map((option) => option.name());
  return new Set([...own, ...command.commands.flatMap((inner) => [...booleanFlags(inner)])]);
}

/** `--version` is no option but a question. */
function isFlag(option: Option): boolean {
  return option.isBoolean() && option.name() !== "version";
}
