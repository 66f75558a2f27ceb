import { UsageError } from "../tensor/errors.ts";

/** Throws `UsageError` for an option out of its domain; `owner` is the optimizer or schedule that has it. */
export function requireOption(owner: string, option: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid)
    throw new UsageError(
      `${owner}: expected ${option} to be ${expected}, got ${String(value) || "nothing"}; change it or leave it out`,
    );
}

/** Decays and momentum: 0 ≤ x < 1. */
export function requireFractions(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(options))
    requireOption(owner, option, value, value >= 0 && value < 1, "at least 0 and below 1");
}

/** Finite and x ≥ 0. */
export function requireNotNegative(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(options))
    requireOption(owner, option, value, value >= 0 && Number.isFinite(value), "at least 0");
}

/** Finite and x > 0. What keeps a division by zero away must not be 0 itself. */
export function requirePositive(owner: string, options: Readonly<Record<string, number>>): void {
  for (const [option, value] of Object.entries(options))
    requireOption(owner, option, value, value > 0 && Number.isFinite(value), "above 0");
}
