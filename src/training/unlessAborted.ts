/** What `work` gives, or undefined where it threw the reason of `signal`, which aborts. Throws what else it throws. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}
