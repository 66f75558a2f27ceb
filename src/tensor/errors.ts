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

/** A finding of a kind that is to end the run. Exit code 3. */
export class FindingError extends Error {
  override name = "FindingError";
}

/** A run, checkpoint, data set or file that is not there. Exit code 4. */
export class NotFoundError extends Error {
  override name = "NotFoundError";
}

/** An engine that cannot be loaded on this machine. Exit code 5. */
export class EngineUnavailableError extends Error {
  override name = "EngineUnavailableError";
}

/** A server that a work needs and that cannot be reached. Exit code 5. */
export class ServiceUnavailableError extends Error {
  override name = "ServiceUnavailableError";
}

/**
 * An option in an error or a remark, by its name in a configuration: `` `batchSize` ``. Where there is a command line,
 * it prints the flag instead (`spellOptions`); pages and callers of the library read the name.
 */
export function option(name: string): string {
  return `\`${name}\``;
}

/** `text` with the options that it names as `spelling` has them; what that does not know stays as it is. */
export function spellOptions(text: string, spelling: (name: string) => string | undefined): string {
  return text.replace(/`([a-z][A-Za-z0-9]*)`/g, (marked, name: string) => spelling(name) ?? marked);
}
