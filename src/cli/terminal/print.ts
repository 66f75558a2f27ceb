import { encodeJson } from "../../store/json.ts";
import { printable, printableJson } from "../../text/printable.ts";
import { inFlags } from "../inFlags.ts";

/** Prints lines of a result to stdout. Names that come from files or arguments move no cursor: see `printable`. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.map(printable).join("\n")}\n`);
}

/**
 * Prints a result to stdout as one JSON document, indented unless told otherwise; see `encodeJson` for what is not
 * finite.
 */
export function printJson(document: unknown, indent = 2): void {
  process.stdout.write(`${printableJson(encodeJson(document, indent))}\n`);
}

/** Says one line on stderr, as `print` does, with the flags of the options that it names. */
export function say(line: string): void {
  process.stderr.write(`${printable(inFlags(line))}\n`);
}

/** Says how far something is: a line that the next one replaces where stderr is a terminal. */
export function sayInPlace(line: string): void {
  process.stderr.write(`${printable(line)}${process.stderr.isTTY ? "\r" : "\n"}`);
}
