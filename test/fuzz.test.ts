import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { campaign } from "../scripts/fuzz/campaign.ts";
import { asksFor, formats } from "../scripts/fuzz/formats.ts";
import { prepare } from "../scripts/fuzz/prepare.ts";
import { type SecondTable, sheetOf } from "../scripts/fuzz/references/csv.ts";
import { parquetSheetOf } from "../scripts/fuzz/references/parquet.ts";
import { differsFromSpecification } from "../scripts/fuzz/references/safetensors.ts";
import { cellsDiffer } from "../scripts/fuzz/references/tables.ts";
import { streamOf } from "../scripts/fuzz/stream.ts";
import { openParquet } from "../src/data/files/parquet.ts";
import { decodeSafetensors } from "../src/data/files/safetensors.ts";
import { formats as plantedFormats } from "./plantedFormats.ts";

const scratch = mkdtempSync(join(tmpdir(), "batchscope-fuzz-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The first files of `npm run test:fuzz`; a find is made again by `node scripts/fuzz.ts --format npz --only 12`. */
test("damaged and malicious files of every format are taken or refused in our own words", async () => {
  prepare(scratch);
  const settings = { scratch, keep: join(scratch, "finds"), workers: 1 };
  const { tallies, finds } = await campaign(asksFor(formats, 0, 250), settings);
  expect(finds.map(({ format, n, verdict }) => `${format} ${n}: ${verdict.fault}: ${verdict.message}`)).toEqual([]);
  // Files that were all refused by the first check, or by none, would test nothing.
  const all = [...tallies.values()];
  expect(all.length).toBe(formats.length);
  expect(all.reduce((sum, { taken }) => sum + taken, 0)).toBeGreaterThan(30);
  const classes = new Set(all.flatMap(({ refused }) => [...refused.keys()]));
  expect([...classes]).toEqual(expect.arrayContaining(["DataError", "UnsupportedError", "UsageError"]));
});

describe("planted faults", () => {
  const limits = { seconds: 4, bytes: 2 ** 29, idleSeconds: 1 };
  const module = new URL("plantedFormats.ts", import.meta.url);

  test.skipIf(process.platform !== "linux")(
    "are told apart, and the file after one is read",
    async () => {
      const asks = plantedFormats.map(({ name }) => ({ format: name, n: 0 }));
      const settings = { scratch: join(scratch, "planted"), keep: join(scratch, "planted-finds"), workers: 1 };
      const { finds, tallies } = await campaign(asks, { ...settings, limits, module });
      const found = finds.map(({ format, verdict, kept }) => [format, verdict.fault, readdirSync(join(kept, "case"))]);
      expect(found).toEqual([
        ["aborts", "crash", ["file"]],
        ["exits", "crash", ["file"]],
        ["spins", "hang", ["file"]],
        ["waits", "hang", ["file"]],
        ["hoards", "memory", ["file"]],
        ["mistakes", "internal", ["file"]],
        ["mistakes later", "internal", ["file"]],
        ["says nothing", "words", ["file"]],
        ["names no file", "words", ["file"]],
        ["disagrees", "disagreement", ["file"]],
      ]);
      expect(tallies.get("refuses")!.refused).toEqual(new Map([["DataError", 1]]));
      expect(tallies.get("takes")!.taken).toBe(1);
      expect(tallies.get("reference dies")).toMatchObject({ taken: 1, referenceFailed: 1 });
    },
    120_000,
  );
});

test("a file of a number is always the same", async () => {
  const chosen = formats.filter(({ name }) => name !== "records");
  for (const { name, make } of chosen) {
    const [once, again, other] = [
      await make(streamOf(name, 3)),
      await make(streamOf(name, 3)),
      await make(streamOf(name, 4)),
    ];
    expect(again, name).toEqual(once);
    expect(other, name).not.toEqual(once);
  }
});

describe("the second readers of tables", () => {
  const table = {
    columns: ["a", "label"],
    rows: [
      ["1", "x"],
      [null, "y,z"],
    ],
  };
  test.each([
    ["as it is", 'a,label\n1,x\n,"y,z"\n', table],
    ["spaced, with other ends", '\ufeffa , label\r\n\n"1",x\rNA,"y,z" ', table],
    ["rows of other lengths", "a,label\n1\n", /record 2 has 1 cells/],
    ["a quote that does not close", 'a,label\n1,"x\n', /does not close/],
    ["a quote inside", 'a,label\n1,x"y\n', /a quote inside/],
  ])("CSV, %s", (_, text, expected) => {
    const found = sheetOf(Buffer.from(text));
    if (expected instanceof RegExp) expect(found).toMatch(expected);
    else expect(found).toEqual(expected);
  });

  test("Parquet, and what differs is told", async () => {
    const data = Array.from({ length: 40 }, (_, i) => (i % 7 === 0 ? null : i % 3));
    const columnData = (["INT32", "DOUBLE", "INT64"] as const).map((type) => ({
      name: type,
      type,
      data: type === "INT64" ? data.map((one) => (one === null ? null : BigInt(one))) : data,
    }));
    const texts = { name: "text", data: data.map((one) => (one === null ? null : `é${one}`)), type: "STRING" as const };
    const flags = { name: "flag", data: data.map((one) => one === 1), type: "BOOLEAN" as const };
    const written = parquetWriteBuffer({ columnData: [...columnData, texts, flags], rowGroupSize: 16 });
    const found = parquetSheetOf(new Uint8Array(written)) as SecondTable;
    expect(found.rows).toEqual(data.map((one) => [one, one, one, one === null ? null : `é${one}`, one === 1]));
    const path = join(scratch, "second.parquet");
    writeFileSync(path, new Uint8Array(written));
    const opened = await openParquet(path);
    expect(await cellsDiffer(opened, () => found)).toBeNull();
    const other = { ...found, rows: found.rows.with(5, found.rows[4]!) };
    expect(await cellsDiffer(opened, () => other)).toMatch(/taken with 2 in row 6 of column 1, and .* finds 1/);
  });
});

describe("the second reader of safetensors", () => {
  const file = new Uint8Array(readFileSync(new URL("fixtures/files/reference.safetensors", import.meta.url)));
  const { tensors } = decodeSafetensors(file, "reference.safetensors");

  test("agrees on a file of the reference library", () => {
    expect(differsFromSpecification(file, tensors)).toBeNull();
  });

  test.each([
    ["values", (copy: Uint8Array) => (copy[copy.length - 1]! ^= 1), /other values/],
    ["bytes behind", (copy: Uint8Array) => copy, /bytes behind/],
    ["no object", (copy: Uint8Array) => (copy[8] = 0x5b), /does not begin with/],
  ])("tells of %s", (what, change, problem) => {
    const copy = what === "bytes behind" ? new Uint8Array([...file, 0]) : file.slice();
    change(copy);
    expect(differsFromSpecification(copy, tensors)).toMatch(problem);
  });
});
