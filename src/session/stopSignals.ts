import { constants } from "node:os";

/** A person or a system wants the end: a second one does not wait. */
export const requests = ["SIGINT", "SIGTERM", "SIGQUIT"] as const;

/**
 * A terminal that is gone, or a batch system that warns of the end: may come several times, and the request after it is
 * the first.
 */
export const warnings = ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGXCPU"] as const;

/** What ends a long command in order. */
export type StopSignal = (typeof requests)[number] | (typeof warnings)[number];

export const stopSignals: readonly StopSignal[] = [...requests, ...warnings];

/** As shells count: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP, 138 and 140 for SIGUSR1 and SIGUSR2 on Linux. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0);
}

/** The signal that a process names with its exit code as the reason of an orderly end. */
export function stopSignalOf(exitCode: number): StopSignal | undefined {
  return stopSignals.find((signal) => exitCodeOfSignal(signal) === exitCode);
}
