import { InterruptedError, ReportedError } from "../session/ends.ts";
import { exitCodeOfSignal } from "../session/stopSignals.ts";
import {
  DataError,
  DivergedError,
  EngineUnavailableError,
  NotFoundError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "../tensor/errors.ts";
import { printable, printableLines } from "../text/printable.ts";
import { CommanderError } from "./commander.ts";
import { inFlags } from "./inFlags.ts";

const codes = [
  [UsageError, 2],
  [ShapeError, 1],
  [DataError, 1],
  [UnsupportedError, 1],
  [DivergedError, 3],
  [NotFoundError, 4],
  [EngineUnavailableError, 5],
] as const;

/**
 * The exit code of a command that ended with `error`: 1 failure, 2 usage, 3 diverged, 4 not found, 5 engine
 * unavailable, 128 and the number of a signal that stopped it. Asking commander for help or the version is no error: 0.
 */
export function exitCodeOf(error: unknown): number {
  // Commander exits 1 for every mistake on the command line; ours is 2.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedError) return exitCodeOfSignal(error.signal);
  if (error instanceof ReportedError) return error.exitCode;
  return codes.find(([type]) => error instanceof type)?.[1] ?? 1;
}

/**
 * What stderr gets for `error`, without a line end: `batchscope: error: …` on one line, or nothing where nothing went
 * wrong. Control characters of names in it are shown. An error that none of our classes describes is ours, hence
 * `internal:` and its kind. `debug` adds the stack.
 */
export function errorText(error: unknown, debug: boolean): string {
  if (error instanceof InterruptedError || exitCodeOf(error) === 0) return "";
  if (error instanceof ReportedError) return error.message && `batchscope: error: ${printable(inFlags(error.message))}`;
  if (debug && error instanceof Error)
    return `batchscope: error: ${printableLines(inFlags(error.stack ?? error.message))}`;
  return `batchscope: error: ${printable(inFlags(oneLine(describe(error))))}`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `internal: ${String(error)}`;
  if (error instanceof CommanderError) return error.message.replace(/^error: /, "");
  // What the system refuses is not ours, whether it is reported as it came or in words of our own.
  const refused = [error, error.cause].some((reason) => reason instanceof Error && "syscall" in reason);
  if (refused || codes.some(([type]) => error instanceof type)) return error.message;
  return `internal: ${error.name}: ${error.message}; set BATCHSCOPE_DEBUG=1 for the stack`;
}

function oneLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

/** Prints `error` to stderr and gives the exit code. */
export function reportError(error: unknown, stderr: { write(text: string): unknown }, debug: boolean): number {
  const text = errorText(error, debug);
  if (text !== "") stderr.write(`${text}\n`);
  return exitCodeOf(error);
}
