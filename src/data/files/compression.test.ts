import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { random } from "../../tensor/random.ts";
import { openData } from "../registry.ts";
import { readBytes } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-gzip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const numbers = random(1);
const plain = Uint8Array.from({ length: 3_000_000 }, () => numbers.integer(4));
const whole = Uint8Array.from(gzipSync(plain));

function read(bytes: Uint8Array, limit?: number): Promise<Uint8Array> {
  const path = join(folder, "a.gz");
  writeFileSync(path, bytes);
  return readBytes(path, limit);
}

const joined = (...parts: (Uint8Array | number[])[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

describe("gzip", () => {
  test("members that follow one another, with zeros behind them, are one content", async () => {
    const small = gzipSync("abc");
    expect(new TextDecoder().decode(await read(joined(small, gzipSync("de"), [0, 0, 0])))).toBe("abcde");
    expect(await read(whole, plain.length)).toEqual(plain);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["another file", new Uint8Array(100), /a\.gz: expected gzip data, got: incorrect header check; download or copy/],
    ["an empty file", new Uint8Array(0), /expected gzip data, got: an empty file/],
    ["a cut file", whole.subarray(0, -1000), /expected gzip data, got: unexpected end of file/],
    [
      "another check sum",
      whole.with(whole.length - 8, whole.at(-8)! ^ 1),
      /expected gzip data, got: incorrect data check/,
    ],
    [
      "another length",
      whole.with(whole.length - 4, whole.at(-4)! ^ 1),
      /expected gzip data, got: incorrect length check/,
    ],
    ["something behind it", joined(gzipSync("abc"), [1, 2, 3]), /expected gzip data, got: /],
    ["something behind zeros", joined(gzipSync("abc"), [0, 0, 1]), /expected gzip data, got: 3 bytes behind the end/],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(DataError);
    await expect(read(bytes)).rejects.toThrow(message);
  });

  test("what declares more than is allowed is refused, and what reaches more", async () => {
    const words = /a\.gz: expected at most 2 MiB unpacked in memory, got 3 MiB; raise `dataMemory`, or save/;
    await expect(read(whole, 2_000_000)).rejects.toThrow(words);
    const lying = Uint8Array.from(whole);
    new DataView(lying.buffer).setUint32(lying.length - 4, 10, true);
    await expect(read(lying, 2_000_000)).rejects.toThrow(/expected at most 2 MiB unpacked in memory, got \d MiB/);
  });
});

test("a plain file beyond the limit is refused by its size, before it is read", async () => {
  const path = join(folder, "sparse.txt");
  writeFileSync(path, "");
  truncateSync(path, 2 ** 40);
  await expect(readBytes(path, 2 ** 30)).rejects.toThrow(
    /sparse\.txt: expected at most 1024 MiB in memory, got 1048576 MiB/,
  );
  await expect(openData(path)).rejects.toThrow(/sparse\.txt: expected at most \d+ MiB in memory, got 1048576 MiB/);
});

test("a table of few compressed bytes takes no memory that it may not", async () => {
  const path = join(folder, "bomb.csv.gz");
  writeFileSync(path, gzipSync(`a,label\n${"1,0\n".repeat(1_000_000)}`));
  await expect(openData(path, { reading: { dataMemory: 2 ** 20 } })).rejects.toThrow(
    /bomb\.csv\.gz: expected at most 1 MiB unpacked in memory, got 4 MiB; raise `dataMemory`/,
  );
});
