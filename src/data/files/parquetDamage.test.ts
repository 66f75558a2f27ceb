import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, gzipSync, zstdCompressSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { decodeFrom, encodeValue, type Thrift } from "../../../scripts/fuzz/formats/thrift.ts";
import { DataError } from "../../tensor/errors.ts";
import { openParquet } from "./parquet.ts";
import type { Cell } from "./table.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-parquet-bombs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "t.parquet");

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
const number = (value: number): number[] => varint(value < 0 ? -2 * value - 1 : 2 * value);
const text = (value: string): number[] => [...varint(Buffer.byteLength(value)), ...Buffer.from(value)];
/** Of a list: how its elements are written, and each. */
const list = (type: number, elements: number[][], size = elements.length): number[] => [
  0xf0 + type,
  ...varint(size),
  ...elements.flat(),
];
/** Numbers of Thrift's compact protocol for types. */
const [I32, I64, TEXT, LIST, STRUCT] = [5, 6, 8, 9, 12];
const struct = (...fields: [id: number, type: number, value: number[]][]): number[] => {
  let before = 0;
  const written = fields.flatMap(([id, type, value]) => {
    const head = ((id - before) << 4) + type;
    before = id;
    return [head, ...value];
  });
  return [...written, 0];
};

interface Page {
  readonly values: number;
  readonly body: Uint8Array | number[];
  readonly encoding?: number;
  readonly unpacked?: number;
  readonly crc?: number;
}

/** An int32 column "v", required unless said otherwise, of one page in each row group. */
function file(
  pages: readonly Page[],
  { codec = 0, optional = false, shared = false, rows = 0, type = 1, declared = 0 } = {},
): Uint8Array {
  const bytes: number[] = [...Buffer.from("PAR1")];
  const groups = pages.map(({ values, body, encoding = 0, unpacked = body.length, crc }, i) => {
    const start = shared && i > 0 ? 4 : bytes.length;
    const header = struct(
      [1, I32, number(0)],
      [2, I32, number(unpacked)],
      [3, I32, number(body.length)],
      ...(crc === undefined ? [] : [[4, I32, number(crc | 0)] as [number, number, number[]]]),
      [
        5,
        STRUCT,
        struct([1, I32, number(values)], [2, I32, number(encoding)], [3, I32, number(3)], [4, I32, number(3)]),
      ],
    );
    if (!shared || i === 0) bytes.push(...header, ...body);
    const meta = struct(
      [1, I32, number(type)],
      [2, LIST, list(I32, [number(encoding)])],
      [3, LIST, list(TEXT, [text("v")])],
      [4, I32, number(codec)],
      [5, I64, number(values)],
      [6, I64, number(unpacked + header.length)],
      [7, I64, number(body.length + header.length)],
      [9, I64, number(start)],
    );
    const chunk = struct([2, I64, number(start)], [3, STRUCT, meta]);
    return struct([1, LIST, list(STRUCT, [chunk])], [2, I64, number(0)], [3, I64, number(values)]);
  });
  const schema = [
    struct([4, TEXT, text("root")], [5, I32, number(1)]),
    struct([1, I32, number(declared || type)], [3, I32, number(optional ? 1 : 0)], [4, TEXT, text("v")]),
  ];
  const total = rows || pages.reduce((sum, { values }) => sum + values, 0);
  const footer = struct(
    [1, I32, number(1)],
    [2, LIST, list(STRUCT, schema)],
    [3, I64, number(total)],
    [4, LIST, list(STRUCT, groups)],
  );
  return withFooter(bytes, footer);
}

function withFooter(bytes: readonly number[], footer: readonly number[]): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Uint8Array.from([...bytes, ...footer, ...length, ...Buffer.from("PAR1")]);
}

const plain = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);

async function column(bytes: Uint8Array, memory?: number): Promise<Cell[]> {
  writeFileSync(path, bytes);
  const cells: Cell[] = [];
  for await (const block of (await openParquet(path, memory)).scan(["v"])) cells.push(...block.cells[0]!);
  return cells;
}

