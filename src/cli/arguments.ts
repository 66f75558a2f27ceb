import { parseBoolean } from "../session/command.ts";

/**
 * Brings a command line to the one spelling that is declared: `_` in the name of a flag is `-`, and a Boolean flag may
 * carry a value, as Python's scripts write it: `--flag True` is `--flag`, `--flag False` is `--no-flag`. Values are
 * never touched, nor is anything after `--`.
 *
 * @param argv arguments without the program's name
 * @param flags names of the Boolean flags, without `--` and with hyphens
 */
export function normalizeArguments(argv: readonly string[], flags: ReadonlySet<string>): string[] {
  const end = argv.indexOf("--");
  const options = end < 0 ? argv : argv.slice(0, end);
  const normal: string[] = [];
  for (let i = 0; i < options.length; i++) {
    const { name, value } = splitFlag(options[i]!);
    if (name === undefined) normal.push(options[i]!);
    else if (!flags.has(name)) normal.push(value === undefined ? `--${name}` : `--${name}=${value}`);
    else {
      const text = value ?? options[i + 1] ?? "";
      const asked = parseBoolean(text);
      if (asked === undefined) normal.push(value === undefined ? `--${name}` : `--${name}=${value}`);
      else {
        normal.push(asked ? `--${name}` : `--no-${name}`);
        if (value === undefined) i++;
      }
    }
  }
  return end < 0 ? normal : [...normal, ...argv.slice(end)];
}

/** `--batch_size=4` → { name: "batch-size", value: "4" }; no name for what is not a long flag. */
function splitFlag(argument: string): { name?: string; value?: string } {
  const match = /^--([A-Za-z][^=]*)(?:=(.*))?$/s.exec(argument);
  if (!match) return {};
  const name = match[1]!.replaceAll("_", "-");
  return match[2] === undefined ? { name } : { name, value: match[2] };
}
