/**
 * The errors that callers tell apart. Every message is one line, `Name: expected …, got …; what to do`.
 * The command line maps each class to an exit code (`cli/exit.ts`); a library user catches the class.
 */

/** A flag, option or combination of them that cannot be meant. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Two shapes or element types that do not fit. Exit code 1. */
export class ShapeError extends Error {
  override name = "ShapeError";
}

/** A file whose contents are damaged or not what its format says. Exit code 1. */
export class DataError extends Error {
  override name = "DataError";
}

/** A model that uses what is not supported; the message lists everything at once. Exit code 1. */
export class UnsupportedError extends Error {
  override name = "UnsupportedError";
}

/** A loss or a parameter that is no longer a finite number. Exit code 3. */
export class DivergedError extends Error {
  override name = "DivergedError";
}

/** A run, checkpoint, data set or file that is not there. Exit code 4. */
export class NotFoundError extends Error {
  override name = "NotFoundError";
}

/** An engine that cannot be loaded on this machine. Exit code 5. */
export class EngineUnavailableError extends Error {
  override name = "EngineUnavailableError";
}
