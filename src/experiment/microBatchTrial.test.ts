import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { clouds, regression } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { nativeEngine } from "../runtime/native.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import { prepareTraining } from "../session/prepare.ts";
import { tryMicroBatch } from "./microBatchTrial.ts";

const store = mkdtempSync(join(tmpdir(), "batchscope-trial-"));
afterAll(() => rmSync(store, { recursive: true }));

/** The same data, and which examples were read. */
function recorded(data: Dataset): { data: Dataset; read: Set<number> } {
  const read = new Set<number>();
  return {
    read,
    data: {
      ...data,
      async read(indices, batch, draw) {
        for (const index of indices) read.add(index);
        await data.read(indices, batch, draw);
      },
    },
  };
}

test.each([
  [false, 250],
  [true, 400],
])("a trial reads what its updates need, and of the validation data few or all: whole %s", async (whole, seen) => {
  const prepared = await prepareTraining(resolveConfiguration({ model: "mlp", data: "iris", dir: store }, {}));
  const [train, validation] = [recorded(clouds(100)), recorded(clouds(400))];
  const options = {
    ...prepared.options,
    model: regression(train.data),
    train: train.data,
    validation: validation.data,
    window: [8, 8],
  };
  const peak = await tryMicroBatch(nativeEngine(), { ...prepared, options }, { updates: 2, whole, store });
  expect(validation.read).toEqual(new Set(Array(seen).keys()));
  // Two updates of 16, and the 4 that the whole data leave at the end.
  expect(train.read).toEqual(new Set(Array(36).keys()));
  expect(peak).toBeGreaterThan(0);
});
