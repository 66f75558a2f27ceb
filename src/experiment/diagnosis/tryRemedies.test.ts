import { describe, expect, test } from "vitest";
import { candidatesIn, planTrials } from "./tryRemedies.ts";

const three = [
  { kind: "higher-rate", changes: { learningRate: 1 } },
  { kind: "adam", changes: { optimizer: "adam" } },
  { kind: "momentum", changes: { momentum: 0.9 } },
] as const;

test("of remedies the first of each kind is tried, unless it is no other setting", () => {
  const asked = [
    three[0],
    { kind: "longer", changes: { epochs: 9 } },
    { kind: "find-rate", changes: null },
    three[0],
    three[1],
  ] as const;
  expect(candidatesIn(asked)).toEqual([three[0], three[1]]);
});

describe("a plan within seconds", () => {
  // A run of 8 seconds takes 10 with its start.
  test.each([
    [240, 3, 6],
    [120, 3, 3],
    [90, 2, 3],
    [70, 1, 3],
    [60, 1, 3],
  ])("%s hold %s remedies over %s seeds", (seconds, remedies, seeds) => {
    const plan = planTrials(three, 8, { seconds, seeds: 6 });
    expect([plan.remedies.length, plan.seeds]).toEqual([remedies, seeds]);
  });

  test("with three seeds at most", () => {
    expect(planTrials(three, 8, { seconds: 1e4, seeds: 3 })).toMatchObject({ seeds: 3, remedies: [{}, {}, {}] });
  });

  test("stopping early needs no training of its own", () => {
    expect(
      planTrials([{ kind: "early-stopping", changes: { patience: 2 } }, three[0]], 8, { seconds: 60, seeds: 6 }),
    ).toMatchObject({
      seeds: 3,
      remedies: [{}, {}],
    });
  });

  test("that holds nothing is refused with what it takes", () => {
    expect(() => planTrials(three, 8, { seconds: 50, seeds: 6 })).toThrow(
      "`seconds`: expected at least 60 for three seeds of the run and one remedy, got 50; raise it",
    );
  });
});
