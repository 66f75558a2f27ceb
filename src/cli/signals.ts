/** Two signals within this time are one, sent twice: by the terminal to a whole group, and by the parent process to its child. */
const TOGETHER_MILLISECONDS = 500;

/** What a long command listens to: the first Ctrl-C or termination request lets it end in order, the second ends it at once. */
export interface Signals {
  readonly aborted: AbortSignal;
  received(): "SIGINT" | "SIGTERM" | undefined;
  stopListening(): void;
}

/** `stopping` says what the command still finishes and what it keeps, as "stopping after this update". */
export function onSignals(stopping: string): Signals {
  const controller = new AbortController();
  let received: "SIGINT" | "SIGTERM" | undefined;
  let at = 0;
  const listen = (signal: "SIGINT" | "SIGTERM") => {
    if (received && performance.now() - at < TOGETHER_MILLISECONDS) return;
    if (received) stopAtOnce(received);
    received = signal;
    at = performance.now();
    process.stderr.write(`\n${stopping}; once more to stop at once\n`);
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

/** `process.exit` would wait for the graph that runs on another thread, which may take minutes; the signal itself does not. */
function stopAtOnce(signal: "SIGINT" | "SIGTERM"): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The first process of a container is immune to it.
  process.exit(signal === "SIGINT" ? 130 : 143);
}
