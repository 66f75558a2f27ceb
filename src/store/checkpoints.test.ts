import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { runOptions, scratchStore } from "../../test/scratchStore.ts";
import { NotFoundError } from "../tensor/errors.ts";
import { listCheckpoints, readCheckpoint, selectCheckpoints } from "./checkpoints.ts";
import { createRun } from "./create.ts";

const store = scratchStore();

describe("checkpoints", () => {
  test("are named by epoch and step, listed in order, read back, and leave no other file", () => {
    const run = createRun(store.directory, runOptions);
    expect(listCheckpoints(run)).toEqual([]);
    for (const [epoch, step] of [
      [999, 7460],
      [5, 3730],
      [1000, 10_000_000],
      [5, 3000],
    ] as const)
      run.saveCheckpoint(epoch, step, Uint8Array.of(epoch % 256, 7));
    expect(listCheckpoints(run).map(({ path }) => basename(path))).toEqual([
      "epoch=005-step=0003000.safetensors",
      "epoch=005-step=0003730.safetensors",
      "epoch=999-step=0007460.safetensors",
      "epoch=1000-step=10000000.safetensors",
    ]);
    expect(readCheckpoint(listCheckpoints(run)[2]!)).toEqual(Uint8Array.of(999 % 256, 7));
    expect(readdirSync(join(run.path, "checkpoints"))).toHaveLength(4);
  });

  test.each([
    ["5", [3730]],
    ["10", [7460]],
    ["latest", [7460]],
    ["all", [3000, 3730, 7460]],
  ])("%s selects the steps %j", (selection, steps) => {
    const run = createRun(store.directory, runOptions);
    for (const [epoch, step] of [
      [5, 3000],
      [5, 3730],
      [10, 7460],
    ] as const)
      run.saveCheckpoint(epoch, step, Uint8Array.of(1));
    expect(selectCheckpoints(run, selection).map(({ step }) => step)).toEqual(steps);
  });

  test("a selection that is not there lists the epochs that are", () => {
    const run = createRun(store.directory, runOptions);
    for (const selection of ["latest", "all", "5"])
      expect(() => selectCheckpoints(run, selection)).toThrow(
        new NotFoundError(
          `${run.path}/checkpoints: expected "${selection}", got no checkpoint; train until a checkpoint is saved`,
        ),
      );
    run.saveCheckpoint(1, 10, Uint8Array.of(1));
    run.saveCheckpoint(5, 50, Uint8Array.of(1));
    expect(() => selectCheckpoints(run, "7")).toThrow(
      /expected "7", got epoch 1, 5; choose one of them, "latest" or "all"/,
    );
  });
});