describe("a page", () => {
  const values = plain(1, 2, 3);
  test.each<[string, Uint8Array]>([
    ["as it is", file([{ values: 3, body: values }])],
    ["of the right check sum", file([{ values: 3, body: values, crc: crc32(values) }])],
    ["in gzip", file([{ values: 3, body: gzipSync(values), unpacked: 12 }], { codec: 2 })],
    ["in zstd", file([{ values: 3, body: zstdCompressSync(values), unpacked: 12 }], { codec: 6 })],
    ["with levels", file([{ values: 3, body: [2, 0, 0, 0, 6, 1, ...values] }], { optional: true })],
  ])("%s is read", async (_, bytes) => {
    expect(await column(bytes)).toEqual([1, 2, 3]);
  });

  const long = [...varint(2 ** 30), 1];
  test.each<[string, Uint8Array, RegExp]>([
    [
      "of another check sum",
      file([{ values: 3, body: values, crc: 7 }]),
      /a page of "v" of another CRC-32 at byte \d+/,
    ],
    [
      "with a run longer than itself",
      file([{ values: 3, body: [1, ...long], encoding: 8 }]),
      /a run of 536870912 among 3/,
    ],
    [
      "with levels that run on",
      file([{ values: 3, body: [long.length, 0, 0, 0, ...long, ...values] }], { optional: true }),
      /a run of 536870912 among 3 values/,
    ],
    [
      "in gzip with a run longer than itself",
      file([{ values: 3, body: gzipSync(Uint8Array.of(1, ...long)), encoding: 8, unpacked: 1 + long.length }], {
        codec: 2,
      }),
      /a run of 536870912 among 3 values/,
    ],
    [
      "that unpacks to more than it declares",
      file([{ values: 3, body: gzipSync(new Uint8Array(2 ** 20)), unpacked: 12 }], { codec: 2 }),
      /expected a Parquet file, got: .*12/,
    ],
    [
      "in zstd that does",
      file([{ values: 3, body: zstdCompressSync(new Uint8Array(2 ** 20)), unpacked: 12 }], { codec: 6 }),
      /12/,
    ],
    [
      "that others share",
      file(
        [
          { values: 3, body: values },
          { values: 3, body: values },
        ],
        { shared: true },
      ),
      /share the bytes/,
    ],
    [
      "of another type than its column",
      file([{ values: 3, body: values }], { declared: 4 }),
      /"v" as FLOAT and .* as INT32/,
    ],
    ["of fewer rows than the file", file([{ values: 3, body: values }], { rows: 4 }), /got: 4 rows in groups of 3/],
  ])("%s is refused", async (_, bytes, message) => {
    await expect(column(bytes)).rejects.toThrow(DataError);
    await expect(column(bytes)).rejects.toThrow(message);
  });
});

test("a page of version 2 that tells of another number of missing values than its levels is refused", async () => {
  const columnData = [{ name: "v", data: [1, null, 3], type: "INT32" as const, nullable: true }];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec: "UNCOMPRESSED" }));
  expect(await column(bytes)).toEqual([1, null, 3]);
  const { value, end } = decodeFrom(bytes, 4);
  const inside = fieldOf(value, 8);
  const nulls = fieldOf(inside, 2) as Extract<Thrift, { kind: "number" }>;
  nulls.value = 2n;
  bytes.set(encodeValue(value), 4);
  expect(decodeFrom(bytes, 4)).toEqual({ value, end });
  await expect(column(bytes)).rejects.toThrow(/a page of "v" at byte \d+ with 1 missing values and 2 told of/);
});

function fieldOf(value: Thrift, id: number): Thrift {
  return (value as Extract<Thrift, { kind: "struct" }>).fields.find((field) => field.id === id)!.value;
}

