import { inflateSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { zipEntries } from "./zip.ts";

const inMemory = (bytes: Uint8Array) => ({
  path: "a.npz",
  size: bytes.length,
  read: (into: Uint8Array, position: number) => into.set(bytes.subarray(position, position + into.length)),
});
const contents = { "a.npy": Uint8Array.from({ length: 300 }, (_, i) => i % 7), "ü/b.npy": Uint8Array.of(1, 2, 3) };
const small = (level: 0 | 6) => zipSync(contents, { level });

/** The same archive with every size and place in 64-bit fields, as NumPy and Python write large ones. */
function widened(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.length - 22;
  const [count, offset] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  const members: number[][] = [];
  for (let at = offset, i = 0; i < count; i++) {
    const [name, extra] = [28, 30].map((where) => view.getUint16(at + where, true)) as [number, number];
    const member = new Uint8Array(46 + name + 28);
    member.set(archive.subarray(at, at + 46 + name));
    const wide = new DataView(member.buffer);
    wide.setUint16(30, 28, true);
    wide.setUint16(46 + name, 1, true);
    wide.setUint16(46 + name + 2, 24, true);
    [24, 20, 42].forEach((where, field) => {
      wide.setBigUint64(46 + name + 4 + 8 * field, BigInt(view.getUint32(at + where, true)), true);
      wide.setUint32(where, 0xffffffff, true);
    });
    members.push([...member]);
    at += 46 + name + extra;
  }
  const directory = members.flat();
  const tail = new Uint8Array(56 + 20 + 22);
  const wide = new DataView(tail.buffer);
  wide.setUint32(0, 0x06064b50, true);
  wide.setBigUint64(4, 44n, true);
  [count, count, directory.length, offset].forEach((value, i) => {
    wide.setBigUint64(24 + 8 * i, BigInt(value), true);
  });
  wide.setUint32(56, 0x07064b50, true);
  wide.setBigUint64(64, BigInt(offset + directory.length), true);
  wide.setUint32(76, 0x06054b50, true);
  wide.setUint16(86, 0xffff, true);
  wide.setUint32(88, 0xffffffff, true);
  wide.setUint32(92, 0xffffffff, true);
  return Uint8Array.from([...archive.subarray(0, offset), ...directory, ...tail]);
}

describe("zipEntries", () => {
  test.each([
    ["stored", small(0)],
    ["deflated", small(6)],
    ["with a comment", Uint8Array.from([...small(6).subarray(0, -2), 3, 0, 1, 2, 3])],
    ["ZIP64", widened(small(6))],
    ["ZIP64, stored", widened(small(0))],
  ])("%s: every member is where it says", (_, archive) => {
    const entries = zipEntries(inMemory(archive));
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(contents));
    for (const { name, compression, offset, storedSize, size } of entries) {
      const bytes = archive.subarray(offset, offset + storedSize);
      const plain = compression === "stored" ? bytes : inflateSync(bytes);
      expect([plain.length, [...plain]]).toEqual([size, [...contents[name as keyof typeof contents]]]);
    }
  });

  const archive = small(6);
  const changed = (at: number, value: number) => archive.with(at, value);
  const directory = new DataView(archive.buffer).getUint32(archive.length - 6, true);
  test.each<[string, Uint8Array, RegExp]>([
    ["no archive", new Uint8Array(100), /expected a ZIP archive, got 100 bytes without it/],
    ["an empty file", new Uint8Array(0), /expected a ZIP archive/],
    ["a cut archive", archive.subarray(20), /expected a/],
    ["another compression", changed(directory + 10, 12), /expected "a.npy" stored or deflated, got compression 12/],
    ["an encrypted member", changed(directory + 8, 1), /got an encrypted member/],
    ["no local header", changed(directory + 42, 1), /expected a header of "a.npy"/],
    ["a damaged directory", changed(directory, 0), /expected a member 1 of 2/],
    [
      "a size beyond the file",
      changed(directory + 22, 1),
      /expected a header of "a.npy" as in the .*, got another size/,
    ],
  ])("refuses %s", (_, bytes, words) => {
    expect(() => zipEntries(inMemory(bytes))).toThrow(DataError);
    expect(() => zipEntries(inMemory(bytes))).toThrow(words);
  });
});
