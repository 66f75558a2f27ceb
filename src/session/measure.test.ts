import { expect, test } from "vitest";
import { batches, type MeasureEvent } from "./measure.ts";

test.each([
  ["as an update", 8, {}, { batchSize: 8, rows: 15 }, []],
  ["half the data", 60, {}, { batchSize: 60, rows: 2 }, []],
  ["above half the data", 61, {}, { batchSize: 1, rows: 64 }, [1]],
  ["all the data", 120, {}, { batchSize: 1, rows: 64 }, [1]],
  ["rows that are asked for", 100, { rows: 10 }, { batchSize: 12, rows: 10 }, [12]],
  ["what is asked for is kept", 100, { batchSize: 100 }, { batchSize: 100, rows: 2 }, []],
] as const)("mini-batches of 120 examples: %s", (_, own, options, expected, smaller) => {
  const heard: MeasureEvent[] = [];
  expect(batches(own, 120, options, (event) => heard.push(event))).toEqual(expected);
  expect(heard).toEqual(smaller.map((batchSize) => ({ kind: "smaller", own, batchSize })));
});