describe("what declares more than memory may hold is refused, with what it declares", () => {
  /** One run of zeros, of any length, takes a few bytes. */
  const zeros = (values: number) => file([{ values, body: [1, ...varint(2 * values), 0], encoding: 8 }]);

  test.each<[string, Uint8Array, number, RegExp]>([
    [
      "rows",
      zeros(2 ** 30),
      2 ** 30,
      /t\.parquet \(1073741824 rows\): expected at most 1024 MiB in memory, got 8192 MiB; raise/,
    ],
    [
      "an unpacked column",
      file([{ values: 3, body: gzipSync(plain(1, 2, 3)), unpacked: 2 ** 30 }], { codec: 2 }),
      2 ** 20,
      /t\.parquet \("v" in a row group\): expected at most 1 MiB unpacked in memory, got 1025 MiB/,
    ],
    [
      "a list of the footer",
      withFooter([80, 65, 82, 49], [0x19, 0xf9, ...varint(2 ** 28)]),
      2 ** 30,
      /a footer that is none/,
    ],
    [
      "lists in lists of the footer",
      withFooter(
        [80, 65, 82, 49],
        [
          0x19,
          ...Array(5000)
            .fill([0xf9, ...varint(6000)])
            .flat(),
          ...Array(6000).fill(0),
        ],
      ),
      2 ** 30,
      /a footer that is none/,
    ],
    ["a large footer", withFooter([80, 65, 82, 49], Array(3000).fill(0)), 5000, /expected at most 1 MiB in memory/],
  ])("%s", async (_, bytes, memory, message) => {
    await expect(column(bytes, memory)).rejects.toThrow(message);
  });
});

describe("texts that begin as the text before", () => {
  /** Lengths that grow by `step` from `first`: one block without bits. */
  const lengths = (values: number, first: number, step: number) => [
    ...[...varint(2 ** 20), 1, ...varint(values), ...number(first)],
    ...[...number(step), 0],
  ];
  /** Each one letter longer than the last. */
  const growing = (values: number) =>
    Uint8Array.from([...lengths(values, 0, 1), ...lengths(values, 1, 0), ...Array(values).fill(97)]);
  const levels = (values: number) => {
    const runs = [...varint(2 * values), 1];
    return [runs.length, 0, 0, 0, ...runs];
  };
  const texts = { type: 6 };
  const packed = (values: number) => {
    const body = growing(values);
    return file([{ values, body: gzipSync(body), encoding: 7, unpacked: body.length }], { ...texts, codec: 2 });
  };

  test.each<[string, (values: number) => Uint8Array]>([
    ["in a plain page", (values) => file([{ values, body: growing(values), encoding: 7 }], texts)],
    [
      "behind levels",
      (values) => {
        const body = [...levels(values), ...growing(values)];
        return file([{ values, body, encoding: 7 }], { ...texts, optional: true });
      },
    ],
    ["in gzip", packed],
  ])("%s are read, and refused before they take more than memory", async (_, bytes) => {
    expect(await column(bytes(4))).toEqual(["a", "aa", "aaa", "aaaa"]);
    await expect(column(bytes(20_000), 2 ** 20)).rejects.toThrow(
      /t\.parquet \("v" in a row group\): expected at most 1 MiB unpacked in memory, got 191 MiB; raise `dataMemory`/,
    );
  });

  test("lengths below 0 are damage", async () => {
    const body = [...lengths(3, 0, -1), ...lengths(3, 1, 0), 97, 97, 97];
    await expect(column(file([{ values: 3, body, encoding: 7 }], texts))).rejects.toThrow(/texts of a negative length/);
  });

  test.each(["UNCOMPRESSED", "SNAPPY"] as const)("missing ones are none, %s", async (codec) => {
    const data = ["apple", null, "apply", "apple pie", null];
    const columns = [{ name: "v", data, type: "STRING" as const, encoding: "DELTA_BYTE_ARRAY" as const }];
    expect(await column(new Uint8Array(parquetWriteBuffer({ columnData: columns, codec })))).toEqual(data);
  });
});

test("columns by the names of what every object has", async () => {
  const names = ["__proto__", "constructor", "toString", "label"];
  const columnData = names.map((name, c) => ({ name, data: [c, c + 0.5, c + 1], type: "DOUBLE" as const }));
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
  const table = await openParquet(path);
  expect(table.columns).toEqual(names);
  for await (const { cells } of table.scan([...names].reverse()))
    expect(cells).toEqual([3, 2, 1, 0].map((c) => [c, c + 0.5, c + 1]));
});

test("very many columns are each looked at once", async () => {
  const columnData = Array.from({ length: 5000 }, (_, c) => ({ name: `c${c}`, data: [c, 1], type: "INT32" as const }));
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
  const table = await openParquet(path);
  for await (const { cells } of table.scan(table.columns))
    expect(cells.map(([first]) => first)).toEqual([...columnData.keys()]);
});
