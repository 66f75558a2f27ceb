import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkpointBytes, json, runOptions, scratchStore } from "../../test/scratchStore.ts";
import { decodeSafetensors, encodeSafetensors } from "../data/files/safetensors.ts";
import { DataError, NotFoundError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { readAverage, requireWholeWeights } from "./average.ts";
import {
  listCheckpoints,
  newestGoodCheckpoint,
  readCheckpoint,
  readPointer,
  selectCheckpoints,
} from "./checkpoints.ts";
import { createRun } from "./create.ts";

import type { RunWriter } from "./writer.ts";

const store = scratchStore();

const save = (run: RunWriter, epoch: number, step: number, more: { best?: boolean; passing?: boolean } = {}) =>
  run.saveCheckpoint({ epoch, step, bytes: checkpointBytes(step), ...more });
const steps = (run: RunWriter) => listCheckpoints(run).map(({ step }) => step);

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
      save(run, epoch, step);
    expect(listCheckpoints(run).map(({ path }) => basename(path))).toEqual([
      "epoch=005-step=0003000.safetensors",
      "epoch=005-step=0003730.safetensors",
      "epoch=999-step=0007460.safetensors",
      "epoch=1000-step=10000000.safetensors",
    ]);
    const read = decodeSafetensors(readCheckpoint(listCheckpoints(run)[2]!), "a");
    expect(read.tensors).toEqual(decodeSafetensors(checkpointBytes(7460), "a").tensors);
    expect(readdirSync(join(run.path, "checkpoints"))).toHaveLength(5);
  });

  test.each([
    ["5", [3730]],
    ["10", [7460]],
    ["latest", [7460]],
    ["last", [7460]],
    ["best", [3000]],
    ["all", [3000, 3730, 7460]],
    ["step:3000", [3000]],
    ["step:3730", [3730]],
    ["step=0007460", [7460]],
  ])("%s selects the steps %j", (selection, expected) => {
    const run = createRun(store.directory, runOptions);
    save(run, 5, 3000, { best: true });
    save(run, 5, 3730);
    save(run, 10, 7460);
    expect(selectCheckpoints(run, selection).map(({ step }) => step)).toEqual(expected);
  });

  test("a selection that is not there lists the epochs that are", () => {
    const run = createRun(store.directory, runOptions);
    for (const selection of ["latest", "all", "5", "best"])
      expect(() => selectCheckpoints(run, selection)).toThrow(
        new NotFoundError(
          `${run.path}/checkpoints: expected a checkpoint for "${selection}", got none at all; train until one is saved`,
        ),
      );
    save(run, 1, 10);
    save(run, 5, 50);
    expect(() => selectCheckpoints(run, "best")).toThrow(/, "latest" or "all", got "best"; choose one of them/);
    expect(() => selectCheckpoints(run, "7")).toThrow(
      /expected epoch 1, 5, step:10, step:50, "latest" or "all", got "7"; choose one of them/,
    );
    expect(() => selectCheckpoints(run, "step:1")).toThrow(/expected epoch 1, 5, step:10, step:50, .*, got "step:1";/);
    for (let step = 51; step < 71; step++) save(run, 5, step);
    expect(() => selectCheckpoints(run, "7")).toThrow(/, step:59, .*step:70 after 10 earlier ones, .*; choose one/);
  });
});

describe("pointers", () => {
  test("name the last and the best, with the checksum that the file states", () => {
    const run = createRun(store.directory, runOptions);
    save(run, 1, 10, { best: true });
    save(run, 2, 20);
    expect([readPointer(run, "best")?.step, readPointer(run, "last")?.step]).toEqual([10, 20]);
    const { metadata } = decodeSafetensors(readCheckpoint(readPointer(run, "best")!), "a");
    expect(json(run, "checkpoints/best.json")).toEqual({
      schemaVersion: 1,
      file: "epoch=001-step=0000010.safetensors",
      epoch: 1,
      step: 10,
      sha256: metadata.sha256,
    });
    rmSync(readPointer(run, "best")!.path);
    expect(readPointer(run, "best")).toBeNull();
  });
});

describe("what is kept", () => {
  test.each([
    ["the newest two, the best and the last", 2, [2], [2, 5, 6]],
    ["the newest one, which is the best and the last", 1, [6], [6]],
    ["everything without a limit", undefined, [2], [1, 2, 3, 4, 5, 6]],
  ])("%s", (_, keepCheckpoints, best, expected) => {
    const run = createRun(store.directory, { ...runOptions, keepCheckpoints });
    for (let step = 1; step <= 6; step++) save(run, step, step, { best: best.includes(step) });
    expect(steps(run)).toEqual(expected);
  });

  test("one that is only passed goes when the next is on disk, unless it is the best", () => {
    const run = createRun(store.directory, runOptions);
    save(run, 0, 1);
    save(run, 0, 2, { passing: true });
    expect(steps(run)).toEqual([1, 2]);
    save(run, 0, 3, { passing: true, best: true });
    expect(steps(run)).toEqual([1, 3]);
    save(run, 0, 4);
    expect(steps(run)).toEqual([1, 3, 4]);
    save(run, 0, 5, { best: true });
    expect(steps(run)).toEqual([1, 4, 5]);
  });
});

