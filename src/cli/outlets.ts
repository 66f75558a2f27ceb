/** What `process.stdout` and `process.stderr` are used for here. */
export interface Outlet {
  write(text: string, done: () => void): unknown;
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** A reader that has seen enough, as in `batchscope … | head`, is no failure. */
const LEFT: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET"]);

/**
 * Lets a command go on whatever becomes of its streams: a reader that leaves, a full disk, a terminal that is gone.
 * Messages that stderr does not take are lost (the log of a run has them). Gives what asks, at the end, why stdout did
 * not take the result; undefined where it did, or where its reader left.
 */
export function guardOutlets(stdout: Outlet, stderr: Outlet): () => Promise<Error | undefined> {
  let refused: Error | undefined;
  stderr.on("error", () => {});
  stdout.on("error", (error) => {
    if (!LEFT.has(error.code ?? "")) refused ??= error;
  });
  return async () => {
    await new Promise<void>((resolve) => void stdout.write("", () => resolve()));
    return refused;
  };
}
