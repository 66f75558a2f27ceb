import type { StopSignal } from "./stopSignals.ts";

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
