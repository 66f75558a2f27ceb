import { expect, test } from "vitest";
import { commandAgain } from "./comparisonFiles.ts";

test("the command of a page has no password of a queue", () => {
  const flags = { model: "mlp", queue: "rediss://lab:hunter2@host:6380/1" };
  expect(commandAgain("compare", flags)).toBe("batchscope compare --model mlp --queue rediss://lab@host:6380/1");
});
