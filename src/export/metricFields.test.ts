import { describe, expect, test } from "vitest";
import { epochRecord, stepRecord } from "../../test/scratchStore.ts";
import type { MetricRecord } from "../store/schema.ts";
import { DataError } from "../tensor/errors.ts";
import { eachNumber, surveyMetrics } from "./metricFields.ts";

const record = (fields: object) => ({ ...stepRecord(12), ...fields }) as MetricRecord;

/** A number in so many objects. */
const inside = (depth: number): unknown => (depth === 0 ? 1 : { a: inside(depth - 1) });

test("the numbers of a record go by name and in their order", () => {
  const found: [string, number][] = [];
  const scores = { macroF1: 0.5, of: { one: Number.NaN, text: "2", none: null } };
  eachNumber({ ...epochRecord(3, 7), validationScores: scores } as unknown as MetricRecord, (...number) =>
    found.push(number),
  );
  expect(found).toEqual([
    ["examples", 56],
    ["trainLoss", 0.3],
    ["trainAccuracy", 0.9],
    ["validationLoss", 0.4],
    ["validationAccuracy", 0.8],
    ["seconds", 2],
    ["validationScores.macroF1", 0.5],
    ["validationScores.of.one", Number.NaN],
  ]);
});

describe("a survey", () => {
  test("counts records and has each name once, as they first come", () => {
    const { count, names } = surveyMetrics([stepRecord(1), stepRecord(2), record({ extra: inside(8) })]);
    expect([count, names.slice(0, 2), names.at(-1)]).toEqual([3, ["examples", "loss"], "extra.a.a.a.a.a.a.a.a"]);
  });

  test.each([
    ["numbers in 9 objects", { extra: inside(9) }, /in at most 8 objects, got more at step 12; restore the file$/],
    [
      "10,001 names",
      Object.fromEntries(Array.from({ length: 9_996 }, (_, i) => [`n${i}`, i])),
      /at most 10000 names .*, got more by line 2; /,
    ],
    ["a name of a MiB", { ["n".repeat(2 ** 20)]: 1 }, /of 1048576 characters together, got more by line 2; /],
  ])("refuses %s", (_, fields, message) => {
    const records = () => surveyMetrics([stepRecord(1), record(fields)]);
    expect(records).toThrow(DataError);
    expect(records).toThrow(message);
  });
});