describe("the checkpoint to go on from", () => {
  const damage: [string, (path: string) => void][] = [
    ["cut short", (path) => truncateSync(path, 300)],
    ["empty", (path) => truncateSync(path, 0)],
    ["zero", (path) => writeFileSync(path, new Uint8Array(readFileSync(path).length))],
    [
      "changed by a bit",
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 3]! ^= 16;
        writeFileSync(path, bytes);
      },
    ],
  ];
  test.each(damage)("is the one before a file that is %s", (_, harm) => {
    const run = createRun(store.directory, runOptions);
    for (const step of [10, 20, 30]) save(run, 1, step);
    harm(listCheckpoints(run)[2]!.path);
    const { checkpoint, damaged } = newestGoodCheckpoint(run);
    expect(checkpoint?.step).toBe(20);
    expect(damaged.map(({ message }) => message)).toEqual([
      expect.stringContaining("step=0000030.safetensors: expected"),
    ]);
    harm(listCheckpoints(run)[1]!.path);
    harm(listCheckpoints(run)[0]!.path);
    expect(newestGoodCheckpoint(run).checkpoint).toBeNull();
    expect(newestGoodCheckpoint(run).damaged).toHaveLength(3);
  });

  test("says how many metrics were recorded before it", () => {
    const run = createRun(store.directory, runOptions);
    expect(newestGoodCheckpoint(run)).toEqual({ checkpoint: null, damaged: [] });
    save(run, 0, 1);
    expect(newestGoodCheckpoint(run).checkpoint?.metrics).toBe(0);
  });

  test("a damaged one is not read for analysis either, nor one without a checksum", () => {
    const run = createRun(store.directory, runOptions);
    const saved = save(run, 1, 10);
    const bytes = readFileSync(saved.path);
    bytes[bytes.length - 3]! ^= 16;
    writeFileSync(saved.path, bytes);
    expect(() => readCheckpoint(saved)).toThrow(DataError);
    writeFileSync(saved.path, checkpointBytes(10));
    expect(() => readCheckpoint(saved)).toThrow(
      /step=0000010\.safetensors: expected a checksum in its header, got none; /,
    );
  });

  test("a sealed file that is no checkpoint is passed over", () => {
    const run = createRun(store.directory, runOptions);
    const saved = save(run, 1, 10);
    run.saveAverage(checkpointBytes(10));
    writeFileSync(saved.path, readAverage(run).bytes);
    const { checkpoint, damaged } = newestGoodCheckpoint(run);
    expect([checkpoint, damaged.map(({ message }) => message)]).toEqual([
      null,
      [`${saved.path}: expected a checkpoint, got another file; move it away`],
    ]);
  });
});

describe("a bit turned anywhere", () => {
  /** Every bit of the first 200 bytes, and some of the others. */
  function bitsOf(bytes: Uint8Array): number[] {
    const generator = random(5);
    const later = Array.from({ length: 200 }, () => 1600 + Math.floor(generator.uniform() * (bytes.length - 200) * 8));
    return [...Array.from({ length: 1600 }, (_, bit) => bit), ...later];
  }

  test("is found by every reader, which names the file", () => {
    const run = createRun(store.directory, runOptions);
    const saved = save(run, 1, 10);
    run.saveAverage(checkpointBytes(10));
    const averaged = join(run.path, "averaged.safetensors");
    const readers = [
      [saved.path, () => readCheckpoint(saved)],
      [averaged, () => readAverage(run)],
    ] as const;
    for (const [path, read] of readers) {
      const whole = readFileSync(path);
      const file = openSync(path, "r+");
      for (const bit of bitsOf(whole)) {
        const at = bit >> 3;
        const turned = Uint8Array.of(whole[at]! ^ (1 << (bit & 7)));
        writeSync(file, turned, 0, 1, at);
        expect(read, `bit ${bit} of ${path}`).toThrow(`${path}: expected`);
        const begin = (place: string) => requireWholeWeights(whole.with(at, turned[0]!), place);
        for (const place of [path, "elsewhere.safetensors"])
          expect(() => begin(place), `bit ${bit} as ${place}`).toThrow(`${place}: expected`);
        writeSync(file, whole, at, 1, at);
      }
      closeSync(file);
      read();
      requireWholeWeights(whole, path);
    }
  });

  test("is not looked for in a file of others", () => {
    const path = join(store.directory, "theirs.safetensors");
    const tensors = new Map([["weight", { type: "float32" as const, shape: [1], data: Float32Array.of(1) }]]);
    const all: Record<string, string>[] = [{}, { format: "pt" }, { sha256: "of something else" }];
    for (const metadata of all)
      expect(() => requireWholeWeights(encodeSafetensors(tensors, metadata), path)).not.toThrow();
  });
});
