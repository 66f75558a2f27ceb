import { UsageError } from "../tensor/errors.ts";

/**
 * The number that a text says in decimal digits: NaN for what else `Number` would take, as "", "0x10" or " 5 ". Never
 * −0, which no option means.
 */
export function decimal(text: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) + 0 : Number.NaN;
}

/**
 * The value of a flag that counts something. Throws `UsageError` naming the flag for anything but a whole number ≥
 * `least`.
 */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new UsageError(`${flag}: expected a whole number of at least ${least}, got "${text}"; change it`);
  return value;
}
