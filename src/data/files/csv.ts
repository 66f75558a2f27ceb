import { CsvError, parse } from "csv-parse";
import { DataError } from "../../tensor/errors.ts";
import { UNNAMED } from "./columnNames.ts";
import { readBytes } from "./files.ts";
import { openRandomAccess } from "./randomAccess.ts";
import { type Cell, checkNames, positionsOf, type Table, type TableBlock } from "./table.ts";

/** The endings of files of comma-, semicolon- or tab-separated values. */
export const csvEnding = /\.(csv|tsv)(\.gz)?$/i;

/** Bytes that are read, and records that are given, at a time. */
const CHUNK = 2 ** 20;
const BLOCK = 1024;
/** Cells of the table in the records that are given at a time, but for a single one. */
const CELLS = 2 ** 20;

/** What stands for nothing, as pandas.read_csv has it, with the question mark of the UCI archive. */
const missing = new Set(["", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL", "None"]);

/** Of these words; a longer text need not be looked up. */
const LONGEST_MISSING = Math.max(...[...missing].map((word) => word.length));

interface Line {
  readonly record: string[];
  readonly line: number;
}

/** How a file separates and quotes cells, and on which line its names stand. */
interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly firstLine: number;
}

/**
 * A table of RFC 4180, its columns named by the first line; separated by commas, semicolons or tabs, whichever the
 * first line has most of, by | where it has none of them, or as a line "sep=;" before it says, which Excel reads and
 * writes. Quotes are ", or ' where they stand around each name. A compressed file (`.gz`) is decompressed in memory, of
 * which it takes at most `memory` bytes; another one is read in parts. Quoted or not, "", "?", "NA", "NaN", "null" and
 * their like are missing values. Throws `DataError`, with file and line, for what is no table: rows of another length
 * than the first, quotes that do not close, names that are missing or there twice, text that is not UTF-8.
 */
export async function openCsv(file: string, memory?: number): Promise<Table> {
  const chunks = await chunksOf(file, memory);
  const dialect = dialectOf(chunks().next().value ?? new Uint8Array(0));
  const first = await lines(file, chunks(), dialect).next();
  if (first.done)
    throw new DataError(`${file}: expected a line of names and rows below it, got an empty file; check the file`);
  // pandas.DataFrame.to_csv gives the rows' own numbers no name.
  const [head = "", ...rest] = first.value.record;
  const place = `${file}:${first.value.line}`;
  for (const name of first.value.record) checkText(name, place);
  checkSeparated(first.value.record, place);
  const columns = checkNames([head || UNNAMED, ...rest], place);
  return {
    file,
    columns,
    numbersAsText: true,
    async *scan(wanted) {
      const places = positionsOf(columns);
      const positions = wanted.map((name) => places.get(name)!);
      const most = Math.max(1, Math.min(BLOCK, Math.floor(CELLS / columns.length)));
      const rows = lines(file, chunks(), dialect);
      await rows.next();
      for (let block = newBlock(file, positions.length, most); ; ) {
        const next = await rows.next();
        if (!next.done) add(block, next.value, positions, file);
        if (block.size === most || (next.done && block.size > 0)) {
          yield block;
          block = newBlock(file, positions.length, most);
        }
        if (next.done) return;
      }
    },
  };
}

interface GrowingBlock extends TableBlock {
  size: number;
  readonly cells: Cell[][];
  readonly lines: Uint32Array;
}

/** Of at most `most` rows. What remembers where they stand is small, since it outlives the cells. */
function newBlock(file: string, columns: number, most: number): GrowingBlock {
  const lines = new Uint32Array(most);
  return { size: 0, cells: Array.from({ length: columns }, () => []), lines, place: placeIn(file, lines) };
}

function placeIn(file: string, lines: Uint32Array): TableBlock["place"] {
  return (i) => `${file}:${lines[i]}`;
}

function add(block: GrowingBlock, { record, line }: Line, positions: readonly number[], file: string): void {
  for (const [c, position] of positions.entries()) {
    const text = record[position]!;
    if (noText.test(text)) checkText(text, `${file}:${line}`);
    block.cells[c]!.push(text.length <= LONGEST_MISSING && missing.has(text) ? null : text);
  }
  block.lines[block.size++] = line;
}

/** What a decoder puts for bytes that are not UTF-8, and what UTF-16 has between letters. */
const noText = /[\0\ufffd]/;

function checkText(text: string, place: string): void {
  if (noText.test(text))
    throw new DataError(
      `${place}: expected UTF-8, got ${JSON.stringify(text)}; the file is not UTF-8: save it as UTF-8 (in Excel: CSV UTF-8)`,
    );
}

/** Throws `DataError` where the names stand in one cell, as they do where something else separates them. */
function checkSeparated([only = "", ...others]: readonly string[], place: string): void {
  if (others.length === 0 && /\S[\s:^~]+\S/.test(only))
    throw new DataError(
      `${place}: expected names with commas, semicolons, tabs or | between them, got one, ${JSON.stringify(only)}; separate the columns so`,
    );
}

/** Lines of another length than the first that an error names, before it counts the others. */
const MOST_LINES = 4;

/** Every record with the line on which it ends. Throws `DataError` where not all have as many cells as the first. */
async function* lines(
  file: string,
  chunks: Iterable<Uint8Array>,
  { delimiter, quote, firstLine }: Dialect,
): AsyncGenerator<Line> {
  // Left to itself the library ends all lines as the first one ends, and takes other ends for parts of cells.
  const ends = { record_delimiter: ["\r\n", "\n", "\r"], skip_empty_lines: true };
  const options = {
    delimiter,
    quote,
    escape: quote,
    from_line: firstLine,
    ...ends,
    bom: true,
    trim: true,
    info: true,
    relax_column_count: true,
  };
  // Without a limit, one quote too many would put the rest of the file into one cell.
  const parser = parse({ ...options, max_record_size: 2 ** 24 });
  let [length, uneven] = [Number.NaN, 0];
  const named: { readonly line: number; readonly cells: number }[] = [];
  void feed(parser, chunks).catch((error: Error) => parser.destroy(error));
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (Number.isNaN(length)) length = record.length;
      if (record.length !== length && uneven++ < MOST_LINES) named.push({ line: info.lines, cells: record.length });
      // Behind the first such line only others like it are sought.
      if (uneven === 0) yield { record, line: info.lines };
    }
  } catch (error) {
    throw error instanceof CsvError ? damaged(file, error) : error;
  }
  if (uneven > 0) throw unevenLines(file, length, named, uneven);
}

