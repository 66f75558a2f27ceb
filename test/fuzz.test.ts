import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { campaign } from "../scripts/fuzz/campaign.ts";
import { asksFor, formats } from "../scripts/fuzz/formats.ts";
import { prepare } from "../scripts/fuzz/prepare.ts";
import { differsFromSpecification } from "../scripts/fuzz/references/safetensors.ts";
import { streamOf } from "../scripts/fuzz/stream.ts";
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
}, 300_000);

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
