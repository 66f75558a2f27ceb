import { join } from "node:path";
import { openCsv } from "../../../src/data/files/csv.ts";
import type { Table } from "../../../src/data/files/table.ts";
import { chooseSeriesColumns, readSeries } from "../../../src/data/series/seriesTable.ts";
import type { Random } from "../../../src/tensor/random.ts";
import { damaged } from "../bytes.ts";
import { type Flags, readData } from "../dataset.ts";
import type { Format } from "../format.ts";
import { type SecondTable, sheetOf } from "../references/csv.ts";
import { cellsDiffer, refuseDifference } from "../references/tables.ts";
import { chance, nastyNames, nastyNumbers, one, times } from "../stream.ts";

const nastyTimes = [
  ...["2026-02-30", "2026-13-01", "0000-00-00", "2026-01-01T25:00:00", "2026-01-01 00:00:60", "12:00", "1 Jan 2026"],
  ...["2026-01-01T00:00:00+99:99", "-271821-04-20", "275760-09-13", "+999999-01-01", "2026-W01", "now", "", "0", "-1"],
  ...["1e308", "1e999", "NaN", "9007199254740993", "2026-01-01T00:00:00Z", "2026/01/01", "20260101"],
];

interface Reading {
  machine: string;
  time: string;
  values: string[];
  label: string;
}

function readings(stream: Random): Reading[] {
  const texts = chance(0.5, stream);
  return Array.from({ length: 60 + stream.integer(60) }, (_, i) => {
    const second = i % 40;
    return {
      machine: `m${Math.floor(i / 40)}`,
      time: texts ? `2026-01-01 00:00:${String(second).padStart(2, "0")}` : String(second),
      values: [stream.normal().toFixed(2), Math.sin(i).toFixed(3)],
      label: String(Number(i % 13 > 9)),
    };
  });
}

const changes: readonly ((rows: Reading[], stream: Random) => void)[] = [
  (rows, stream) => {
    times(1, 3, stream, () => {
      one(rows, stream).time = one([...nastyTimes, ...nastyNumbers.map(String)], stream);
    });
  },
  (rows, stream) => {
    const time = one(nastyTimes, stream);
    for (const row of rows) row.time = time;
  },
  (rows, stream) => {
    one(rows, stream).machine = JSON.stringify(one(nastyNames, stream)).replaceAll('\\"', '""');
  },
  (rows, stream) => {
    one(rows, stream).values[0] = one(["", "NaN", "1e999", "x", ...nastyNumbers.map(String)], stream);
  },
  (rows, stream) => {
    one(rows, stream).label = one(["", "-1", "2", "65536", "1e9", "anomaly", "0.5", "NaN", "9007199254740993"], stream);
  },
  (rows, stream) => {
    const constant = one(["0", "1e38", "-1e300", "1e-320"], stream);
    for (const row of rows) row.values[1] = constant;
  },
  (rows, stream) => {
    rows.splice(stream.integer(20));
  },
  (rows) => {
    rows.reverse();
  },
];

const bySeries = ["--window-length", "8", "--series-by", "machine", "--time", "time"];

const options: readonly Flags[] = [
  ...[bySeries, bySeries, bySeries, [...bySeries, "--series-gap", "1"], [...bySeries, "--series-copies", "1"]],
  ...[
    [...bySeries, "--anomaly-copies", "1"],
    [...bySeries, "--fields", "--field-size", "12"],
  ],
  ...[[...bySeries, "--use-statistical-features", "--stat-type", "comprehensive"]],
  ...[
    ["--window-length", "8", "--time", "time"],
    ["--window-length", "8", "--features", "a,b"],
  ],
  ...[
    ["--window-length", "1000", "--features", "a,b"],
    ["--window-length", "1", "--features", "a"],
  ],
];

export const series: Format = {
  name: "series",
  share: 500,
  make(stream) {
    const files = new Map<string, Uint8Array>();
    const names = one([["series.csv"], ["all/train.csv", "all/test.csv"], ["all/one.csv", "all/two.csv"]], stream);
    for (const name of names) {
      const rows = readings(stream);
      times(0, 2, stream, () => rows.length > 0 && one(changes, stream)(rows, stream));
      const lines = rows.map(({ machine, time, values, label }) => [machine, time, ...values, label].join(","));
      const bytes = Buffer.from(`${["machine,time,a,b,label", ...lines].join("\n")}\n`);
      files.set(name, chance(0.2, stream) ? damaged(bytes, stream) : bytes);
    }
    return { files, asked: { path: names.length === 1 ? "series.csv" : "all", flags: one(options, stream) } };
  },
  async read(folder, { files, asked }) {
    const { path, flags } = asked as { path: string; flags: Flags };
    for (const [name, bytes] of files) {
      const file = join(folder, name);
      await refuseDifference(async () => cellsDiffer(await openCsv(file), () => sheetOf(bytes)));
      await refuseDifference(async () => seriesDiffer(await openCsv(file), sheetOf(bytes)));
    }
    const fields = flags.includes("--fields");
    await readData(join(folder, path), flags, fields ? "lenet" : "mlp");
  },
};

/**
 * How the series of a table differ from its rows, put together by the machine and sorted by the time; null where they
 * do not.
 */
async function seriesDiffer(table: Table, sheet: SecondTable | string): Promise<string | null> {
  const roles = await chooseSeriesColumns([table], { target: "label" }, { by: "machine", time: "time" });
  const ours = await readSeries({ table, name: "all" }, roles, true);
  if (typeof sheet === "string") return `taken, and a second reader refuses it: ${sheet}`;
  const at = (row: SecondTable["rows"][number], name: string) => String(row[sheet.columns.indexOf(name)]);
  const theirs = Map.groupBy(sheet.rows, (row) => at(row, "machine"));
  if (ours.map(({ name }) => name).join("\0") !== [...theirs.keys()].join("\0")) return "taken with other series";
  for (const { name, rows, times } of ours) {
    const expected = theirs
      .get(name)!
      .map((row) => [
        secondsOf(at(row, "time")),
        ...roles.features.map((one) => Number(at(row, one))),
        wordOf(at(row, "label")),
      ])
      .sort(([a], [b]) => Number(a) - Number(b));
    const width = roles.features.length + 1;
    const found = expected.map((_, i) => {
      const values = [...rows.subarray(i * width, (i + 1) * width)];
      const label = values.pop()!;
      return [times![i], ...values, String(roles.target.classes?.[label] ?? label)];
    });
    if (rows.length !== expected.length * width || JSON.stringify(found) !== JSON.stringify(expected))
      return `taken with other readings of ${JSON.stringify(name)} than the rows have`;
  }
  return null;
}

const wordOf = (text: string) => (/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? String(Number(text)) : text);

/** Of a number or of a time of ISO 8601 in UTC; what else there is, is not taken. */
function secondsOf(text: string): number {
  if (!/^\d{4}-/.test(text)) return Number(text);
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? text : `${text}${text.length > 10 ? "" : "T00:00"}Z`;
  return Date.parse(zoned.replace(" ", "T")) / 1000;
}
