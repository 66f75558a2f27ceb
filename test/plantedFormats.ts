import type { Format } from "../scripts/fuzz/format.ts";
import { DataError } from "../src/tensor/errors.ts";

function planted(name: string, read: Format["read"], compare?: Format["compare"]): Format {
  const make = () => ({ files: new Map([["file", Uint8Array.of(1)]]) });
  return { name, share: 1, make, read, ...(compare && { compare }) };
}

function spin(): never {
  for (;;);
}

/** Formats whose readers do, each in its way, what none may; and three that do right. */
export const formats: readonly Format[] = [
  planted("aborts", async () => process.abort()),
  planted("exits", async () => process.exit(0)),
  planted("takes", async () => {}),
  planted("spins", async () => spin()),
  planted("waits", () => new Promise(() => {})),
  planted("hoards", async () => {
    const held: Buffer[] = [];
    for (;;) held.push(Buffer.alloc(2 ** 24, 1));
  }),
  planted("mistakes", async () => (undefined as unknown as { length: number }).length),
  planted("mistakes later", () => {
    setTimeout(() => {
      throw new TypeError("nobody waits for this");
    });
    return new Promise(() => {});
  }),
  planted("says nothing", async () => {
    throw new DataError("");
  }),
  planted("names no file", async () => {
    throw new DataError("expected a name, got none");
  }),
  planted("refuses", async () => {
    throw new DataError("file: expected a file, got this one; use another");
  }),
  planted(
    "disagrees",
    async () => 1,
    () => "taken with 1, and the reference reads 2",
  ),
  planted(
    "reference dies",
    async () => 1,
    () => process.abort(),
  ),
];
