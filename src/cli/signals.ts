/** What a long command listens to: the first Ctrl-C or termination request lets it end in order, the second ends it at once. */
export interface Signals {
  readonly aborted: AbortSignal;
  received(): "SIGINT" | "SIGTERM" | undefined;
  stopListening(): void;
}

export function onSignals(): Signals {
  const controller = new AbortController();
  let received: "SIGINT" | "SIGTERM" | undefined;
  const listen = (signal: "SIGINT" | "SIGTERM") => {
    if (received) process.exit(received === "SIGINT" ? 130 : 143);
    received = signal;
    process.stderr.write("\nstopping after this update; once more to stop at once\n");
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
