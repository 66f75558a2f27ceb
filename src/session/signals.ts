import { InterruptedError } from "./ends.ts";
import { exitCodeOfSignal, requests, type StopSignal } from "./stopSignals.ts";

/**
 * Two signals within this time are one, sent twice: by the terminal to a whole group, and by the parent process to its
 * child.
 */
const TOGETHER_MILLISECONDS = 500;

/** What a long work listens to: the first request lets it end in order, the second ends it at once. */
export interface Signals {
  readonly aborted: AbortSignal;
  received(): StopSignal | undefined;
  stopListening(): void;
}

/** Listens to these signals; `tell` is told of each that counts, and whether it is a request or a warning. */
export function listenTo(
  heard: readonly StopSignal[],
  tell: (signal: StopSignal, isRequest: boolean) => void = () => {},
): Signals {
  const controller = new AbortController();
  let received: StopSignal | undefined;
  let requested: StopSignal | undefined;
  let at = 0;
  const listen = (signal: StopSignal) => {
    const isRequest = requests.some((one) => one === signal);
    if (received && (!isRequest || performance.now() - at < TOGETHER_MILLISECONDS)) return;
    if (requested) stopAtOnce(requested);
    if (isRequest) requested = signal;
    received ??= signal;
    at = performance.now();
    tell(signal, isRequest);
    controller.abort(new InterruptedError(received));
  };
  for (const signal of heard) process.on(signal, listen);
  return {
    aborted: controller.signal,
    received: () => received,
    stopListening: () => {
      for (const signal of heard) process.off(signal, listen);
    },
  };
}

/**
 * `process.exit` would wait for the graph that runs on another thread, which may take minutes; the signal itself does
 * not.
 */
function stopAtOnce(signal: StopSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The first process of a container is immune to it.
  process.exit(exitCodeOfSignal(signal));
}
