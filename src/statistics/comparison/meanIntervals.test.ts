import { describe, expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { bcaInterval, studentizedInterval, tInterval, welchInterval } from "./meanIntervals.ts";

const values = [0.3, -0.1, 0.5, 0.2, 0.4, 0.25, -0.05, 0.6];

// SciPy's ttest_1samp, ttest_ind(equal_var=False) and, of 200,000 resamples, bootstrap(method="BCa").
test("agrees with SciPy", () => {
  const t = tInterval(values);
  expect(t.p).toBeCloseTo(0.019450838867, 9);
  expect([t.lower, t.upper]).toEqual([expect.closeTo(0.05680535690673, 8), expect.closeTo(0.4681946430892, 8)]);
  const welch = welchInterval([1.2, 0.8, 1.5, 1.1, 0.9], [1.9, 1.4, 1.6, 2.2, 1.3, 1.75]);
  expect(welch.p).toBeCloseTo(0.0102034697, 9);
  expect([welch.lower, welch.upper]).toEqual([expect.closeTo(-1.0051136134, 8), expect.closeTo(-0.1782197198, 8)]);
  const bca = bcaInterval(values, 0.95, 100_000);
  expect([bca.lower, bca.upper]).toEqual([expect.closeTo(0.0875, 1.9), expect.closeTo(0.40625, 1.9)]);
});

test("resamples are the same each time, whatever the unit", () => {
  expect(bcaInterval(values)).toEqual(bcaInterval(values));
  const scaled = bcaInterval(values.map((value) => 1e6 * value));
  expect(scaled.lower / 1e6).toBeCloseTo(bcaInterval(values).lower, 9);
});

describe.each([
  ["t", tInterval],
  ["BCa", bcaInterval],
  ["studentised", studentizedInterval],
] as const)("%s", (_, interval) => {
  test("of equal values is the value itself, though its sum is rounded", () => {
    expect(interval([0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toMatchObject({
      lower: expect.closeTo(0.1, 15),
      upper: expect.closeTo(0.1, 15),
    });
  });

  test("holds the mean, and is the wider the higher the level", () => {
    const [narrow, wide] = [interval(values, 0.5), interval(values, 0.95)];
    expect([wide.lower, narrow.lower, narrow.value, narrow.upper, wide.upper]).toEqual(
      [wide.lower, narrow.lower, narrow.value, narrow.upper, wide.upper].toSorted((a, b) => a - b),
    );
  });
});

test("constant differences have p 0, and zeros p 1", () => {
  expect([tInterval([2, 2, 2]).p, tInterval([0, 0, 0]).p, welchInterval([1, 1], [1, 1]).p]).toEqual([0, 1, 1]);
});

test("of six normal values t covers 95 % and BCa about 85 %", () => {
  const { normal } = random(8);
  let [byT, byBca] = [0, 0];
  for (let draw = 0; draw < 400; draw++) {
    const sample = Array.from({ length: 6 }, () => normal());
    const covers = ({ lower, upper }: { lower: number; upper: number }) => lower <= 0 && 0 <= upper;
    byT += Number(covers(tInterval(sample)));
    byBca += Number(covers(bcaInterval(sample, 0.95, 200)));
  }
  expect([byT / 400, byBca / 400]).toEqual([expect.closeTo(0.95, 1.2), expect.closeTo(0.85, 1)]);
});

test("BCa ends of skewed values are those of SciPy's 400,000 resamples", () => {
  const values = [0.1, 0.2, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.3, 1.9, 2.8, 4.6];
  const { lower, upper } = bcaInterval(values, 0.95, 100_000);
  // By percentiles alone it would be from 0.517 to 1.967, without the bias in z from 0.6 to 2.167.
  expect(Math.abs(lower - 0.6167)).toBeLessThan(0.01);
  expect(Math.abs(upper - 2.22)).toBeLessThan(0.025);
});
