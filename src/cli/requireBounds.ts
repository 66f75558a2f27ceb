import type { CommandUnknownOpts as Command } from "@commander-js/extra-typings";
import { bounds, requireBound, requireThreads } from "../session/bounds.ts";
import { decimal } from "../session/numbers.ts";
import { UsageError } from "../tensor/errors.ts";

/**
 * Looks at every number that the options of a command were given, before the command does anything; `aliases` are other names of an
 * option. What is no number is left to the command. Throws as `requireBound`.
 */
export function requireBounds(command: Command, aliases: Readonly<Record<string, string>>): void {
  for (const option of command.options) {
    const given: unknown = command.getOptionValue(option.attributeName());
    const name = aliases[option.attributeName()] ?? option.attributeName();
    if (typeof given !== "string" || !Object.hasOwn(bounds, name)) continue;
    for (const value of given.split(",").map(decimal)) {
      requireBound(name, option.long!, value);
      if (name === "threads") requireThreads(option.long!, value);
    }
  }
}

/** Throws `UsageError` for an option of a command that names a file or a folder and was given nothing, which would be as if left out. */
export function requirePaths(command: Command): void {
  for (const option of command.options) {
    const [, kind] = /<(file|folder|path)>$/.exec(option.flags) ?? [];
    const given: unknown = command.getOptionValue(option.attributeName());
    if (kind !== undefined && typeof given === "string" && given.trim() === "")
      throw new UsageError(
        `${option.long}: expected a ${kind}, got ${JSON.stringify(given)}; name it, or leave it out`,
      );
  }
}
