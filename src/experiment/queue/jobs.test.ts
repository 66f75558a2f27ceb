import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageVersion } from "../../store/describeEnvironment.ts";
import { programDigest } from "../../store/programDigest.ts";
import { UsageError } from "../../tensor/errors.ts";
import { readJob, requireTrainable } from "./jobs.ts";

const store = mkdtempSync(join(tmpdir(), "batchscope-jobs-"));
afterAll(() => rmSync(store, { recursive: true }));

const trial = { key: "k", arm: "a", seed: 0, stage: "comparison", configuration: {}, fingerprints: {} };
const version = packageVersion(".")!;
const job = { format: 2, version, code: programDigest(), study: "s", createdAt: "", folder: "/", trial };
const read = (more: object) => readJob("q", { ...job, isCancelled: false, ...more });

test.each([
  ["of another version", { version: "0.0.1" }, `expected a trial of Batchscope ${version}, got one of 0.0.1;`],
  ["of another checkout of this version", { code: "0123456789ab" }, `with the code ${programDigest()}, got one with`],
  ["that says nothing of its code", { code: undefined }, "got one with the code ?; use the same checkout"],
  ["of another store", {}, "expected the store of the study s"],
])("a trial %s is not trained here", (_, more, words) => {
  expect(() => requireTrainable(read(more), store)).toThrow(UsageError);
  expect(() => requireTrainable(read(more), store)).toThrow(words);
});
