import { describe, expect, test } from "vitest";
import { encodeRecord, inPieces, readRecords } from "./tfrecord.ts";

const records = [0, 1, 30, 100, 5].map((length, i) => encodeRecord(new Uint8Array(length).fill(i + 1)));
const whole = Uint8Array.from(Buffer.concat(records));

/** A file of these bytes, that tells where it was read. */
const file = (bytes: Uint8Array) => (into: Uint8Array, at: number) => {
  const piece = bytes.subarray(at, at + into.length);
  into.set(piece);
  return piece.length;
};

const found = (bytes: Uint8Array, piece?: number) =>
  [...readRecords(file(bytes), piece)].map(({ start, end }) => [start, end]);

let end = 0;
const ends = records.map(({ length }) => (end += length));

describe("records of a file", () => {
  test.each([16, 17, 40, 64, 2 ** 16])("are found in pieces of %i bytes, and have their data", (piece) => {
    const data: number[][] = [];
    for (const record of readRecords(file(whole), piece)) data.push([...record.data]);
    expect(data).toEqual([0, 1, 30, 100, 5].map((length, i) => new Array(length).fill(i + 1)));
    expect(found(whole, piece).map(([, end]) => end)).toEqual(ends);
  });

  test("end before one that is cut anywhere", () => {
    for (let length = 0; length < whole.length; length++) {
      const kept = ends.filter((end) => end <= length);
      expect(found(whole.subarray(0, length), 16).map(([, end]) => end)).toEqual(kept);
    }
  });

  test("end before one that is damaged anywhere", () => {
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at]! ^= 16;
      expect(found(damaged, 16).map(([, end]) => end)).toEqual(ends.filter((end) => end <= at));
    }
  });

  test("end before one that claims to be longer than any, whose bytes are not read", () => {
    const head = encodeRecord(new Uint8Array(2 ** 26 + 1));
    let most = 0;
    const read = (into: Uint8Array, at: number) => {
      most = Math.max(most, into.length);
      return file(head)(into, at);
    };
    expect([...readRecords(read)]).toEqual([]);
    expect(most).toBe(2 ** 16);
  });
});

test("records are joined into pieces of a size", () => {
  const pieces = [...inPieces(records, 40)];
  expect(pieces.map(({ length }) => length)).toEqual([79, 116, 21]);
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  expect([...inPieces([])]).toEqual([]);
});
