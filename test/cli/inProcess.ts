import type { CommandUnknownOpts as Command } from "@commander-js/extra-typings";
import { normalizeArguments } from "../../src/cli/arguments.ts";
import { errorText, exitCodeOf } from "../../src/cli/exit.ts";
import { languageAsked } from "../../src/cli/language.ts";
import { booleanFlags } from "../../src/cli/programs/booleans.ts";
import { program } from "../../src/cli/programs/program.ts";
import { sayErrorsIn } from "../../src/text/errorWords.ts";

const everything = (await program()) as unknown as Command;

/** How a command line ends that is refused: without a process of its own, for lines that start no training. */
export interface Refusal {
  readonly code: number;
  /** As stderr would get it; nothing where the line was not refused. */
  readonly text: string;
  /** That the process would end with where nothing was refused. */
  readonly exitCode: number;
  /** What the command said on stderr before it ended. */
  readonly said: string;
  /** What it printed on stdout. */
  readonly printed: string;
}

/** Runs a command line here. */
export async function tryHere(...argv: readonly string[]): Promise<Refusal> {
  const written = [process.stdout.write, process.stderr.write] as const;
  const { BATCHSCOPE_LANG: language } = process.env;
  let [said, printed] = ["", ""];
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  process.stderr.write = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  try {
    const command = quiet((await program(argv)) as unknown as Command);
    await command.parseAsync(normalizeArguments(argv, booleanFlags(command)), { from: "user" });
    return { code: 0, exitCode: Number(process.exitCode ?? 0), text: "", said, printed };
  } catch (error) {
    await sayErrorsIn(languageAsked(argv, process.env));
    const code = exitCodeOf(error);
    return { code, exitCode: code, text: errorText(error, false), said, printed };
  } finally {
    [process.stdout.write, process.stderr.write] = written;
    process.exitCode = undefined;
    // What `--lang` says holds for one command line.
    if (language === undefined) delete process.env.BATCHSCOPE_LANG;
    else process.env.BATCHSCOPE_LANG = language;
  }
}

/** The same in another folder: not beside tests of the same file. */
export async function tryIn(folder: string, ...argv: readonly string[]): Promise<Refusal> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await tryHere(...argv);
  } finally {
    process.chdir(before);
  }
}

function quiet(command: Command): Command {
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  command.commands.forEach(quiet);
  return command;
}

/** Every command that does something, with the words that call it. */
export function everyCommand(): { readonly words: readonly string[]; readonly command: Command }[] {
  const below = (command: Command, words: readonly string[]): ReturnType<typeof everyCommand> =>
    command.commands.length === 0
      ? [{ words, command }]
      : command.commands.flatMap((inner) => below(inner, [...words, inner.name()]));
  return below(everything, []);
}
