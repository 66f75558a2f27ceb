import { decodeStruct, type Thrift } from "../formats/thrift.ts";
import type { SecondTable } from "./csv.ts";
import { pageAt, valuesOf } from "./parquetPages.ts";

/**
 * A second reader of flat Parquet files, a value at a time, from parquet.thrift and Encodings.md of
 * apache/parquet-format and nothing of ours. It knows fewer types, codecs and encodings than ours, and says so.
 */

/** What it cannot tell of: no word against the file. */
export class Unknown extends Error {}

type Value = string | number | boolean | null;

/** The table, what is wrong with the file, or null where this reader does not know what it holds. */
export function parquetSheetOf(file: Uint8Array): SecondTable | string | null {
  try {
    return read(file);
  } catch (error) {
    if (error instanceof Unknown) return null;
    if (error instanceof RangeError || error instanceof TypeError) return error.message;
    throw error;
  }
}

function read(file: Uint8Array): SecondTable {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = file.length - 8 - view.getUint32(file.length - 8, true);
  if (Buffer.from(file.subarray(-4)).toString() !== "PAR1" || start < 4) throw new RangeError("no footer");
  const footer = decodeStruct(file.subarray(start, file.length - 8));
  const [root, ...leaves] = listIn(footer, 2);
  if (numberIn(root, 5) !== leaves.length || leaves.some((leaf) => fieldIn(leaf, 5) !== undefined))
    throw new Unknown("nested");
  const groups = listIn(footer, 4);
  const columns = leaves.map((leaf) => {
    const name = textIn(leaf, 4);
    return { name, values: groups.flatMap((group) => columnOf(file, group, leaf, name)) };
  });
  const rows = numberIn(footer, 3)!;
  const wrong = columns.find(({ values }) => values.length !== rows);
  if (wrong) throw new RangeError(`${wrong.values.length} values of ${wrong.name} in ${rows} rows`);
  return {
    columns: columns.map(({ name }) => name),
    rows: Array.from({ length: rows }, (_, i) => columns.map(({ values }) => values[i]!)),
  };
}

/** The values of a column in a row group. */
function columnOf(file: Uint8Array, group: Thrift, leaf: Thrift, name: string): Value[] {
  const chunks = listIn(group, 1).map((chunk) => fieldIn(chunk, 3)!);
  const meta = chunks.findLast((one) => listIn(one, 3).length === 1 && textOf(listIn(one, 3)[0]!) === name);
  if (meta === undefined) throw new RangeError(`no chunk of ${name}`);
  const [type, codec] = [numberIn(meta, 1), numberIn(meta, 4)];
  if (type !== numberIn(leaf, 1)) throw new RangeError(`${name} is of type ${numberIn(leaf, 1)}, its chunk of ${type}`);
  if (type === undefined || codec === undefined || codec > 1 || codec < 0) throw new Unknown(`codec ${codec}`);
  const repetition = numberIn(leaf, 3) ?? 0;
  if (repetition > 1 || repetition < 0) throw new Unknown("lists");
  const settings = { type, codec, optional: repetition === 1, width: numberIn(leaf, 2) ?? 0 };
  let at = numberIn(meta, 11) || numberIn(meta, 9)!;
  const end = at + numberIn(meta, 7)!;
  let dictionary: unknown[] = [];
  const values: unknown[] = [];
  while (at < end) {
    const page = pageAt(file, at);
    if (page.type === 2) dictionary = valuesOf(page, { ...settings, optional: false }, []);
    else values.push(...valuesOf(page, settings, dictionary));
    at = page.end;
  }
  const convert = conversionOf(leaf, type);
  return values.map((value) => (value === null ? null : convert(value)));
}

/** What a value of a type means, as docs/data.md has it. */
function conversionOf(leaf: Thrift, type: number): (value: unknown) => Value {
  const [converted, logical] = [numberIn(leaf, 6), fieldIn(leaf, 10)];
  const kinds = logical?.kind === "struct" ? logical.fields.map(({ id }) => id) : logical === undefined ? [] : [-1];
  const kind = `${type} ${converted ?? "-"} ${kinds.join() || "-"}`;
  if (/^6 (0|-) (1|-)$/.test(kind))
    return (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes as Uint8Array);
  if (kind === "2 9 -") return (value) => new Date(Number(value)).toISOString();
  if (!/^[01245] - -$/.test(kind)) throw new Unknown(kind);
  if (type === 0) return (value) => value as boolean;
  return (value) => (Number.isNaN(Number(value)) ? null : Number(value));
}

function fieldIn(value: Thrift | undefined, id: number): Thrift | undefined {
  if (value?.kind !== "struct") throw new RangeError("no structure");
  return value.fields.findLast((field) => field.id === id)?.value;
}

function numberIn(value: Thrift | undefined, id: number): number | undefined {
  const found = fieldIn(value, id);
  // What is of another type than its field is skipped.
  return found?.kind === "number" ? Number(found.value) : undefined;
}

function listIn(value: Thrift | undefined, id: number): Thrift[] {
  const found = fieldIn(value, id);
  if (found?.kind !== "list") throw new RangeError(`no list in field ${id}`);
  return found.items;
}

function textOf(value: Thrift): string {
  if (value.kind !== "binary") throw new RangeError("no text");
  return new TextDecoder().decode(value.bytes);
}

const textIn = (value: Thrift, id: number) => textOf(fieldIn(value, id) ?? value);
