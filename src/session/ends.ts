import {
  DataError,
  DivergedError,
  EngineUnavailableError,
  FindingError,
  NotFoundError,
  ServiceUnavailableError,
  ShapeError,
  UnsupportedError,
  UsageError,
} from "../tensor/errors.ts";
import { exitCodeOfSignal, type StopSignal } from "./stopSignals.ts";

/** The program was stopped: by Ctrl-C or a cancelled question (SIGINT), or by another signal. Nothing is printed. */
export class InterruptedError extends Error {
  override name = "InterruptedError";
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/** A process that this one started has failed, and has said why unless a signal ended it. */
export class ReportedError extends Error {
  override name = "ReportedError";
  readonly exitCode: number;

  constructor(exitCode: number, signal: NodeJS.Signals | null) {
    super(signal === null ? "" : `train: expected a run to end by itself, got ${signal}; look for want of memory`);
    this.exitCode = exitCode;
  }
}

const codes = [
  [UsageError, 2],
  [ShapeError, 1],
  [DataError, 1],
  [UnsupportedError, 1],
  [DivergedError, 3],
  [FindingError, 3],
  [NotFoundError, 4],
  [EngineUnavailableError, 5],
  [ServiceUnavailableError, 5],
] as const;

/**
 * The exit code of a process that ended with `error`: 1 failure, 2 usage, 3 diverged, 4 not found, 5 engine
 * or server unavailable, 128 and the number of a signal that stopped it.
 */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return exitCodeOfSignal(error.signal);
  if (error instanceof ReportedError) return error.exitCode;
  return codes.find(([type]) => error instanceof type)?.[1] ?? 1;
}

/**
 * What an error says, on one line. One that none of our classes describes is ours, hence `internal:` and its kind.
 */
export function messageOf(error: unknown): string {
  return described(error)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return `internal: ${String(error)}`;
  // What the system refuses is not ours, whether it is reported as it came or in words of our own.
  const refused = [error, error.cause].some((reason) => reason instanceof Error && "syscall" in reason);
  const ours = error instanceof InterruptedError || error instanceof ReportedError;
  if (refused || ours || codes.some(([type]) => error instanceof type)) return error.message;
  return `internal: ${error.name}: ${error.message}; set BATCHSCOPE_DEBUG=1 for the stack`;
}
