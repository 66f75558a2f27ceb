import { afterEach, describe, expect, test, vi } from "vitest";
import { curvatureOracle, oracleNetwork } from "../../../test/curvature.ts";
import { clouds } from "../../../test/training.ts";
import { reasonLines } from "../../cli/terminal/showLandscape.ts";
import type { Value } from "../../graph/graph.ts";
import { batchNormalization, dropout, linear, relu, sequential } from "../../model/layers.ts";
import { defaultLoss } from "../../model/loss.ts";
import { apply } from "../../ops/builder.ts";
import { ops } from "../../ops/table.ts";
import { nativeEngine } from "../../runtime/native.ts";
import { random } from "../../tensor/random.ts";
import { textIn } from "../../text/text.ts";
import { type LandscapeQuestion, measureLandscape } from "./measure.ts";
import { budgetOf, landscapeParts, limitOf } from "./parts.ts";
import type { Subject } from "./subject.ts";

const engine = nativeEngine();
const data = clouds(24);

function subjectOf(middle: Parameters<typeof sequential>[2][number]): Subject {
  const network = (seed: number) => {
    const seeded = random(seed);
    const parts = [linear("first", 5, 4, seeded), middle, relu, linear("last", 4, 3, seeded)];
    return sequential("net", data.inputs[0]!, parts);
  };
  const common = { train: data, validation: clouds(9), loss: defaultLoss, trained: null };
  return { ...common, model: network(1), beginning: network(2) };
}

const asked: Omit<LandscapeQuestion, "subject"> = {
  parts: landscapeParts,
  slice: { kind: "line", to: null, points: 5 },
  groups: "layer",
  preconditioned: false,
  count: 2,
  precision: "float64",
  seed: 0,
  threads: 1,
  memoryBudget: 2 ** 28,
};

describe.each([
  ["batch normalisation", batchNormalization("norm", 4)],
  ["dropout", dropout("drop")],
] as const)("of a network with %s", (_, middle) => {
  test("the same parameters give the same numbers twice", async () => {
    const parts = ["verdict", "slice"] as const;
    const question = { ...asked, parts, precision: "float32" as const, subject: subjectOf(middle) };
    const found = await measureLandscape(question, { engine });
    // Before training, with the running statistics of then.
    expect(found.point!.history).toHaveLength(1);
    expect(found.lossBefore).not.toBe(found.loss);
    expect(found.slice!.validation!.losses[0]).toHaveLength(5);
    expect(found.groups!.map(({ name }) => name)).toContain("last");
    expect(await measureLandscape(question, { engine })).toEqual(found);
  });
});

test("the parts of the trace add up, and the eigenvalues of a layer lie within those of the whole", async () => {
  const found = await measureLandscape({ ...asked, subject: subjectOf(relu) }, { engine });
  const { groups, trace, point } = found;
  const sums = (of: "lower" | "upper") => groups!.reduce((sum, group) => sum + group.trace[of], 0);
  expect(sums("lower")).toBeLessThanOrEqual(trace!.upper);
  expect(sums("upper")).toBeGreaterThanOrEqual(trace!.lower);
  for (const { largest, smallest } of groups!) {
    expect(largest.value).toBeLessThanOrEqual(point!.spectrum.enclosure.upper + 1e-9);
    expect(smallest.value).toBeGreaterThanOrEqual(point!.spectrum.enclosure.lower - 1e-9);
  }
  const squares = groups!.reduce((sum, { gradientNorm }) => sum + gradientNorm ** 2, 0);
  expect(Math.sqrt(squares)).toBeCloseTo(point!.gradientNorm, 10);
});

