import { describe, expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { nextByHalving, type RungResult, stopsByHalving, stopsByMedian } from "./earlyStopping.ts";

const rung = (...values: number[]): RungResult[] => values.map((value, i) => ({ trial: `t${i}`, value }));
const none = () => new Set<string>();

describe("asynchronous successive halving", () => {
  test("starts trials until one is among the best 1/η of a rung", () => {
    expect(nextByHalving([rung(3, 2), [], []], [none(), none(), none()], 3)).toEqual({ kind: "start" });
    expect(nextByHalving([rung(3, 2, 4), [], []], [none(), none(), none()], 3)).toEqual({
      kind: "promote",
      trial: "t1",
      rung: 1,
    });
  });

  test("promotes a trial once, the best first, and the highest rung first", () => {
    const low = rung(6, 5, 4, 3, 2, 1);
    expect(nextByHalving([low, []], [new Set(["t5"]), none()], 3)).toMatchObject({ trial: "t4" });
    expect(nextByHalving([low, []], [new Set(["t5", "t4"]), none()], 3)).toEqual({ kind: "start" });
    const middle = rung(6, 5, 4).map((one) => ({ ...one, trial: `m${one.trial}` }));
    expect(nextByHalving([low, middle, []], [none(), none(), none()], 3)).toMatchObject({ trial: "mt2", rung: 2 });
  });

  test("the last rung promotes nobody, and a diverged trial is never promoted", () => {
    expect(nextByHalving([rung(1, 2, 3)], [none()], 3)).toEqual({ kind: "start" });
    expect(nextByHalving([rung(Number.NaN, Number.NaN, Number.NaN), []], [none(), none()], 3)).toEqual({
      kind: "start",
    });
    expect(nextByHalving([rung(Number.NEGATIVE_INFINITY, 2, 3), []], [none(), none()], 3)).toMatchObject({
      trial: "t1",
    });
  });

  test("accuracies are promoted from the highest", () => {
    expect(nextByHalving([rung(0.1, 0.9, 0.5), []], [none(), none()], 3, false)).toMatchObject({ trial: "t1" });
  });

  test("with a known order of trials, each rung gets about 1/η of the one below, and the best gets to the top", () => {
    const reduction = 3;
    const rungs: RungResult[][] = [[], [], [], []];
    const promoted = rungs.map(none);
    const order = random(3).permutation(81);
    for (let started = 0; ; ) {
      const next = nextByHalving(rungs, promoted, reduction);
      if (next.kind === "start") {
        if (started === order.length) break;
        rungs[0]!.push({ trial: `t${order[started]}`, value: order[started]! });
        started++;
      } else {
        promoted[next.rung - 1]!.add(next.trial);
        rungs[next.rung]!.push({ trial: next.trial, value: Number(next.trial.slice(1)) });
      }
    }
    expect(rungs[3]!.map(({ trial }) => trial)).toContain("t0");
    rungs.slice(1).forEach((one, k) => {
      expect(one.length).toBeGreaterThanOrEqual(Math.floor(rungs[k]!.length / reduction));
      // Early promotions that later turn out wrong cost about √n more (Li et al. 2020, §3.3).
      expect(one.length).toBeLessThan(rungs[k]!.length / reduction + 2 * Math.sqrt(rungs[k]!.length));
    });
  });

  test.each([
    ["the first at a rung goes on", rung(5), "t0", false],
    ["the second, worse, stops", rung(5, 6), "t1", true],
    ["the second, better, goes on", rung(5, 4), "t1", false],
    ["second of six goes on", rung(1, 2, 3, 4, 5, 6), "t1", false],
    ["third of six stops", rung(1, 2, 3, 4, 5, 6), "t2", true],
    ["what diverged stops", rung(1, Number.NaN), "t1", true],
  ])("%s", (_, results, trial, stops) => {
    expect(stopsByHalving(results, trial, 3)).toBe(stops);
  });
});

describe("median stopping", () => {
  const flat = (value: number, steps = 3) => Array.from({ length: steps }, (_, i) => ({ step: i + 1, value }));

  test.each([
    ["worse than the median of running means", flat(5), [flat(1), flat(2), flat(3)], true],
    ["better", flat(1.5), [flat(1), flat(2), flat(3)], false],
    ["as good as the median", flat(2), [flat(1), flat(2), flat(3)], false],
    ["two others are too few", flat(5), [flat(1), flat(2)], false],
    ["others that have not got so far do not count", flat(5), [flat(1), flat(2), flat(3, 1)], false],
    ["nothing seen yet", [], [flat(1), flat(2), flat(3)], false],
    ["a value that is no number", [...flat(1), { step: 4, value: Number.NaN }], [], true],
    ["others that diverged are the worst", flat(5), [flat(1), flat(Number.NaN), flat(Number.NaN)], false],
    ["the best value counts, not the last", [...flat(1, 2), { step: 3, value: 9 }], [flat(2), flat(2), flat(2)], false],
  ])("%s", (_, own, others, stops) => {
    expect(stopsByMedian(own, others)).toBe(stops);
  });

  test("accuracies stop when they are low", () => {
    const others = [flat(0.7), flat(0.8), flat(0.9)];
    expect([stopsByMedian(flat(0.5), others, false), stopsByMedian(flat(0.95), others, false)]).toEqual([true, false]);
  });
});

test("what others gave later than the trial has got does not count", () => {
  const others = Array.from({ length: 3 }, () => [
    { step: 1, value: 4 },
    { step: 2, value: 100 },
  ]);
  expect(stopsByMedian([{ step: 1, value: 5 }], others)).toBe(true);
  expect(stopsByMedian([{ step: 1, value: 3 }], others)).toBe(false);
});
