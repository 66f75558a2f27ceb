import { DataError } from "../../tensor/errors.ts";
import { type Rows, rowsInFile, tensorRows } from "../files/rows.ts";
import { createSpill } from "../files/spill.ts";
import { type Cell, numberIn, readingOf, type Table, type TableBlock, valueIn } from "../files/table.ts";
import { noProbability } from "../targets.ts";
import type { Feature, TableColumns, Target } from "./tableRoles.ts";

/** A table as numbers. */
export interface TableStore {
  /**
   * float64 [N, features + 1]: the features and then the target, as numbers or positions of categories; NaN where
   * missing.
   */
  readonly rows: Rows;
  /** [N] the values of the column that groups the rows; empty without one. */
  readonly groups: readonly string[];
  /** Texts of each column of categories, [N] each. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** Where a row stands, for a reader: `flowers.csv:12`. */
  readonly place: (row: number) => string;
}

/** A category that the training data do not have. */
export const UNKNOWN = -1;

/** `place`: where a class stands that the training data do not have. */
export function unknownClass(place: string, { name, classes }: Target, got: Cell): DataError {
  return new DataError(
    `${place}: expected a class that the model knows in "${name}" (${shortened(classes!)}), ` +
      `got ${JSON.stringify(String(got))}; correct it or leave the row out`,
  );
}

export function shortened(names: readonly (string | number)[]): string {
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
}

/**
 * Reads a table into numbers: in memory where they take at most `memory` bytes, otherwise into a nameless file in the
 * cache folder, of which each row is read when it is asked for. In memory stay, of each row, its group and its
 * categories' texts, shared by equal rows.
 */
export async function storeTable(
  table: Table,
  { features, target, group }: { features: readonly Feature[]; target: Target; group: TableColumns["group"] },
  { size, memory }: { size: number; memory: number },
): Promise<TableStore> {
  const width = features.length + 1;
  const encoders = [
    ...features.map(({ name, categories }) => encoder(table, categories, name)),
    encoder(table, target.classes, target.name),
  ];
  const columns = [...features.map(({ name }) => name), target.name, ...(group === null ? [] : [group])];
  const shared = new Map<string, string>();
  const share = (cell: Cell) => {
    const text = cell === null ? "" : String(cell);
    if (!shared.has(text)) shared.set(text, text);
    return shared.get(text)!;
  };
  const { remember, place } = placesOfRows();
  const groups: string[] = [];
  const texts = Object.fromEntries(features.filter((f) => f.categories).map(({ name }) => [name, [] as string[]]));
  const writer = size * width * 8 <= memory ? inMemory(size, width) : onDisk(size, width);
  try {
    for await (const block of table.scan(columns)) {
      const encoded = encodeBlock(block, encoders);
      if (target.probabilities) checkProbabilities(encoded, block, width, target.name);
      writer.write(encoded);
      remember(block);
      for (const [c, { name }] of features.entries())
        if (Object.hasOwn(texts, name))
          for (const cell of block.cells[c]!)
            texts[name]!.push(share(cell === null ? null : valueIn(cell, readingOf(table, name))));
      if (group !== null) for (const cell of block.cells[width]!) groups.push(share(cell));
    }
    return { rows: writer.finish(table.file), groups, texts, place };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** Where the rows of all blocks stand; of CSV four bytes a row. */
function placesOfRows() {
  const starts: number[] = [];
  const places: TableBlock["place"][] = [];
  let size = 0;
  return {
    remember(block: TableBlock): void {
      starts.push(size);
      places.push(block.place);
      size += block.size;
    },
    place(row: number): string {
      const block = starts.findLastIndex((start) => start <= row);
      return places[block]!(row - starts[block]!);
    },
  };
}

type Encoder = (cell: Cell) => number;

/** What stands for a cell: its number, or the position of its category or class; NaN where it is missing. */
export function encoder(table: Table, categories: readonly (string | number)[] | null, column: string): Encoder {
  if (categories === null) return (cell) => (cell === null ? Number.NaN : numberIn(cell, table)!);
  const positions = new Map(categories.map((category, i) => [category, i]));
  const reading = readingOf(table, column);
  // Categories are texts even where a text reads as a number; classes may be numbers.
  return (cell) => {
    if (cell === null) return Number.NaN;
    const value = valueIn(cell, reading);
    const known = positions.get(value) ?? positions.get(String(value));
    if (known !== undefined || reading === table) return known ?? UNKNOWN;
    const number = valueIn(cell, table);
    return positions.get(number) ?? positions.get(String(number)) ?? UNKNOWN;
  };
}

function encodeBlock({ size, cells }: TableBlock, encoders: readonly Encoder[]): Float64Array {
  const encoded = new Float64Array(size * encoders.length);
  for (const [c, encode] of encoders.entries())
    for (let i = 0; i < size; i++) encoded[i * encoders.length + c] = encode(cells[c]![i]!);
  return encoded;
}

/** Throws `DataError`, with the place, for a target outside [0, 1]; a missing one is another matter. */
function checkProbabilities(encoded: Float64Array, block: TableBlock, width: number, target: string): void {
  for (let i = 0; i < block.size; i++) {
    const value = encoded[(i + 1) * width - 1]!;
    if (value < 0 || value > 1) throw noProbability(block.place(i), value, target);
  }
}

interface Writer {
  write(rows: Float64Array): void;
  finish(file: string): Rows;
  /** Instead of `finish`. */
  abandon(): void;
}

function inMemory(size: number, width: number): Writer {
  const data = new Float64Array(size * width);
  let position = 0;
  return {
    write(rows) {
      if (position + rows.length <= data.length) data.set(rows, position);
      position += rows.length;
    },
    finish(file) {
      checkLength(file, position / width, size);
      return tensorRows({ type: "float64", shape: [size, width], data });
    },
    abandon() {},
  };
}

function onDisk(size: number, width: number): Writer {
  const spill = createSpill(size * width * 8);
  let written = 0;
  return {
    write(rows) {
      spill.append(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
      written += rows.length;
    },
    finish(file) {
      checkLength(file, written / width, size);
      const rows = spill.finish();
      return { ...rowsInFile(rows, 0, "float64", [size, width]), close: rows.close };
    },
    abandon: spill.close,
  };
}

function checkLength(file: string, got: number, expected: number): void {
  if (got !== expected)
    throw new DataError(
      `${file}: expected ${expected} rows as at first, got ${got}; do not change the file while it is read`,
    );
}
