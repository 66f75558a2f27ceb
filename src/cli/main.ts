import { endWithParent } from "../session/parent.ts";
import { errorInWords, sayErrorsIn } from "../text/errorWords.ts";
import { normalizeArguments } from "./arguments.ts";
import type { CommandUnknownOpts } from "./commander.ts";
import { CommanderError } from "./commander.ts";
import { reportCrashes } from "./crash.ts";
import { exitCodeOf, reportError } from "./exit.ts";
import { languageAsked } from "./language.ts";
import { guardOutlets } from "./outlets.ts";
import { booleanFlags } from "./programs/booleans.ts";
import { program } from "./programs/program.ts";

/** The end of the terminal, held back by the launcher until it is known whether it is to be ignored. */
export interface Hangup {
  /** It has its usual effect from now on, also where it came before. */
  release(): void;
}

/** Runs the command line and gives the exit code; `argv` is without the names of Node and of the script. */
export async function main(argv: readonly string[], hangup?: Hangup): Promise<number> {
  const debug = process.env.BATCHSCOPE_DEBUG === "1";
  const refused = guardOutlets(process.stdout, process.stderr);
  reportCrashes(debug);
  endWithParent();
  const code = await run(argv, debug, hangup);
  const error = await refused();
  if (error === undefined || code !== 0) return code;
  const { say } = await import("./terminal/print.ts");
  const full = `stdout: expected room for the result, got ${error.message}; free some room, or write elsewhere`;
  say(`batchscope: error: ${errorInWords(full)}`);
  return 1;
}

const helpWords: ReadonlySet<string> = new Set(["--help", "-h", "help"]);

/** The help of long commands is short, and in the language asked for. English words stand beside the options. */
async function prepareHelp(root: CommandUnknownOpts, argv: readonly string[]): Promise<void> {
  const language = languageAsked(argv, process.env);
  const words = language === "en" ? null : await (await import("../text/help.ts")).helpIn(language);
  (await import("./help.ts")).shorten(root, argv, words);
  if (words) (await import("./helpInWords.ts")).translate(root, words);
}

/** Options that may stand before the names of a command. */
const common = /^--(lang|dir|json)(=|$)/;

/**
 * Whether a line begins with the names of its command, or with something that is told best as it is. All others are
 * brought to that, or refused, by what is loaded for them alone.
 */
function isPlain([first = "", second = ""]: readonly string[], root: CommandUnknownOpts, asksHelp: boolean): boolean {
  if (first === "help" || common.test(first)) return false;
  const command = root.commands.find((one) => one.name() === first);
  if (command === undefined) return !asksHelp || first === "" || first.startsWith("-");
  if (command.commands.length === 0 || second === "") return true;
  return second.startsWith("-") ? !common.test(second) : command.commands.some((one) => one.name() === second);
}

async function run(words: readonly string[], debug: boolean, hangup: Hangup | undefined): Promise<number> {
  let argv = words;
  let root: Awaited<ReturnType<typeof program>> | undefined;
  try {
    if (argv.length === 0 || common.test(argv[0]!))
      argv = await (await import("./questions/askCommand.ts")).withCommand(argv);
    if (argv.length === 0) argv = ["--help"];
    root = await program(argv, hangup?.release);
    const asksHelp = argv.some((word) => helpWords.has(word));
    if (!isPlain(argv, root as unknown as CommandUnknownOpts, asksHelp))
      argv = (await import("./commandPath.ts")).understood(argv, root as unknown as CommandUnknownOpts);
    if (argv.some((word) => helpWords.has(word))) await prepareHelp(root as unknown as CommandUnknownOpts, argv);
    const line = normalizeArguments(argv, booleanFlags(root));
    await root.parseAsync(line, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (thrown) {
    const isMistaken = root !== undefined && thrown instanceof CommanderError && exitCodeOf(thrown) === 2;
    const error = isMistaken ? await (await import("./familiar.ts")).inFamiliarWords(thrown, argv, root!) : thrown;
    await sayErrorsIn(languageAsked(argv, process.env));
    // The words may name an option.
    if (String(error).includes("`")) await import("./flagNames.ts");
    if (String(error).includes("`batchscope")) await import("./printedCommands.ts");
    return reportError(error, process.stderr, debug);
  }
}
