import { spellOptions } from "../tensor/errors.ts";

let spelling: (name: string) => string | undefined = () => undefined;

/**
 * From now on options are spelled so. `flagNames.ts` does it when it is loaded, which a list of runs can do without.
 */
export function spellWith(flagOf: (name: string) => string | undefined): void {
  spelling = flagOf;
}

/** An error or a remark as the command line says it: with the flags of the options that it names. */
export function inFlags(text: string): string {
  return spellOptions(text, spelling);
}
