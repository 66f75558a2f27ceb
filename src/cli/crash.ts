import { reportError } from "./exit.ts";

type Mark = (reason: string) => void;

const marks = new Set<Mark>();

/**
 * `mark` writes down that what is under way has failed, should this process fail where nobody catches it. Gives what
 * undoes that.
 */
export function onCrash(mark: Mark): () => void {
  marks.add(mark);
  return () => void marks.delete(mark);
}

/** Ends the process with one line on stderr, should anything be thrown that nobody catches. */
export function reportCrashes(debug: boolean): void {
  const crash = (error: unknown) => {
    for (const mark of marks) {
      try {
        mark(`internal: ${error instanceof Error ? error.message : String(error)}`);
      } catch {
        // A full disk may not even take the reason.
      }
    }
    process.exit(reportError(error, process.stderr, debug));
  };
  process.on("uncaughtException", crash).on("unhandledRejection", crash);
}
