import { UsageError } from "../tensor/errors.ts";

/** The value of a flag that counts something. Throws `UsageError` naming the flag for anything but a whole number ≥ `least`. */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least)
    throw new UsageError(`${flag}: expected a whole number of at least ${least}, got "${text}"; change it`);
  return value;
}
