import { expect, test } from "vitest";
import type { Verdict } from "../../store/verdicts.ts";
import { textIn } from "../../text/text.ts";
import { rowLines } from "./rowLines.ts";

const stopped = (batchSize: number, why: "time" | "data") =>
  ({
    run: "r",
    rowsChosen: { rows: 64, stopped: why },
    checkpoints: [{ statistics: { batchSize } }],
  }) as unknown as Parameters<typeof rowLines>[0];
const further = (batchSize: number, why: "time" | "data", answer: readonly Verdict[] = []) =>
  rowLines(stopped(batchSize, why), answer, 8, textIn("en"))[1];

test("the command that goes on measures the same mini-batches", () => {
  expect(further(8, "time")).toMatch(/: `batchscope analyze r --rows 128`$/);
  expect(further(4, "time")).toMatch(/: `batchscope analyze r --rows 128 --batch-size 4`$/);
  expect(further(4, "data")).toBeUndefined();
});
