import type { Child } from "../session/childRun.ts";
import { InterruptedError } from "../session/ends.ts";
import { exitCodeOfSignal, requests, type StopSignal, stopSignals } from "../session/stopSignals.ts";
import { commandsIn } from "../text/commandsText.ts";
import { hangupIsIgnored } from "./hangup.ts";
import { languageOf } from "./language.ts";

/**
 * Two signals within this time are one, sent twice: by the terminal to a whole group, and by the parent process to its
 * child.
 */
const TOGETHER_MILLISECONDS = 500;

/** What a long command listens to: the first request lets it end in order, the second ends it at once. */
export interface Signals {
  readonly aborted: AbortSignal;
  received(): StopSignal | undefined;
  stopListening(): void;
}

/** `stopping` says what the command still finishes and what it keeps, as "stopping after this update". */
export function onSignals(stopping: string): Signals {
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
    const text = commandsIn(languageOf(process.env)).stopping;
    process.stderr.write(`\n${isRequest ? text.asked(stopping) : text.told(signal, stopping)}\n`);
    controller.abort(new InterruptedError(received));
  };
  const heard = stopSignals.filter((signal) => signal !== "SIGHUP" || !hangupIsIgnored());
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
 * Sends a child what this process is sent, until it has ended. It takes two that come together, from a terminal and
 * from here, for one.
 */
export function passSignals(child: Child): () => void {
  for (const signal of stopSignals) process.on(signal, child.kill);
  return () => {
    for (const signal of stopSignals) process.off(signal, child.kill);
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
