import { exitCodeOf as codeOf, InterruptedError, messageOf, ReportedError } from "../session/ends.ts";
import { UsageError } from "../tensor/errors.ts";
import { errorInWords } from "../text/errorWords.ts";
import { printable, printableLines } from "../text/printable.ts";
import { CommanderError } from "./commander.ts";
import { inFlags } from "./inFlags.ts";

/** As `exitCodeOf` of sessions. Asking commander for help or the version is no error: 0. */
export function exitCodeOf(error: unknown): number {
  // Commander exits 1 for every mistake on the command line; ours is 2.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return codeOf(error);
}

/**
 * What stderr gets for `error`, without a line end: `batchscope: error: …` on one line, or nothing where nothing went
 * wrong. Control characters of names in it are shown. An error that none of our classes describes is ours, hence
 * `internal:` and its kind. `debug` adds the stack, in English. What begins the line is the same in every language.
 */
export function errorText(error: unknown, debug: boolean): string {
  if (error instanceof InterruptedError || exitCodeOf(error) === 0) return "";
  if (error instanceof ReportedError && error.message === "") return "";
  if (debug && error instanceof Error)
    return `batchscope: error: ${printableLines(inFlags(error.stack ?? error.message))}`;
  return `batchscope: error: ${printable(inFlags(errorInWords(describe(error))))}`;
}

function describe(error: unknown): string {
  if (error instanceof CommanderError) return messageOf(new UsageError(error.message.replace(/^error: /, "")));
  return messageOf(error);
}

/** Prints `error` to stderr and gives the exit code. */
export function reportError(error: unknown, stderr: { write(text: string): unknown }, debug: boolean): number {
  const text = errorText(error, debug);
  if (text !== "") stderr.write(`${text}\n`);
  return exitCodeOf(error);
}
