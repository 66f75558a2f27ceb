import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkpointBytes } from "../../test/scratchStore.ts";
import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import { DataError } from "../tensor/errors.ts";
import { openSeal, seal, sealOf } from "./seal.ts";

const sealed = (bytes = checkpointBytes(3)) => {
  const [header, data] = seal(bytes, { metrics: "12" });
  return Uint8Array.from([...header, ...data]);
};

test("a sealed file is the same file with three more notes, aligned", () => {
  const before = decodeSafetensors(checkpointBytes(3), "a");
  const after = decodeSafetensors(sealed(), "a");
  expect(after.tensors).toEqual(before.tensors);
  expect(after.metadata).toEqual({ ...before.metadata, metrics: "12", sha256: sealOf(sealed()) });
  expect(openSeal(sealed(), "a")).toEqual(after.metadata);
  expect(Number(new DataView(sealed().buffer).getBigUint64(0, true)) % 8).toBe(0);
});

test("the seal is the SHA-256 of the file with zeros in its place", () => {
  const text = Buffer.from(sealed()).toString("latin1").replace(sealOf(sealed())!, "0".repeat(64));
  expect(createHash("sha256").update(Buffer.from(text, "latin1")).digest("hex")).toBe(sealOf(sealed()));
});

test.each([
  ["no metadata", {}],
  ["metadata", { a: "1" }],
])("a file with %s can be sealed", (_, metadata) => {
  expect(openSeal(sealed(encodeSafetensors(new Map(), metadata)), "a")).toMatchObject({ metrics: "12", ...metadata });
});

describe("damage is found", () => {
  test("wherever a bit is turned", () => {
    const bytes = sealed();
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openSeal(damaged, "a"), `bit ${bit}`).toThrow(DataError);
    }
  });

  test("wherever the file ends, or is zero from there on", () => {
    const bytes = sealed();
    for (let end = 0; end < bytes.length; end++) {
      expect(() => openSeal(bytes.slice(0, end), "a"), `end ${end}`).toThrow(DataError);
      // The last weight ends in zeros by itself.
      const zeros = bytes.slice().fill(0, end);
      if (Buffer.compare(zeros, bytes) !== 0) expect(() => openSeal(zeros, "a"), `zeros ${end}`).toThrow(DataError);
    }
  });

  test("in one line that names the file", () => {
    const bytes = sealed();
    bytes[bytes.length - 1]! ^= 1;
    expect(() => openSeal(bytes, "x/a.safetensors")).toThrow(
      /^x\/a\.safetensors: expected the checksum [0-9a-f]{8}…, got [0-9a-f]{8}…; the file is damaged, use another checkpoint$/,
    );
    expect(() => openSeal(checkpointBytes(1), "b")).toThrow(/^b: expected a checksum in its header, got none; /);
    expect(() => seal(new Uint8Array(4), {})).toThrow(/^seal: expected the bytes of a \.safetensors file/);
  });
});
