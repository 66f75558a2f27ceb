import { expect, test } from "vitest";
import { argumentsOf } from "./childRun.ts";

test("options are written again as they were read", () => {
  const flags = { batchSize: "4", tensorboard: true, fields: false, tag: ["a b", "c"], clipNorm: undefined, dir: "-x" };
  expect(argumentsOf(flags)).toEqual([
    "--batch-size=4",
    "--tensorboard",
    "--no-fields",
    "--tag=a b",
    "--tag=c",
    "--dir=-x",
  ]);
});
