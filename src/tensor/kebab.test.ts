import { expect, test } from "vitest";
import { kebab } from "./kebab.ts";

test("words are parted where a capital letter begins one", () => {
  expect(kebab("minimumDelta")).toBe("minimum-delta");
  expect(kebab("gradientAccumulationSteps", " ")).toBe("gradient accumulation steps");
  expect(kebab("seed")).toBe("seed");
});
