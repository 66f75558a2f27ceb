/** Two signals within this time are one, sent twice: by the terminal to a whole group, and by the parent process to its child. */
const TOGETHER_MILLISECONDS = 500;

/** What a long command listens to: the first Ctrl-C or termination request lets it end in order, the second ends it at once. */
export interface Signals {
  readonly aborted: AbortSignal;
  received(): "SIGINT" | "SIGTERM" | undefined;
  stopListening(): void;
}

/** `unit` is what a long command does not leave half done. */
export function onSignals(unit = "update"): Signals {
  const controller = new AbortController();
  let received: "SIGINT" | "SIGTERM" | undefined;
  let at = 0;
  const listen = (signal: "SIGINT" | "SIGTERM") => {
    if (received && performance.now() - at < TOGETHER_MILLISECONDS) return;
    if (received) process.exit(received === "SIGINT" ? 130 : 143);
    received = signal;
    at = performance.now();
    process.stderr.write(`\nstopping after this ${unit}; once more to stop at once\n`);
    controller.abort();
  };
  process.on("SIGINT", listen).on("SIGTERM", listen);
  return {
    aborted: controller.signal,
    received: () => received,
    stopListening: () => {
      process.off("SIGINT", listen).off("SIGTERM", listen);
    },
  };
}
