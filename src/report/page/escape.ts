import { printableLines } from "../../text/printable.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A command line made safe, whose flags are not broken in two. */
export function escapeCommand(text: string): string {
  return escapeHtml(text).replace(/(^|\s)(--?[a-z][\w-]*)/gi, '$1<span class="flag">$2</span>');
}

/** Text made safe between tags and inside quoted attributes of HTML; control characters are shown. */
export function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** Escaped, with the commands that stand between backticks as code. */
export function withCode(sentence: string): string {
  const parts = sentence.split(/(`[^`]*`)/);
  return parts
    .map((part, i) => (i % 2 === 1 ? `<code>${escapeCommand(part.slice(1, -1))}</code>` : escapeHtml(part)))
    .join("");
}
