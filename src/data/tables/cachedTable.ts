import type { Cell, Table, TableBlock } from "../files/table.ts";
import { codeOf, numberIn, positionsOf, valueIn } from "../files/table.ts";

/**
 * Different texts of a column that are kept once each; a column with more is no set of categories, and its texts take
 * room.
 */
const MOST_TEXTS = 4096;

/** What is kept of a block: of each column numbers, NaN where missing, or the cells as they were read. */
interface CachedBlock {
  readonly size: number;
  readonly columns: readonly (Float64Array | readonly Cell[])[];
  readonly place: TableBlock["place"];
}

/**
 * The same table, but what the first scan reads is kept, as numbers where cells are numbers, and later scans of these
 * columns come from there: parsing is most of the work. A text that reads as a number comes as that number, but for the
 * columns `asTexts`, which are read along with the first scan. Where `memory` bytes are not enough, nothing is kept,
 * and every scan reads the file.
 */
export function cachedTable(table: Table, asTexts: readonly string[], memory: number): Table {
  let cache: { readonly places: ReadonlyMap<string, number>; readonly blocks: CachedBlock[] } | undefined;
  return {
    ...table,
    raw: table,
    async *scan(wanted) {
      const cached = cache;
      if (cached && wanted.every((name) => cached.places.has(name))) {
        const positions = wanted.map((name) => cached.places.get(name)!);
        for (const block of cached.blocks) yield cellsOf(block, positions);
        return;
      }
      const names = [...new Set([...wanted, ...asTexts])];
      const places = positionsOf(names);
      const positions = wanted.map((name) => places.get(name)!);
      const collector = collect(table, names, asTexts, memory);
      for await (const block of table.scan(names)) {
        const read = collector.add(block);
        yield read
          ? cellsOf(read, positions)
          : { ...block, cells: positions.map((position) => block.cells[position]!) };
      }
      const blocks = collector.finish();
      if (blocks) cache = { places, blocks };
    },
  };
}

/** Takes blocks for as long as they fit. */
function collect(table: Table, names: readonly string[], asTexts: readonly string[], memory: number) {
  const texts = names.map(() => new Map<string, string>());
  let [blocks, bytes]: [CachedBlock[] | undefined, number] = [[], 0];
  const shared = (cell: Cell, known: Map<string, string>): Cell => {
    if (typeof cell !== "string") return cell;
    const first = known.get(cell);
    if (first === undefined) known.set(cell, cell);
    return first ?? cell;
  };
  return {
    /** The block as it is kept; undefined where nothing is. */
    add({ size, cells, place }: TableBlock): CachedBlock | undefined {
      if (!blocks) return undefined;
      // A place and a pointer or a number take eight bytes each.
      bytes += 8 * size * (names.length + 1);
      if (bytes > memory) {
        blocks = undefined;
        return undefined;
      }
      const columns = cells.map((column, c) => {
        const numbers = asTexts.includes(names[c]!) ? undefined : numbersIn(column, table);
        return numbers ?? column.map((cell) => shared(cell, texts[c]!));
      });
      const block = { size, columns, place };
      blocks.push(block);
      if (texts.some((known) => known.size > MOST_TEXTS)) blocks = undefined;
      return block;
    },
    finish: () => blocks,
  };
}

/** Undefined where a cell is neither a number nor missing, or one that float64 rounds, or a code. */
function numbersIn(column: readonly Cell[], table: Table): Float64Array | undefined {
  const numbers = new Float64Array(column.length);
  for (const [i, cell] of column.entries()) {
    const number = cell === null ? Number.NaN : typeof cell === "boolean" ? null : numberIn(cell, table);
    if (typeof cell === "string" && codeOf(cell) !== null) return undefined;
    if (number === null || (cell !== null && typeof valueIn(cell, table) === "string")) return undefined;
    numbers[i] = number;
  }
  return numbers;
}

function cellsOf({ size, columns, place }: CachedBlock, positions: readonly number[]): TableBlock {
  const cells = positions.map((position) => {
    const column = columns[position]!;
    if (!(column instanceof Float64Array)) return column;
    const read = new Array<Cell>(size);
    for (let i = 0; i < size; i++) read[i] = Number.isNaN(column[i]!) ? null : column[i]!;
    return read;
  });
  return { size, cells, place };
}
