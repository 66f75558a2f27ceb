/**
 * A second reader of tables as text, a character at a time, written from RFC 4180 and docs/data.md and nothing of ours:
 * it knows no library, no chunks and no columns that nobody asked for.
 */

/** A table as a second reader sees it: null where a cell is missing. */
export interface SecondTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

const missing = ["", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "None"];

/** The table, or what is wrong with it. */
export function sheetOf(bytes: Uint8Array): SecondTable | string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "it is not UTF-8";
  }
  if (text.includes("\0")) return "it holds NUL characters";
  const records = recordsOf(text, delimiterOf(text));
  if (typeof records === "string") return records;
  const [head, ...rows] = records;
  if (head === undefined) return "it is empty";
  const wrong = rows.findIndex((row) => row.length !== head.length);
  if (wrong >= 0) return `record ${wrong + 2} has ${rows[wrong]!.length} cells, the first ${head.length}`;
  const columns = head.map((name, i) => (i === 0 && name === "" ? "(unnamed)" : name));
  if (new Set(columns).size < columns.length) return "a name of a column stands there twice";
  return { columns, rows: rows.map((row) => row.map((cell) => (missing.includes(cell) ? null : cell))) };
}

/** The one that the first line has most of, outside of quotes. */
function delimiterOf(text: string): string {
  const counts = new Map([",", ";", "\t"].map((one) => [one, 0]));
  let [quoted, any] = [false, false];
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && isEnd(character) && any) break;
    any ||= !isEnd(character);
    if (!quoted && counts.has(character)) counts.set(character, counts.get(character)! + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const isEnd = (character: string | undefined) => character === "\n" || character === "\r";
const isBlank = (character: string | undefined, delimiter: string) =>
  character !== undefined && character !== delimiter && !isEnd(character) && character.trim() === "";

/** Lines of cells, those of nothing but white space left out. A line ends with LF, CR LF or CR. */
function recordsOf(text: string, delimiter: string): string[][] | string {
  const records: string[][] = [];
  for (let at = 0; at < text.length; ) {
    const record: string[] = [];
    for (let more = true; more; ) {
      const cell = cellAt(text, at, delimiter);
      if (typeof cell === "string") return `record ${records.length + 1}: ${cell}`;
      record.push(cell.text);
      more = text[cell.end] === delimiter;
      at = cell.end + 1;
      if (!more && text[cell.end] === "\r" && text[at] === "\n") at++;
      if (!more && record.length === 1 && cell.text === "" && !cell.quoted) record.pop();
    }
    if (record.length > 0) records.push(record);
  }
  return records;
}

/** The cell that begins at a place, and where it ends: at a delimiter, a line's end or the end of all. */
function cellAt(text: string, start: number, delimiter: string) {
  let at = start;
  while (isBlank(text[at], delimiter)) at++;
  if (text[at] === '"') return quotedCell(text, at + 1, delimiter);
  let end = at;
  while (end < text.length && text[end] !== delimiter && !isEnd(text[end])) end++;
  const raw = text.slice(at, end);
  if (raw.includes('"')) return "a quote inside a cell without quotes";
  return { text: raw.trimEnd(), end, quoted: false };
}

function quotedCell(text: string, start: number, delimiter: string) {
  let value = "";
  for (let at = start; at < text.length; at++) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] === '"') value += text[at++];
    else {
      let end = at + 1;
      while (isBlank(text[end], delimiter)) end++;
      const closes = end >= text.length || text[end] === delimiter || isEnd(text[end]);
      return closes ? { text: value, end, quoted: true } : "something behind a closing quote";
    }
  }
  return "a quote that does not close";
}
