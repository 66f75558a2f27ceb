/** Where a parent of ours that holds a channel to this process is gone, however it ended, this ends as on SIGTERM. */
export function endWithParent(): void {
  if (process.channel === undefined) return;
  hasParent = true;
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
  // Listening alone is no reason to stay alive.
  process.channel.unref();
}

let hasParent = false;

/**
 * Tells such a parent in which store this process trains, so that it can write down there how it ended, should it be
 * killed.
 */
export function tellParent(store: string): void {
  // One that is gone needs to know nothing.
  if (hasParent) process.send?.({ store }, () => {});
}
