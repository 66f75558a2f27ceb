import { expect, test } from "vitest";
import { protocolOf } from "./protocol.ts";

test("a protocol gives what is not given", () => {
  const asked = protocolOf("source-003", {
    flags: { model: "linear", "batch-size": "4", data: undefined },
    others: [],
  });
  expect(asked).toMatchObject({
    kind: "source-003",
    flags: { model: "linear", "batch-size": "4", gradientAccumulationSteps: "1,4,8,16", learningRate: "5e-5" },
    budget: { kind: "updates", value: 100 },
  });
  expect(asked.flags).not.toHaveProperty("batchSize");
  const budget = { kind: "updates", value: 5 } as const;
  expect(protocolOf("source-003", { flags: {}, budget, others: [] }).budget).toBe(budget);
});

test.each([
  ["source-3", {}, 'expected source-003, got "source-3"'],
  ["constructor", {}, "expected source-003"],
  ["source-003", { others: ["tune"] }, "got `tune`; leave one of them out"],
  ["source-003", { budget: { kind: "seconds", value: 1 } as const }, "got `budget`; leave one of them out"],
])("%j with %j is refused", (name, more, words) => {
  expect(() => protocolOf(name, { flags: {}, others: [], ...more })).toThrow(words);
});
