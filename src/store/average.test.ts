import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runOptions, scratchStore } from "../../test/scratchStore.ts";
import { encodeSafetensors } from "../data/files/safetensors.ts";
import { DataError } from "../tensor/errors.ts";
import { readAverage, requireWholeWeights } from "./average.ts";
import { createRun } from "./create.ts";

const store = scratchStore();

/** As training gives them, and as they were written before there were checksums. */
const weights = encodeSafetensors(new Map([["w", { type: "float32", shape: [2], data: Float32Array.of(1, 2) }]]), {
  format: "pt",
});
const summary = {
  ...{ epochs: 2, steps: 4, examples: 32, last: null, best: null },
  ...{ seconds: 1, microBatchesPerSecond: 8, peakMemoryBytes: 1000 },
};

function make() {
  const run = createRun(store.directory, runOptions);
  const path = join(run.path, "averaged.safetensors");
  const readers = [() => readAverage(run), () => requireWholeWeights(weights, path)];
  return { run, path, readers };
}

describe("an average without a checksum", () => {
  test.each([
    ["that counts no average", { ...summary }],
    ["of before there were checksums", { ...summary, averaged: { count: 2, validationLoss: 1 } }],
    ["that was never written", null],
  ])("is taken in a run with a summary %s", (_, written) => {
    const { run, path, readers } = make();
    if (written) run.writeSummary(written);
    writeFileSync(path, weights);
    for (const read of readers) read();
    expect(readAverage(run)).toEqual({ path, bytes: weights });
  });

  test("is refused where the run says that it had one", () => {
    const { run, path, readers } = make();
    run.writeSummary({ ...summary, averaged: { count: 2, validationLoss: 1, sha256: run.saveAverage(weights) } });
    readAverage(run);
    writeFileSync(path, weights);
    for (const read of readers)
      expect(read).toThrow(
        `${path}: expected the checksum that summary.json says it has, got none; the file is damaged`,
      );
  });

  test("is refused where the summary that would tell is damaged, which is named", () => {
    const { run, path, readers } = make();
    writeFileSync(path, weights);
    writeFileSync(join(run.path, "summary.json"), "{");
    for (const read of readers) expect(read).toThrow(`${join(run.path, "summary.json")}: expected a JSON object`);
  });

  test.each([
    ["no notes", encodeSafetensors(new Map(), {})],
    ["notes of others", encodeSafetensors(new Map(), { format: "tf" })],
    ["notes beside them", encodeSafetensors(new Map(), { format: "pt", batchscope: '{"averaged":true}' })],
    ["no header", new Uint8Array(6)],
  ])("and with %s is refused", (_, bytes) => {
    const { run, path } = make();
    writeFileSync(path, bytes);
    expect(() => readAverage(run)).toThrow(DataError);
  });
});
