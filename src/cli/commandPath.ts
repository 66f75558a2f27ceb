import { didYouMean } from "../tensor/suggest.ts";
import { CommanderError, type CommandUnknownOpts } from "./commander.ts";

/** Options of nearly every command, which some write before its name; whether a value follows. */
const common: Readonly<Record<string, boolean>> = { "--lang": true, "--dir": true, "--json": false };

/**
 * A command line as it is understood: the command's names first, `help` as a flag. Throws `CommanderError` as
 * `requireCommand`.
 */
export function understood(argv: readonly string[], root: CommandUnknownOpts): readonly string[] {
  const line = namesFirst(helpAsFlag(argv), root);
  requireCommand(line, root);
  return line;
}

/** `help train all` as `train --help all`, and a line without any command as `--help`. */
export function helpAsFlag(argv: readonly string[]): readonly string[] {
  if (leadingOptions(argv) >= argv.length) return ["--help", ...argv];
  if (argv[0] !== "help") return argv;
  const command = argv.slice(1).filter((word) => word !== "all");
  return [...command, "--help", ...(argv.includes("all") ? ["all"] : [])];
}

/**
 * The command line with the names of the command, and of the one below it, before every option: `--lang zh runs` as
 * `runs --lang zh`.
 */
export function namesFirst(argv: readonly string[], root: CommandUnknownOpts): readonly string[] {
  if (root.commands.length === 0) return argv;
  const at = leadingOptions(argv);
  const inner = find(root, argv[at]);
  if (inner === undefined) return argv;
  return [argv[at]!, ...namesFirst([...argv.slice(0, at), ...argv.slice(at + 1)], inner)];
}

/** How many words the common options take that a command line begins with. */
export function leadingOptions(argv: readonly string[]): number {
  let at = 0;
  while (at < argv.length) {
    const [name = "", value] = argv[at]!.split(/=(.*)/s);
    if (!Object.hasOwn(common, name)) break;
    at += common[name] && value === undefined ? 2 : 1;
  }
  return at;
}

const find = (command: CommandUnknownOpts, name: string | undefined) =>
  command.commands.find((one) => one.name() === name);

/**
 * Throws `CommanderError`, with the name that may be meant, where the words that a command line begins with are no
 * command, also where they are asked for help.
 */
export function requireCommand(argv: readonly string[], root: CommandUnknownOpts): void {
  let command = root;
  for (const word of argv) {
    if (command.commands.length === 0 || word.startsWith("-")) return;
    const inner = find(command, word);
    if (inner === undefined) throw unknown(word, command);
    command = inner;
  }
}

function unknown(word: string, command: CommandUnknownOpts): CommanderError {
  const names = command.commands.map((one) => one.name());
  const group = command.parent === null ? "" : `${command.name()}: `;
  const hint = didYouMean(word, names) || `; choose one of ${names.join(", ")}`;
  return new CommanderError(1, "commander.unknownCommand", `${group}unknown command '${word}'${hint}`);
}
