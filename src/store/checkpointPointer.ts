import type { Issue } from "./issue.ts";
import type { Reader } from "./parseRecord.ts";
import type { CheckpointPointer } from "./schema.ts";

/** The name of a checkpoint's file, which says where in training it was written. */
export const CHECKPOINT_NAME = /^epoch=(\d+)-step=(\d+)\.safetensors$/;

const FILE = "the name of a checkpoint's file";

const fields = {
  schemaVersion: count,
  file: (value: unknown) => text(value) ?? (CHECKPOINT_NAME.test(value as string) ? undefined : FILE),
  epoch: count,
  step: count,
  sha256: text,
} as const satisfies Record<keyof CheckpointPointer, (value: unknown) => string | undefined>;

/**
 * The schema of `best.json` and `last.json`, which are read with every checkpoint that is written: without zod, whose
 * words it has.
 */
export const checkpointPointer: Reader<CheckpointPointer> = {
  safeParse: (value) => {
    const given = value as Readonly<Record<string, unknown>>;
    const issues = Object.entries(fields).flatMap(([name, check]): Issue[] => {
      const message = check(given[name]);
      return message === undefined ? [] : [{ path: [name], message, input: given[name] }];
    });
    if (issues.length === 0 && !agrees(value as CheckpointPointer))
      issues.push({ path: ["file"], message: "the epoch and the step that the file's name says", input: value });
    return issues.length === 0
      ? { success: true, data: value as CheckpointPointer }
      : { success: false, error: { issues } };
  },
};

function agrees({ file, epoch, step }: CheckpointPointer): boolean {
  const [, ofEpoch, ofStep] = CHECKPOINT_NAME.exec(file) ?? [];
  return Number(ofEpoch) === epoch && Number(ofStep) === step;
}

function count(value: unknown): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return "a number";
  if (!Number.isInteger(value)) return "a whole number";
  if (value > Number.MAX_SAFE_INTEGER) return `a number of at most ${Number.MAX_SAFE_INTEGER}`;
  return value < 0 ? "a number of at least 0" : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? undefined : "a text";
}
