import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { encodeSafetensors } from "../src/data/files/safetensors.ts";
import type { EpochRecord, StepRecord } from "../src/store/schema.ts";

/** An empty store for each test of the file, on 2026-11-21 at 20:59:01.250 UTC until the test moves the clock. */
export function scratchStore(): { directory: string } {
  const store = { directory: "" };
  beforeEach(() => {
    store.directory = mkdtempSync(join(tmpdir(), "batchscope-store-"));
    vi.useFakeTimers({ toFake: ["Date", "performance"], now: new Date("2026-11-21T20:59:01.250Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(store.directory, { recursive: true });
  });
  return store;
}

export const runOptions = {
  model: "mlp",
  name: "mnist_0-1",
  description: "first try",
  config: { model: "mlp", batchSize: 4, learningRate: 1e-3, window: [4, 4], patience: null, note: "yes" },
  command: "batchscope train --model mlp --data mnist",
  seeds: { initialization: 1, order: 2 },
};

export const stepRecord = (step: number, loss = 1 / step): StepRecord => {
  return {
    kind: "step",
    step,
    epoch: 1,
    examples: 8 * step,
    loss,
    gradientNorm: 2.5,
    learningRate: 0.1,
    seconds: step,
  };
};

export const epochRecord = (epoch: number, step: number): EpochRecord => {
  const metrics = { trainLoss: 0.3, trainAccuracy: 0.9, validationLoss: 0.4, validationAccuracy: 0.8 };
  return { kind: "epoch", epoch, step, examples: 8 * step, ...metrics, seconds: 2 };
};

/** A JSON file of a run as it stands on disk. */
export const json = (run: { readonly path: string }, name: string) =>
  JSON.parse(readFileSync(join(run.path, name), "utf8"));

/** Changes the record of a run behind its back. */
export function backdate(run: { readonly path: string }, change: object): void {
  writeFileSync(join(run.path, "run.json"), JSON.stringify({ ...json(run, "run.json"), ...change }));
}

/** A file such as training gives for a checkpoint, with `size` numbers that `step` decides. */
export function checkpointBytes(step: number, size = 4): Uint8Array {
  const data = Float32Array.from({ length: size }, (_, i) => step + i / 8);
  return encodeSafetensors(new Map([["weight", { type: "float32", shape: [size], data }]]), {
    format: "pt",
    batchscope: JSON.stringify({ step }),
  });
}
