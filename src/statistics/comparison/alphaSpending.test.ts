import { expect, test } from "vitest";
import { random } from "../../tensor/random.ts";
import { errorSpent, spendingBounds } from "./alphaSpending.ts";

// Bounds for five equal looks at a two-sided 5 %, as tables of Lan & DeMets's method have them.
test.each([
  ["obrien-fleming", [4.8769, 3.3569, 2.6803, 2.2898, 2.031]],
  ["pocock", [2.438, 2.4268, 2.4101, 2.3966, 2.3859]],
] as const)("%s: the bounds of five looks", (spending, bounds) => {
  const found = spendingBounds([0.2, 0.4, 0.6, 0.8, 1], 0.05, spending);
  expect(found).toEqual(bounds.map((bound) => expect.closeTo(bound, 3)));
});

test("one look has the bound of the normal distribution", () => {
  for (const spending of ["obrien-fleming", "pocock", "quadratic"] as const) {
    expect(spendingBounds([1], 0.05, spending)[0]).toBeCloseTo(1.95996, 4);
    expect(errorSpent(spending, 0.05, 1)).toBeCloseTo(0.05, 6);
    expect(errorSpent(spending, 0.05, 0)).toBe(0);
  }
});

test("looks at uneven shares are crossed as often as was spent", () => {
  const shares = [0.2, 0.23, 0.3, 0.7, 0.71, 1];
  const bounds = spendingBounds(shares, 0.2, "quadratic");
  const { normal } = random(3);
  let crossed = 0;
  for (let draw = 0; draw < 4000; draw++) {
    let motion = 0;
    const crosses = shares.map((share, k) => {
      motion += normal() * Math.sqrt(share - (shares[k - 1] ?? 0));
      return Math.abs(motion) > bounds[k]! * Math.sqrt(share);
    });
    if (crosses.includes(true)) crossed++;
  }
  expect(crossed / 4000).toBeCloseTo(0.2, 1.3);
});

test("a look just after another costs what is little", () => {
  const [, second] = spendingBounds([0.5, 0.5 + 1e-6, 1], 0.05, "pocock");
  expect(Number.isFinite(second)).toBe(true);
});

test.each([
  ["quadratic", 0.5, 0.0125],
  ["pocock", 0.5, 0.05 * Math.log((1 + Math.E) / 2)],
  // 4(1 − Φ(2.2414/√½)), SciPy.
  ["obrien-fleming", 0.5, 0.00305],
] as const)("half way, %s has spent its part", (spending, share, spent) => {
  expect(errorSpent(spending, 0.05, share)).toBeCloseTo(spent, 5);
});
