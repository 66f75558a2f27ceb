import { kebab } from "../tensor/kebab.ts";
import { printable } from "../text/printable.ts";

/** Spellings of a Boolean on a command line, in an environment variable or in a configuration file. */
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** The Boolean that `text` spells, in any case of letters; undefined when it spells none. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return Object.hasOwn(booleans, word) ? booleans[word] : undefined;
}

/**
 * The command line that says `values` again, ready to paste into a POSIX shell: `batchscope train --batch-size 4`. True
 * is a bare flag, a list repeats its flag, and what is undefined or false is left out.
 */
export function formatCommand(
  command: string,
  values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const words = Object.entries(values).flatMap(([key, value]) => {
    const flag = `--${kebab(key)}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    if (typeof value === "object") return value.flatMap((item) => [flag, quote(item)]);
    return [flag, quote(String(value))];
  });
  return ["batchscope", command, ...words].join(" ");
}

/** A word as a POSIX shell reads it again: as it is, in quotes, or in `$'…'` where a terminal would obey it. */
export function quote(word: string): string {
  // As POSIX.1-2024 has it, byte by byte: what a terminal would obey is not to be copied from one.
  if (printable(word) !== word) return `$'${Array.from(Buffer.from(word), byteInQuotes).join("")}'`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function byteInQuotes(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[ -&(-[\]-~]/.test(character) ? character : `\\${byte.toString(8).padStart(3, "0")}`;
}
