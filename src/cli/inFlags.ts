import { spellOptions } from "../tensor/errors.ts";
import { functionNames } from "./functionNames.ts";

let spelling: (name: string) => string | undefined = () => undefined;

/**
 * From now on options are spelled so. `flagNames.ts` does it when it is loaded, which a list of runs can do without.
 */
export function spellWith(flagOf: (name: string) => string | undefined): void {
  spelling = flagOf;
}

let completion = (text: string): string => text;

/** From now on commands are completed so. `printedCommands.ts` does it when it is loaded, as few texts have any. */
export function completeWith(completed: (text: string) => string): void {
  completion = completed;
}

/**
 * An error or a remark, in its language, as the command line says it: with the flags of the options, and the commands,
 * that it names. The first flag stands before all where a function of ours did.
 */
export function inFlags(text: string): string {
  return completion(spellOptions(withoutFunction(text), spelling));
}

function withoutFunction(text: string): string {
  const [, name = "", colon = "", rest = ""] = /^(\w+)(: (?=expected )|：(?=应))(.*)$/s.exec(text) ?? [];
  if (!isFunction(name)) return text;
  const known = Object.hasOwn(functionNames, name) ? functionNames[name] : null;
  const named = [known, ...[...rest.matchAll(/`([a-z][A-Za-z0-9]*)`/g)].map(([, word]) => word)];
  const option = named.find((word) => word && spelling(word) !== undefined);
  return option ? `\`${option}\`${colon}${rest}` : rest;
}

/** What the user has written himself, as the name of a folder, is no function's. */
function isFunction(name: string): boolean {
  const isOurs = Object.hasOwn(functionNames, name) || /^[a-z]+[A-Z]\w*$/.test(name);
  return isOurs && !process.argv.some((word) => word.includes(name));
}
