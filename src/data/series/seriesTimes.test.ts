import { expect, test } from "vitest";
import { timeText } from "./seriesTimes.ts";

test.each([
  [0, true, "1970-01-01 00:00:00"],
  [1.5, true, "1970-01-01 00:00:01.500"],
  [1.5, false, "1.5"],
  // One file of a series may have texts, and another numbers that no calendar reaches.
  [-9007199254740991, true, "-9007199254740991"],
  [8.64e12, true, "+275760-09-13 00:00:00"],
])("the time %d, a text: %s, is told as %s", (time, isText, told) => {
  expect(timeText(time, isText)).toBe(told);
});
