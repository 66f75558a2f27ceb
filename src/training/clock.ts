/** At most every so often is progress shown. */
const PROGRESS_MILLISECONDS = 50;

/** Wall time of a run, and of training alone: what passes between `pause` and `resume` is not training. */
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

/** Gives signals and timers their turn: awaiting a short run alone would never leave the microtask queue. */
export function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
