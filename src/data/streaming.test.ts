import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { random } from "../tensor/random.ts";
import { tensor } from "../tensor/tensor.ts";
import { newBatch } from "./dataset.ts";
import { encodeNpy } from "./files/npz.ts";
import { encodeSafetensors } from "./files/safetensors.ts";
import { openData } from "./registry.ts";
import { createSampler } from "./sampler.ts";

const root = mkdtempSync(join(tmpdir(), "batchscope-streaming-"));
afterAll(() => rmSync(root, { recursive: true }));

/** 24 MB of numbers, of which one may be in memory. */
const [size, width] = [30_000, 100];
const memory = 2 ** 20;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Bytes of all arrays that are still in use. */
function held(): number {
  collectGarbage();
  // The memory of arrays that one collection found dead is given back at the latest as the next begins.
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

beforeAll(() => {
  vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
  const { uniform } = random(1);
  const x = tensor("float64", [size, width], Float64Array.from({ length: size * width }, uniform));
  const y = tensor(
    "uint8",
    [size],
    Uint8Array.from({ length: size }, (_, i) => i % 5),
  );
  mkdirSync(join(root, "npy"));
  writeFileSync(join(root, "npy/x.npy"), encodeNpy(x));
  writeFileSync(join(root, "npy/y.npy"), encodeNpy(y));
  writeFileSync(
    join(root, "a.safetensors"),
    encodeSafetensors(
      new Map([
        ["x", x],
        ["y", y],
      ]),
    ),
  );
  const column = (c: number) => Array.from({ length: size }, (_, i) => x.data[i * width + c] as number);
  const columnData = [
    ...Array.from({ length: 12 }, (_, c) => ({ name: `c${c}`, data: column(c) })),
    { name: "label", data: Array.from(y.data, Number) },
  ];
  writeFileSync(join(root, "t.parquet"), new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 5000 })));
});

test.each(["npy", "a.safetensors", "t.parquet"])(
  "%s: an epoch in random order takes no more memory than was allowed",
  async (name) => {
    const start = held();
    const { train } = await openData(join(root, name), { reading: { dataMemory: memory } });
    const opened = held();
    expect(opened - start).toBeLessThan(memory);
    const whole = await openData(join(root, name));
    // The measure sees what is in memory.
    expect(held() - opened).toBeGreaterThan(2 * memory);
    const sampler = createSampler({ size: train.size, window: [64], random: random(0) });
    const [batch, expected] = [newBatch(train, 64), newBatch(train, 64)];
    const before = held();
    let [peak, seen] = [0, 0];
    for (const [indices] of sampler.epoch()) {
      if (indices!.length < 64) break;
      await train.read(indices!, batch);
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      await whole.train.read(indices!, expected);
      if (batch.x!.data.some((value, i) => value !== expected.x!.data[i])) throw new Error(`other numbers at ${seen}`);
      if (batch.y!.data.some((value, i) => value !== expected.y!.data[i])) throw new Error(`other labels at ${seen}`);
      seen += indices!.length;
    }
    expect(seen).toBe(24_000);
    expect(peak).toBeLessThan(memory);
  },
);
