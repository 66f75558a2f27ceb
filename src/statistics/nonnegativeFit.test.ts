import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { nonnegativeFit } from "./nonnegativeFit.ts";

test("fits positive coefficients exactly, and the fit at a row with them", () => {
  const rows = [
    [1, 1],
    [1, 2],
    [1, 5],
  ];
  const fit = nonnegativeFit(
    rows,
    rows.map(([one, x]) => 3 * one! + 2 * x!),
  );
  expect(fit.coefficients.map(({ value }) => value)).toEqual([expect.closeTo(3, 9), expect.closeTo(2, 9)]);
  expect(fit.at([1, 4]).value).toBeCloseTo(11, 9);
  expect(fit.deviation).toBeCloseTo(0, 9);
});

test("a coefficient that would be negative is 0, and the others are the best without it", () => {
  const { coefficients } = nonnegativeFit(
    [
      [1, 1],
      [1, 2],
      [1, 3],
    ],
    [3, 2, 1],
  );
  expect(coefficients[1]).toMatchObject({ value: 0, lower: 0 });
  expect(coefficients[0]!.value).toBeGreaterThan(0.9);
});

test("columns that cannot be told apart: the first one takes it all", () => {
  const { coefficients } = nonnegativeFit(
    [
      [1, 1],
      [2, 2],
      [4, 4],
    ],
    [2, 4, 8],
  );
  expect(coefficients.map(({ value }) => value)).toEqual([expect.closeTo(2, 9), 0]);
  expect(coefficients[1]!.upper).toBeNaN();
});

test("a coefficient that is truly 0 lies below its upper end in 97.5 % of the fits", () => {
  const rows = [1, 2, 4, 8, 16, 32].map((x) => [1, x]);
  const { normal } = random(5);
  let below = 0;
  let zero = 0;
  for (let draw = 0; draw < 400; draw++) {
    const [constant] = nonnegativeFit(
      rows.map(([one, x]) => [x!, one!]),
      rows.map(([, x]) => 3 * x! * (1 + 0.05 * normal())),
    ).coefficients.toReversed();
    if (constant!.value === 0) zero++;
    if (constant!.upper > 0) below++;
  }
  // Half of the fits cut it at 0, and one in forty puts even the upper end there.
  expect(zero).toBeGreaterThan(150);
  expect(below / 400).toBeGreaterThan(0.95);
  expect(below / 400).toBeLessThan(0.995);
});

test("as many coefficients as points leave nothing to tell their error by", () => {
  const { coefficients, deviation } = nonnegativeFit(
    [
      [1, 1],
      [1, 2],
    ],
    [3, 5],
  );
  expect(coefficients.map(({ value }) => value)).toEqual([expect.closeTo(1, 9), expect.closeTo(2, 9)]);
  expect([deviation, coefficients[0]!.upper]).toEqual([Number.NaN, Number.NaN]);
});
