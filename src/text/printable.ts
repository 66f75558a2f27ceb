/** What a terminal obeys or reorders text by: C0, DEL and C1 controls, bidirectional controls, line separators. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The same within a document, whose own lines and tabs stay. */
const OBEYED_IN_LINES = /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * One line of text that may hold the names of others, for a terminal, a log or a table: what would move the cursor,
 * colour, ring, end the line or turn the order of letters around is shown as `\x1b` or `\u202e`.
 */
export function printable(text: string): string {
  return text.replace(OBEYED, shown);
}

/** The same for text of several lines, as a page or a picture has it: line ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(OBEYED_IN_LINES, shown);
}

/**
 * A JSON document in which the characters that JSON leaves as they are, but a terminal obeys, are escaped as JSON has
 * it.
 */
export function printableJson(json: string): string {
  return json.replace(OBEYED_IN_LINES, unicode);
}

/** A JSON document whose strings are shown to a reader: once decoded they say `\x1b` where there was the character. */
export function readableJson(json: string): string {
  return printableJson(json).replace(/\\\\|\\u([0-9a-f]{4})/g, (match, code: string | undefined) =>
    code === undefined
      ? match
      : JSON.stringify(printableLines(String.fromCharCode(Number.parseInt(code, 16)))).slice(1, -1),
  );
}

function shown(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : unicode(character);
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
