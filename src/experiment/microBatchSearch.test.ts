import { describe, expect, test } from "vitest";
import { UnsupportedError, UsageError } from "../tensor/errors.ts";
import { fastestOf, findMicroBatch, sizesThatFit, type Trial, type TrialOutcome } from "./microBatchSearch.ts";
import type { ExampleTime } from "./microBatchTimes.ts";

const time = (median: number, spread = 0.01): ExampleTime => {
  return { median, lower: median * (1 - spread), upper: median * (1 + spread), runs: 9 };
};
const fits = (microBatch: number): TrialOutcome => ({ kind: "fits", peakBytes: 100 + microBatch });
const tooMuch: TrialOutcome = { kind: "memory", peakBytes: Number.NaN, end: { kind: "signal", signal: "SIGKILL" } };

/** Tries sizes on a machine where `rule` says what becomes of them, and keeps what was asked. */
function machine(rule: (microBatch: number, purpose: Trial["purpose"], made: number) => TrialOutcome) {
  const asked: [number, Trial["purpose"]][] = [];
  const attempt = async (microBatch: number, purpose: Trial["purpose"]) => {
    asked.push([microBatch, purpose]);
    return rule(microBatch, purpose, asked.length - 1);
  };
  return { asked, attempt };
}

describe("findMicroBatch", () => {
  test.each([
    [1, 1000],
    [2, 1000],
    [3, 1000],
    [7, 1000],
    [31, 1000],
    [33, 1000],
    [100, 1000],
    [640, 1000],
    [999, 1000],
    [1000, 1000],
    [5000, 1000],
    [5000, 1],
    [5000, 96],
    [123_456, 60_000_000],
  ])("of a limit planted at %i and %i examples: within a thirty-second below it, verified", async (limit, maximum) => {
    const { asked, attempt } = machine((microBatch) => (microBatch <= limit ? fits(microBatch) : tooMuch));
    const { largest, smallestFailure, trials } = await findMicroBatch(attempt, maximum);
    const truth = Math.min(limit, maximum);
    expect(largest).toBeLessThanOrEqual(truth);
    expect(largest).toBeGreaterThan(truth - Math.max(1, truth / 32));
    expect(asked.at(-1)).toEqual([largest, "verification"]);
    expect(asked.filter(([size]) => size === largest).length).toBe(2);
    expect(Math.max(...asked.map(([size]) => size))).toBeLessThanOrEqual(maximum);
    expect(smallestFailure).toBe(
      limit >= maximum ? null : Math.min(...asked.map(([size]) => size).filter((size) => size > limit)),
    );
    expect(trials.map(({ microBatch, purpose }) => [microBatch, purpose])).toEqual(asked);
    expect(asked.length).toBeLessThan(2 * Math.log2(truth) + 8);
  });

  test("tries powers of two, then halves, then runs the answer once more", async () => {
    const { asked, attempt } = machine((size) => (size <= 11 ? fits(size) : tooMuch));
    const { largest, notes } = await findMicroBatch(attempt, 500);
    expect([asked.map(([size]) => size), largest, notes]).toEqual([[1, 2, 4, 8, 16, 12, 10, 11, 11], 11, []]);
  });

  test("not even one example fits", async () => {
    const { attempt } = machine(() => tooMuch);
    const found = await findMicroBatch(attempt, 10);
    expect([found.largest, found.smallestFailure, found.trials.length]).toEqual([null, 1, 1]);
    expect(sizesThatFit(found)).toEqual([]);
  });

  test("a crash on start is an error, not a limit of memory", async () => {
    const { attempt } = machine(() => ({ kind: "failed", end: { kind: "said", words: "no such data" } }));
    const run = findMicroBatch(attempt, 10);
    await expect(run).rejects.toThrow(UnsupportedError);
    await expect(run).rejects.toThrow("expected one example to be trained on, got: no such data; try train first");
  });

  test("a later failure for another reason ends the search there and is said", async () => {
    const { attempt } = machine((size) =>
      size <= 5 ? fits(size) : { kind: "failed", end: { kind: "said", words: "internal: odd" } },
    );
    const { largest, notes } = await findMicroBatch(attempt, 64);
    expect([largest, notes]).toEqual([
      5,
      [{ kind: "failed", microBatch: 8, end: { kind: "said", words: "internal: odd" } }],
    ]);
  });

  test("a size that fits only once is not returned", async () => {
    const { attempt } = machine((size, purpose) =>
      size <= 12 && !(purpose === "verification" && size > 10) ? fits(size) : tooMuch,
    );
    const { largest, notes, smallestFailure } = await findMicroBatch(attempt, 64);
    expect([largest, smallestFailure]).toEqual([10, 11]);
    expect(notes).toEqual([{ kind: "unsteady", microBatch: 12 }]);
  });

  test("where no size fits twice, none is returned", async () => {
    const { attempt } = machine((size, purpose) => (purpose === "search" && size < 4 ? fits(size) : tooMuch));
    expect((await findMicroBatch(attempt, 64)).largest).toBeNull();
  });

  test.each([
    ["odd sizes above 4", (size: number) => size <= 4 || (size < 50 && size % 2 === 0)],
    ["all between 10 and 20", (size: number) => size < 10 || (size > 20 && size < 40)],
    ["8 alone", (size: number) => size !== 8 && size < 60],
  ])("memory that does not grow with size (%s fail): what is returned fits all the same", async (_, rule) => {
    const { attempt, asked } = machine((size) => (rule(size) ? fits(size) : tooMuch));
    const { largest } = await findMicroBatch(attempt, 1000);
    expect(rule(largest!)).toBe(true);
    expect(asked.at(-1)).toEqual([largest, "verification"]);
  });

  test("what fits up to the verified size is what is timed, each once", async () => {
    const { attempt } = machine((size, purpose) =>
      size <= 12 && !(purpose === "verification" && size > 10) ? fits(size) : tooMuch,
    );
    expect(sizesThatFit(await findMicroBatch(attempt, 64))).toEqual([1, 2, 4, 8, 10]);
  });

  test("says where the maximum was all that stopped it", async () => {
    const { attempt } = machine((size) => fits(size));
    expect(await findMicroBatch(attempt, 6)).toMatchObject({
      largest: 6,
      notes: [{ kind: "maximum", maximum: 6 }],
    });
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses a maximum of %f", async (maximum) => {
    await expect(findMicroBatch(async () => tooMuch, maximum)).rejects.toThrow(UsageError);
  });
});

test.each<[string, Record<number, number>, number | undefined, number[]]>([
  ["larger is faster", { 1: 8, 2: 4, 4: 2, 8: 1 }, 8, []],
  ["4 is fastest", { 1: 8, 2: 4, 4: 1, 8: 2 }, 4, []],
  ["2 is as fast as 8 within its spread, and still not the fastest", { 1: 8, 2: 1.005, 4: 1.2, 8: 1 }, 8, [2]],
  ["the smaller of two equal ones", { 1: 8, 2: 1, 4: 1.2, 8: 1 }, 2, [8]],
  ["of none", {}, undefined, []],
])("the fastest stands above all others of the table: %s", (_, medians, expected, asFast) => {
  const times = Object.entries(medians).map(([size, median]) => {
    return { microBatch: Number(size), secondsPerExample: time(median) };
  });
  const found = fastestOf(times);
  expect([found?.microBatch, found?.asFast ?? []]).toEqual([expected, asFast]);
});
