import { expect, test } from "vitest";
import { expectedSetting, type KnownOfRun } from "./expected.ts";

const known: KnownOfRun = {
  ...{ goal: "time", effectiveBatchSize: 16, learningRate: 0.01, exponent: 1 },
  noiseScale: { value: 64, lower: 40, upper: 100 },
  batchSizes: Array.from({ length: 11 }, (_, i) => 2 ** i),
};

test.each<[string, Partial<KnownOfRun>, [number, number, number]]>([
  ["the noise scale, where times are between", {}, [64, 1, 1024]],
  ["few examples", { goal: "examples" }, [1, 1, 8]],
  ["few updates", { goal: "updates" }, [1024, 512, 1024]],
  ["an unresolved noise scale", { noiseScale: { value: Number.NaN, lower: 128, upper: null } }, [128, 1, 1024]],
  ["the present batch without a noise scale", { noiseScale: null }, [16, 1, 1024]],
])("a run says %s", (_, own, [batch, lower, upper]) => {
  expect(expectedSetting({ ...known, ...own })).toMatchObject({ effectiveBatchSize: batch, lower, upper });
});

test("the rate follows by the rule, between as it is and in proportion", () => {
  expect(expectedSetting(known)).toMatchObject({ learningRate: 0.04, rateLower: 0.01, rateUpper: 0.04 });
  expect(expectedSetting({ ...known, exponent: 0.5 })).toMatchObject({ learningRate: 0.02, rateUpper: 0.04 });
});
