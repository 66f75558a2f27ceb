import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { openCsv } from "../../../src/data/files/csv.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged } from "../bytes.ts";
import { type Flags, readData, readExamples } from "../dataset.ts";
import type { Format, Made } from "../format.ts";
import { type SecondTable, sheetOf } from "../references/csv.ts";
import { cellsDiffer, refuseDifference, rowsDiffer } from "../references/tables.ts";
import { chance, nastyNames, nastyNumbers, one, times } from "../stream.ts";

/** A table as text, of which any cell may be anything. */
interface Sheet {
  columns: string[];
  rows: string[][];
  delimiter: string;
  lineEnd: string;
  before: string;
  after: string;
}

const nastyCells = [
  ...["", " ", "?", "NA", "NaN", "nan", "inf", "-inf", "Infinity", "1e999", "-1e999", "1e-999", "0x10", "0b1", "1_000"],
  ...[
    "1,5",
    "1.000,5",
    " 1",
    "1 ",
    "+1",
    "--1",
    "1e",
    ".",
    "-",
    "1.",
    ".5",
    "٣",
    "１",
    "½",
    "1e1000000",
    "9".repeat(400),
  ],
  ...[
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551616",
    "true",
    "FALSE",
    "yes",
    "2026-02-30",
    "12:61",
  ],
  ...['"', '""', '"a""b"', '"a\nb"', '"unclosed', 'a"b', "'", "\0", "\r", "\ufeff", "\ufffd", "=1+1", "#REF!", "sep=;"],
];

function sheet(stream: Random): Sheet {
  const width = 2 + stream.integer(4);
  const columns = Array.from({ length: width }, (_, c) => `x${c}`);
  columns[width - 1] = one(["label", "target", "class", "y"], stream);
  const texts = chance(0.5, stream);
  const rows = Array.from({ length: 8 + stream.integer(24) }, (_, i) =>
    columns.map((_, c) =>
      c < width - 1 ? stream.normal().toFixed(3) : texts ? one(["a", "b"], stream) : String(i % 3),
    ),
  );
  return { columns, rows, delimiter: one([",", ",", ";", "\t"], stream), lineEnd: "\n", before: "", after: "" };
}

const changes: readonly ((sheet: Sheet, stream: Random) => void)[] = [
  function cell({ rows, columns }, stream) {
    times(1, 3, stream, () => {
      const row = one(rows, stream);
      const words = [...nastyCells, ...nastyNames.map(quoted), ...nastyNumbers.map(String)];
      row[stream.integer(columns.length)] = one(words, stream);
    });
  },
  function wholeColumn({ rows, columns }, stream) {
    const [at, word] = [stream.integer(columns.length), one([...nastyCells, "1", "a"], stream)];
    for (const row of rows) row[at] = word;
  },
  function manyClasses({ rows, columns }, stream) {
    const words = one([nastyNames.map(quoted), nastyNumbers.map(String), ["1", "1.0", "01", "1e0"]], stream);
    for (const row of rows) row[columns.length - 1] = one(words, stream);
  },
  function column({ columns }, stream) {
    columns[stream.integer(columns.length)] = one([...nastyNames.map(quoted), ...nastyCells], stream);
  },
  function columnTwice({ columns }, stream) {
    columns[0] = one(columns, stream);
  },
  function length({ rows }, stream) {
    const row = one(rows, stream);
    if (chance(0.5, stream)) row.push("1");
    else row.pop();
  },
  function fewRows(sheet, stream) {
    sheet.rows = sheet.rows.slice(0, stream.integer(3));
  },
  function manyColumns(sheet, stream) {
    const extra = one([100, 1000, 5000], stream);
    sheet.columns = [...Array.from({ length: extra }, (_, i) => `c${i}`), ...sheet.columns];
    sheet.rows = sheet.rows.map((row) => [...Array<string>(extra).fill("1"), ...row]);
  },
  function longCell({ rows }, stream) {
    one(rows, stream)[0] = one(["9", "a", '"', ",", " "], stream).repeat(one([1000, 100_000, 2 ** 20], stream));
  },
  function lineEnds(sheet, stream) {
    sheet.lineEnd = one(["\r\n", "\r", "\n\n", "\n\r", "\u2028", "\0\n"], stream);
  },
  function around(sheet, stream) {
    const words = ["\ufeff", "sep=;\n", "# comment\n", "\n\n", "\0", "\u001b[2J", "<html>", "PK\u0003\u0004", ",,,\n"];
    if (chance(0.5, stream)) sheet.before = one(words, stream);
    else sheet.after = one([...words, '"', "\n", "\n\n\n", "\x1a"], stream);
  },
  function delimiter(sheet, stream) {
    sheet.delimiter = one([",", ";", "\t", "|", " ", ", ", "::"], stream);
  },
];

function quoted(name: string): string {
  return /[",;\t\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function textOf({ columns, rows, delimiter, lineEnd, before, after }: Sheet): string {
  return before + [columns, ...rows].map((row) => row.join(delimiter)).join(lineEnd) + lineEnd + after;
}

export function csvBytes(stream: Random): Uint8Array {
  const table = sheet(stream);
  times(0, 3, stream, () => table.rows.length > 0 && one(changes, stream)(table, stream));
  const text = textOf(table);
  const bytes = chance(0.03, stream) ? Buffer.from(text, "utf16le") : Buffer.from(text);
  return chance(0.25, stream) ? damaged(bytes, stream) : bytes;
}

const options: readonly Flags[] = [
  ...[[], [], [], ["--missing", "drop"], ["--missing", "mean"], ["--task", "regression"], ["--task", "classification"]],
  ...[
    ["--target", "x0"],
    ["--features", "x0"],
    ["--features", "x0,x1"],
    ["--split-by", "x0"],
    ["--split-block", "2"],
  ],
  ...[
    ["--target", "__proto__"],
    ["--validation-split", "0.99"],
    ["--data-memory", "1"],
  ],
];

export const csv: Format = {
  name: "csv",
  share: 900,
  make(stream): Made {
    const bytes = csvBytes(stream);
    const zipped = chance(0.1, stream);
    const packed = zipped ? gzipSync(bytes, { level: 1 }) : bytes;
    const contents = zipped && chance(0.5, stream) ? damaged(packed, stream) : packed;
    const name = `table.${one(["csv", "tsv"], stream)}${zipped ? ".gz" : ""}`;
    return {
      files: new Map([[name, contents]]),
      asked: { name, flags: one(options, stream), deep: chance(0.5, stream) },
    };
  },
  read: (folder, made) => readTable(folder, made),
};

/** Its cells, and every example, compared with a second reader; the plan of training on it. */
async function readTable(folder: string, { files, asked }: Made): Promise<void> {
  const { name, flags, deep } = asked as { name: string; flags: Flags; deep: boolean };
  const path = join(folder, name);
  const theirs = csvSheetOf(path, files.get(name)!);
  await refuseDifference(async () => cellsDiffer(await openCsv(path), theirs));
  await readData(path, flags);
  if (!deep) return;
  await readExamples(path, { reading: { missing: "drop" } });
  const sheet = theirs();
  if (typeof sheet !== "string") await refuseDifference(() => rowsDiffer(path, sheet, true));
}

/** What the second reader makes of a file, when it is asked. */
export function csvSheetOf(path: string, bytes: Uint8Array): () => SecondTable | string {
  return () => sheetOf(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}
