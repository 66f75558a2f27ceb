import { expect, test } from "vitest";
import { z } from "zod";
import { CHECKPOINT_NAME, checkpointPointer } from "./checkpointPointer.ts";
import { parseRecord } from "./parseRecord.ts";
import { count, record } from "./records.ts";
import type { CheckpointPointer } from "./schema.ts";

/** The same, of zod. */
const schema = record<CheckpointPointer>({
  schemaVersion: count,
  file: z.string().refine((name) => CHECKPOINT_NAME.test(name), "the name of a checkpoint's file"),
  epoch: count,
  step: count,
  sha256: z.string(),
});

const file = "epoch=002-step=0000010.safetensors";
const good = { schemaVersion: 1, file, epoch: 2, step: 10, sha256: "ab", later: [1] };
const read = (reader: typeof checkpointPointer, value: unknown) => {
  try {
    return parseRecord("best.json", reader, value);
  } catch (error) {
    return String(error);
  }
};

test.each([
  good,
  ...["schemaVersion", "file", "epoch", "step", "sha256"]
    .flatMap((name) =>
      [undefined, null, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, "text", [], {}, true].map((value) => ({
        ...good,
        [name]: value,
      })),
    )
    .filter(
      ({ epoch, step }) =>
        !Number.isInteger(epoch) || !Number.isInteger(step) || epoch < 0 || step < 0 || epoch + step === 12,
    ),
])("%j is read as zod would read it", (value) => {
  expect(read(checkpointPointer, value)).toEqual(read(schema, value));
});

test.each([{ epoch: 3 }, { step: 11 }])("a name that says otherwise than %j is refused", (other) => {
  expect(read(checkpointPointer, { ...good, ...other })).toMatch(
    /^DataError: best.json: expected the epoch and the step that the file's name says in "file", got /,
  );
});
