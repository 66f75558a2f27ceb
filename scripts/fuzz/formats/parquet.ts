import { join } from "node:path";
import { type BasicType, parquetWriteBuffer } from "hyparquet-writer";
import { openParquet } from "../../../src/data/files/parquet.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged, joined, packed } from "../bytes.ts";
import { readData, readExamples } from "../dataset.ts";
import type { Format } from "../format.ts";
import { parquetSheetOf } from "../references/parquet.ts";
import { cellsDiffer, refuseDifference, rowsDiffer } from "../references/tables.ts";
import { chance, nastyNames, nastyNumbers, nastySizes, one, times } from "../stream.ts";
import { decodeStruct, encodeValue, everyValue, type Thrift } from "./thrift.ts";

const types = ["DOUBLE", "FLOAT", "INT32", "INT64", "BOOLEAN", "STRING", "TIMESTAMP", "BYTE_ARRAY"] as const;

function column(type: (typeof types)[number], rows: number, stream: Random): unknown[] {
  return Array.from({ length: rows }, () => {
    if (chance(0.02, stream)) return null;
    if (type === "INT64") return BigInt(stream.integer(100));
    if (type === "INT32") return stream.integer(100);
    if (type === "BOOLEAN") return chance(0.5, stream);
    if (type === "TIMESTAMP") return new Date(1e12 + stream.integer(1e9));
    if (type === "BYTE_ARRAY") return Uint8Array.of(stream.integer(256), 2, 3);
    if (type === "STRING") return chance(0.05, stream) ? one(nastyNames, stream) : one(["a", "b", "c"], stream);
    return chance(0.03, stream) ? one([Number.NaN, Infinity, ...nastyNumbers], stream) : stream.normal();
  });
}

/** A file that is right. */
function whole(stream: Random): Uint8Array<ArrayBuffer> {
  const rows = 8 + stream.integer(40);
  const columns = Array.from({ length: 1 + stream.integer(4) }, (_, i) => {
    const type = chance(0.6, stream) ? "DOUBLE" : one(types, stream);
    const name = chance(0.1, stream) ? one(nastyNames, stream) || "x" : `x${i}`;
    return { name, data: column(type, rows, stream), type: type as BasicType, nullable: true };
  });
  const label = Array.from({ length: rows }, (_, i) => (chance(0.5, stream) ? i % 2 : 1));
  const unique = [...new Map(columns.map((one) => [one.name, one])).values()];
  const columnData = [...unique, { name: "label", data: label, type: "INT32" as const }];
  const codec = one(["SNAPPY", "UNCOMPRESSED"] as const, stream);
  return new Uint8Array(
    parquetWriteBuffer({ columnData, codec, rowGroupSize: one([5, 1000], stream), statistics: true }),
  );
}

/** The same file with one to three fields of its footer changed. */
function withChangedFooter(bytes: Uint8Array, stream: Random): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint32(bytes.length - 8, true);
  const start = bytes.length - 8 - length;
  const footer = decodeStruct(bytes.subarray(start, bytes.length - 8));
  times(1, 3, stream, () => changeFooter(footer, stream));
  const encoded = encodeValue(footer);
  const told = chance(0.1, stream) ? one(nastySizes, stream) : encoded.length;
  return joined(bytes.subarray(0, start), encoded, packed([[4, told]]), Buffer.from("PAR1"));
}

function changeFooter(footer: Thrift, stream: Random): void {
  const value = one(everyValue(footer), stream);
  if (value.kind === "number")
    value.value = chance(0.5, stream) ? BigInt(stream.integer(16)) - 2n : BigInt(Math.trunc(one(nastyNumbers, stream)));
  if (value.kind === "binary") value.bytes = Buffer.from(one(nastyNames, stream));
  if (value.kind === "boolean") value.value = !value.value;
  if (value.kind === "list") changeList(value, stream);
  if (value.kind !== "struct" || value.fields.length === 0) return;
  const at = stream.integer(value.fields.length);
  if (chance(0.4, stream)) value.fields.splice(at, 1);
  else if (chance(0.5, stream)) value.fields[at]!.id = one([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 32_767, -1], stream);
  else value.fields[at]!.value = structuredClone(one(everyValue(footer), stream));
}

function changeList(list: Extract<Thrift, { kind: "list" }>, stream: Random): void {
  const kind = stream.integer(4);
  if (kind === 0) list.items.pop();
  if (kind === 1 && list.items.length > 0) list.items.push(structuredClone(one(list.items, stream)));
  if (kind === 2) list.count = one([...nastySizes.filter((size) => size < 2 ** 31), list.items.length + 1], stream);
  if (kind === 3 && list.items.length > 0) list.items.reverse();
}

export const parquet: Format = {
  name: "parquet",
  share: 900,
  make(stream) {
    const bytes = whole(stream);
    const changed = chance(0.6, stream) ? withChangedFooter(bytes, stream) : bytes;
    const contents = chance(0.45, stream) ? damaged(changed, stream) : changed;
    const flags = one([[], [], ["--missing", "drop"], ["--missing", "mean"], ["--task", "regression"]], stream);
    return { files: new Map([["table.parquet", contents]]), asked: flags };
  },
  async read(folder, { files, asked }) {
    const path = join(folder, "table.parquet");
    const theirs = () => parquetSheetOf(files.get("table.parquet")!);
    await refuseDifference(async () => cellsDiffer(await openParquet(path), theirs));
    await readData(path, asked as string[]);
    await readExamples(path, { reading: { missing: "drop" } });
    const table = theirs();
    if (table !== null && typeof table !== "string") await refuseDifference(() => rowsDiffer(path, table, false));
  },
};
