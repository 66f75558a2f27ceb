import { existsSync } from "node:fs";
import { type Command, CommanderError, type CommandUnknownOpts } from "./commander.ts";
import { commandSpellings, needless, spellings } from "./spellings.ts";

/** What stands for a file of an option that takes one, by its ending. */
const endings: readonly (readonly [RegExp, string])[] = [
  [/\.onnx$/i, "--model"],
  [/\.ya?ml$/i, "--config"],
  [/./, "--data"],
];

/**
 * The mistake on the command line `argv` as it is said to someone who knows other tools: which option here is meant, or
 * which a file belongs to. Any other error as it is.
 */
export async function inFamiliarWords(error: unknown, argv: readonly string[], root: Command): Promise<unknown> {
  if (!(error instanceof CommanderError)) return error;
  const command = meant(argv, root as unknown as CommandUnknownOpts);
  const said =
    error.code === "commander.unknownOption"
      ? await ofOption(error.message, command)
      : error.code === "commander.excessArguments"
        ? ofOperand(command)
        : error.code === "commander.unknownCommand"
          ? ofCommand(error.message, argv)
          : undefined;
  return said === undefined ? error : new CommanderError(error.exitCode, error.code, said);
}

function meant(argv: readonly string[], root: CommandUnknownOpts): CommandUnknownOpts {
  const [first, second] = argv.filter((word) => !word.startsWith("-"));
  const outer = root.commands.find((one) => one.name() === first);
  return outer?.commands.find((one) => one.name() === second) ?? outer ?? root;
}

function has(command: CommandUnknownOpts, flag: string): boolean {
  return command.options.some(({ long }) => long === flag);
}

async function ofOption(message: string, command: CommandUnknownOpts): Promise<string | undefined> {
  const [, given = ""] = /unknown option '([^'=]*)/.exec(message) ?? [];
  const ours = called(spellings, given);
  if (ours !== undefined && has(command, ours.split(" ")[0]!)) return `unknown option ${given}: here it is ${ours}`;
  // Of a command that trains.
  const needed = has(command, "--seed") ? called(needless, given) : undefined;
  const instead =
    needed ?? (takesRun(command) && (await isOfTraining(given)) ? "the run that it is given settles it" : undefined);
  return instead === undefined ? undefined : `unknown option ${given}: ${instead}; leave it out`;
}

const takesRun = (command: CommandUnknownOpts) => command.registeredArguments[0]?.name() === "run";

/** The table of options is read where it is asked, as most mistakes need none of it. */
async function isOfTraining(given: string): Promise<boolean> {
  const { trainFields } = await import("../session/options/options.ts");
  return Object.values(trainFields).some(({ flags }) => flags.split(" ")[0] === given);
}

function called(table: typeof spellings, given: string): string | undefined {
  return Object.entries(table).find(([, theirs]) => theirs.includes(given.toLowerCase()))?.[0];
}

/** With the operand that it was given, which mostly is one of ours. */
function ofCommand(message: string, argv: readonly string[]): string | undefined {
  const [, given = ""] = /unknown command '([^']*)'/.exec(message) ?? [];
  const ours = called(commandSpellings, given);
  if (ours === undefined) return undefined;
  const next = argv[argv.indexOf(given) + 1];
  return `unknown command ${given}: here it is ${ours}${next === undefined || next.startsWith("-") ? "" : ` ${next}`}`;
}

function ofOperand(command: CommandUnknownOpts): string | undefined {
  const expected = command.registeredArguments.length;
  const extra = command.args[expected];
  if (extra === undefined) return undefined;
  if (command.name() === "compare")
    return `compare: expected only options, got ${command.args.join(" ")}; \`batchscope judge ${command.args.join(" ")}\` says whether the first is better`;
  const looksLikeFile = /[./\\]/.test(extra) || existsSync(extra);
  const flag = looksLikeFile
    ? endings.find(([ending, name]) => ending.test(extra) && has(command, name))?.[1]
    : undefined;
  if (flag === undefined) return undefined;
  const takes = expected === 0 ? "only options" : `${expected} word${expected > 1 ? "s" : ""} beside its options`;
  return `${command.name()}: expected ${takes}, got ${extra}; pass ${flag} ${extra}`;
}
