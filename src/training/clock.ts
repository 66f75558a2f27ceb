/** At most every so often is progress shown. */
const PROGRESS_MILLISECONDS = 50;

/**
 * Wall time of a run, and of training alone: what passes between `pause` and `resume`, as evaluations and what is done
 * with events, is not training.
 */
export type Clock = ReturnType<typeof startClock>;

/** Starts now. */
export function startClock() {
  const start = performance.now();
  let [paused, pausedAt, shown] = [0, 0, start];
  return {
    seconds: () => (performance.now() - start) / 1000,
    trainingSeconds: () => (performance.now() - start - paused) / 1000,
    pause: () => {
      pausedAt = performance.now();
    },
    resume: () => {
      paused += performance.now() - pausedAt;
    },
    progressIsDue: () => {
      const now = performance.now();
      if (now - shown < PROGRESS_MILLISECONDS) return false;
      shown = now;
      return true;
    },
  };
}

/**
 * Gives signals, timers and what a page has to draw their turn: awaiting a short run alone would never leave the
 * microtask queue. A page has no `setImmediate`, and its timers wait for 4 ms.
 */
export const letOthersRun: () => Promise<void> =
  typeof setImmediate === "function" ? () => new Promise((resolve) => setImmediate(resolve)) : byMessage();

function byMessage(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.addEventListener("message", () => waiting.shift()?.());
  port1.start();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(undefined);
    });
}