test("what time or memory cannot hold is left out, and said", async () => {
  const subject = subjectOf(relu);
  const late = await measureLandscape({ ...asked, groups: null, subject, seconds: 1e-9 }, { engine });
  expect(late.omitted.map(({ part, reason }) => [part, reason])).toEqual([
    ["critical", "noRun"],
    ...["verdict", "trace", "density", "sharpness", "slice"].map((part) => [part, "time"]),
  ]);
  expect(late.loss).toBeGreaterThan(0);
  let now = 0;
  const budget = budgetOf({ seconds: 10, memoryBudget: 2 ** 10 }, () => now);
  expect([budget.isOver(0.5), budget.numbers]).toEqual([false, 32]);
  now = 5001;
  expect([budget.isOver(0.5), budget.isOver(0.6)]).toEqual([true, false]);
});

test.each([0.5, 3, 12, 60, 200])(
  "after %d passes of one second each all ends, whatever is measured",
  async (seconds) => {
    let passes = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => 1000 * passes);
    const meter = { start() {}, passed: () => void passes++ };
    const question = { ...asked, subject: subjectOf(relu), slice: { ...asked.slice, points: 60 }, seconds };
    const { omitted } = await measureLandscape(question, { engine, meter });
    clock.mockRestore();
    // The opening on both parts of the data, what runs when the time ends, and the loss itself.
    expect(passes).toBeLessThanOrEqual(Math.max(seconds, 4) + 2);
    expect(omitted.filter(({ reason }) => reason === "time").length).toBeGreaterThan(0);
  },
);

test("a measurement that is whole or nothing ends with the time, and others go on", async () => {
  let now = 0;
  const told: number[] = [];
  const budget = budgetOf({ seconds: 10, memoryBudget: 1 }, () => now);
  const { passed, during } = limitOf(budget, (examples) => told.push(examples));
  const pass = async (milliseconds: number) => {
    now += milliseconds;
    passed(8);
    return milliseconds;
  };
  expect(await during(() => pass(9000))).toBe(9000);
  expect(await during(() => pass(2000))).toBe("time");
  expect(await pass(1)).toBe(1);
  expect(told).toEqual([8, 8, 8]);
  await expect(during(() => Promise.reject(new RangeError("else")))).rejects.toThrow(RangeError);
});

describe("without a second derivative", () => {
  const rule = ops.Tanh.gradient;
  afterEach(() => {
    Object.assign(ops.Tanh, { gradient: rule });
  });

  test("the operator is named, with how far central differences are off", async () => {
    // The same numbers, 1 − Y², by a Clip whose bound is a function of the parameters.
    const clipped: typeof rule = (g, { Y, dY }) => {
      const slope = g.sub(g.fill(Y as Value, 1), g.mul(Y as Value, Y as Value));
      const bound = g.reshape(g.slice(g.reshape(slope, [-1]), [0], [0], [1], [1]), []);
      const low = g.sub(bound, g.fill(bound, 1e3));
      return { X: g.mul(dY as Value, apply(g.graph, "Clip", [slope, low])[0]!) };
    };
    const { model, data: numbers } = oracleNetwork(curvatureOracle());
    const common = { train: numbers, validation: numbers, loss: defaultLoss, trained: null, beginning: null };
    const question = { ...asked, groups: null, parts: ["verdict"] as const, subject: { ...common, model } };
    const exact = await measureLandscape(question, { engine });
    Object.assign(ops.Tanh, { gradient: clipped });
    const found = await measureLandscape(question, { engine });
    expect(found.second).toMatchObject({ kind: "differences", operator: "Clip" });
    const { value, lower, upper } = found.point!.spectrum.largest[0]!;
    const known = exact.point!.spectrum.largest[0]!.value;
    expect([lower <= known, known <= upper, Math.abs(value - known) < 1e-3 * known]).toEqual([true, true, true]);
    const said = reasonLines(found, textIn("en")).join("\n");
    expect(said).toMatch(
      /The operator Clip has no second derivative\. .* central differences .*, off by about \S+ %\./,
    );
    expect(reasonLines(found, textIn("zh")).join("\n")).toMatch(/算子 Clip 没有二阶导数/);
  });
});
