import { yaml } from "./yaml.ts";

/** Words and paths that YAML reads as themselves, where they are none of the words that it reads otherwise. */
const PLAIN = /^[A-Za-z/][\w./-]{0,60}$/;
const OTHER = /^(true|false|null)$/i;

/**
 * A configuration as `yaml` writes it. What needs neither quotes nor breaks, as nearly every one, is written without
 * loading the library.
 */
export function yamlText(config: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(config).map(([key, value]) => {
    const text = isPlain(key) ? plainText(value) : undefined;
    return text === undefined ? undefined : `${key}:${text}\n`;
  });
  const isWhole = lines.length > 0 && !lines.includes(undefined);
  return isWhole ? lines.join("") : yaml().stringify(config);
}

/** What follows the colon; undefined for what is left to the library. */
function plainText(value: unknown): string | undefined {
  if (!Array.isArray(value)) return scalarText(value, " ");
  if (value.length === 0) return " []";
  const items = value.map((item) => scalarText(item, "\n  - "));
  return items.includes(undefined) ? undefined : items.join("");
}

function scalarText(value: unknown, before: string): string | undefined {
  if (value === "") return `${before}""`;
  return isSimple(value) || isPlain(value) ? `${before}${value}` : undefined;
}

function isSimple(value: unknown): value is number | boolean {
  return typeof value === "boolean" || (Number.isFinite(value) && !Object.is(value, -0));
}

function isPlain(value: unknown): value is string {
  return typeof value === "string" && PLAIN.test(value) && !OTHER.test(value);
}
