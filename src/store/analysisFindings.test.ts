import { expect, test } from "vitest";
import { analysisFindings } from "./analysisFindings.ts";

test("findings of a kind that a later version knows are left out as a whole, and damaged ones are refused", () => {
  const known = { kind: "noConflict", pairs: 3 };
  expect(analysisFindings.parse([known])).toEqual([known]);
  expect(analysisFindings.parse(undefined)).toBeUndefined();
  expect(analysisFindings.parse([known, { kind: "sharpness", value: 1 }])).toBeUndefined();
  for (const damaged of [5, [{}], ["noConflict"], [{ kind: "noConflict" }], [{ kind: "noConflict", pairs: "3" }]])
    expect(analysisFindings.safeParse(damaged).success, JSON.stringify(damaged)).toBe(false);
});