function unevenLines(
  file: string,
  length: number,
  [first, ...others]: readonly { readonly line: number; readonly cells: number }[],
  all: number,
): DataError {
  const more = all - 1 - others.length;
  const also = others.map(({ line, cells }) => `${cells} in line ${line}`).join(", ");
  return new DataError(
    `${file}:${first!.line}: expected ${length} cells as in the first line, got ${first!.cells}` +
      (all === 1
        ? "; correct the line"
        : `, ${also}${more > 0 ? ` and so in ${more} more` : ""}; correct the ${all} lines`),
  );
}

async function feed(parser: ReturnType<typeof parse>, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks)
    await new Promise<void>((resolve, reject) => {
      parser.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  parser.end();
}

function damaged(file: string, { message, ...detail }: CsvError): DataError {
  const { lines: line } = detail as { lines?: number };
  const place = line === undefined ? file : `${file}:${line}`;
  return new DataError(`${place}: expected comma-separated values, got: ${message}; correct the line`);
}

async function chunksOf(file: string, memory: number | undefined): Promise<() => Generator<Uint8Array, void>> {
  if (/\.gz$/i.test(file)) {
    const bytes = await readBytes(file, memory);
    return function* () {
      yield bytes;
    };
  }
  const access = openRandomAccess(file);
  return function* () {
    for (let position = 0; position < access.size; position += CHUNK) {
      const chunk = new Uint8Array(Math.min(CHUNK, access.size - position));
      access.read(chunk, position);
      yield chunk;
    }
  };
}

function dialectOf(start: Uint8Array): Dialect {
  const text = new TextDecoder().decode(start.subarray(0, 2 ** 16));
  const [before] = /^(?:[^\S\r\n]*(?:\r\n|[\r\n]))*/.exec(text)!;
  const said = /^"?sep=([^"\r\n])"?[,;\t ]*(\r\n|[\r\n])/i.exec(text.slice(before.length));
  const names = said ? text.slice(before.length + said[0].length) : text.slice(before.length);
  const bare = names.replace(/"[^"]*"/g, '""');
  const [line = ""] = bare.replace(/^(?:[^\S\r\n]*[\r\n])+/, "").split(/[\r\n]/, 1);
  const quoted = /^\s*'([^']|'')*'\s*([,;\t|]\s*'([^']|'')*'\s*)*$/.test(line);
  const delimiter = said?.[1] ?? delimiterOf(quoted ? line.replace(/'([^']|'')*'/g, "''") : line);
  // The library counts a CR LF as one line.
  const firstLine = said ? (before.match(/\r\n|[\r\n]/g) ?? []).length + 2 : 1;
  return { delimiter, quote: quoted ? "'" : '"', firstLine };
}

/** What the line of names has most of; a | stands in names too, and counts where there is nothing else. */
function delimiterOf(line: string): string {
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  const most = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return most.count === 1 && line.includes("|") ? "|" : most.delimiter;
}
