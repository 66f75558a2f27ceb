import { truncate } from "../../report/terminal/displayWidth.ts";
import { wrapped } from "../../report/terminal/wrapped.ts";
import { encodeJson } from "../../store/json.ts";
import { SCHEMA_VERSION } from "../../store/schema.ts";
import { printable, printableJson } from "../../text/printable.ts";
import { inFlags } from "../inFlags.ts";

/** Prints lines of a result to stdout. Names that come from files or arguments move no cursor: see `printable`. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.flatMap((line) => fitted(printable(line), process.stdout)).join("\n")}\n`);
}

/**
 * Prints a result to stdout as one JSON document, indented unless told otherwise; see `encodeJson` for what is not
 * finite. Each document says the version of its form, as files of runs do.
 */
export function printJson(document: object, indent = 2): void {
  const all = Array.isArray(document) ? document.map(versioned) : versioned(document);
  process.stdout.write(`${printableJson(encodeJson(all, indent))}\n`);
}

/** Prints options as `--config` reads them: nothing else may stand beside them. */
export function printSettings(settings: object): void {
  process.stdout.write(`${printableJson(encodeJson(settings, 2))}\n`);
}

/** Prints a script to stdout for a program to read, in whole lines; names move no cursor where a terminal reads it. */
export function printScript(script: string): void {
  const shown = process.stdout.isTTY ? script.split("\n").map(printable).join("\n") : script;
  process.stdout.write(shown);
}

function versioned(document: object): object {
  return { schemaVersion: SCHEMA_VERSION, ...document };
}

/** Says one line on stderr, as `print` does, with the flags of the options that it names. */
export function say(line: string): void {
  process.stderr.write(`${fitted(printable(inFlags(line)), process.stderr).join("\n")}\n`);
}

/** Says how far something is: a line that the next one replaces where stderr is a terminal. */
export function sayInPlace(line: string): void {
  const { isTTY, columns } = process.stderr;
  const text = printable(line);
  // A line that goes on below is not replaced as one.
  process.stderr.write(isTTY ? `${columns > 1 ? truncate(text, columns - 1) : text}\r` : `${text}\n`);
}

/** Of a terminal lines as wide as it is; of a pipe or a file the line. */
function fitted(line: string, { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): string[] {
  return isTTY && columns ? wrapped(line, columns) : [line];
}
