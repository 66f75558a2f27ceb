import type { Child } from "../session/childRun.ts";
import { listenTo, type Signals } from "../session/signals.ts";
import { stopSignals } from "../session/stopSignals.ts";
import { commandsIn } from "../text/commandsText.ts";
import { hangupIsIgnored } from "./hangup.ts";
import { languageOf } from "./language.ts";

/** As `listenTo`, and says so on stderr: `stopping` is what the command still finishes and what it keeps. */
export function onSignals(stopping: string): Signals {
  const heard = stopSignals.filter((signal) => signal !== "SIGHUP" || !hangupIsIgnored());
  return listenTo(heard, (signal, isRequest) => {
    const text = commandsIn(languageOf(process.env)).stopping;
    process.stderr.write(`\n${isRequest ? text.asked(stopping) : text.told(signal, stopping)}\n`);
  });
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
