import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { tryHere } from "../../../test/cli/inProcess.ts";
import { openRun, readSummary } from "../../store/runs.ts";
import { meanOfRun } from "./meanOfRun.ts";

const dir = mkdtempSync(join(tmpdir(), "batchscope-mean-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each<[string, string[]]>([
  ["a table", ["flowers.csv", "--target", "species", "--missing", "mean", "--drop", "petal_width"]],
  ["images", ["images", "--image-size", "8", "--data-memory", "64"]],
  ["series", ["units.csv", "--series-by", "unit", "--time", "time", "--window-length", "5", "--target", "state"]],
])("the loss of %s that a run was told how to read is what its training saw", async (_, [data, ...how]) => {
  const read = ["--data", `examples/data/${data}`, ...how, "--batch-size", "8", "--steps", "2"];
  const trained = await tryHere("train", "--model", "linear", ...read, "--dir", dir, "--progress", "none");
  expect(trained.text).toBe("");
  const run = openRun(dir, "latest");
  const { loss } = await meanOfRun(run, { part: "kept", checkpoint: "last" });
  expect(loss).toBeCloseTo(readSummary(run)!.last!.validationLoss, 5);
});
