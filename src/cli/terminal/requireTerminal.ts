import { parseBoolean } from "../../session/command.ts";
import { UsageError } from "../../tensor/errors.ts";

interface Streams {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: { readonly isTTY?: boolean };
  readonly stderr: { readonly isTTY?: boolean };
}

/**
 * Why a command may not ask; null where it may: where a person reads and types, on a terminal that can draw, and
 * neither CI nor BATCHSCOPE_NO_INPUT is set. Questions are on stderr; what stdout goes to reads no questions, but
 * is nobody who waits for the answers to them.
 */
export function refusalOfQuestions(
  { stdin, stdout, stderr }: Streams,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const set = (value = "") => value !== "" && parseBoolean(value) !== false;
  const silent = ["CI", "BATCHSCOPE_NO_INPUT"].find((name) => set(environment[name]));
  if (silent !== undefined) return `${silent} forbids questions`;
  if (!stdin.isTTY || !stdout.isTTY || !stderr.isTTY) return "there is no terminal to ask on";
  return environment.TERM === "dumb" ? "TERM=dumb draws no questions" : null;
}

/** Values that fit most trainings, of what a newcomer cannot guess. */
const examples: Readonly<Record<string, string>> = {
  RUN: "latest",
  "--metric": "--metric validation-loss",
  "--minimum-effect": "--minimum-effect 0.01",
};

/** Throws `UsageError` naming the missing flags where `refusal` says why they cannot be asked for. */
export function requireTerminal(command: string, missing: readonly string[], refusal: string | null): void {
  if (refusal === null) return;
  const [last] = missing.slice(-1);
  const named = missing.length > 1 ? `${missing.slice(0, -1).join(", ")} and ${last}` : last;
  const [none, them] =
    missing.length > 1 ? [missing.length === 2 ? "neither" : "none of them", "them"] : ["nothing", "it"];
  const shown = missing.map((name) => examples[name]);
  if (shown.includes(undefined))
    throw new UsageError(`${command}: expected ${named}, got ${none}, and ${refusal}; pass ${them}`);
  throw new UsageError(
    `${command}: expected ${named}, got ${none}, and ${refusal}; give for example ${shown.join(" ")}`,
  );
}
