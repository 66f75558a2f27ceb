import { describe, expect, test } from "vitest";
import type { LabelRule } from "../choices.ts";
import { type Series, windowsOf } from "./windows.ts";

function series(name: string, classes: readonly number[]): Series {
  return { name, channels: [Float64Array.from(classes.keys())], classes: Uint8Array.from(classes) };
}

const two = [series("a", [0, 0, 1, 1, 0, 0, 0]), series("b", [0, 2, 2, 1])];

describe("windows", () => {
  test.each<[length: number, stride: number, starts: string]>([
    [3, 1, "a0 a1 a2 a3 a4 b0 b1"],
    [3, 2, "a0 a2 a4 b0"],
    [4, 4, "a0 b0"],
    [5, 3, "a0"],
    [7, 1, "a0"],
  ])("of %i readings, %i apart, never cross from one series to the next", (length, stride, starts) => {
    const windows = windowsOf(two, { length, stride, rule: "any" });
    expect(windows.map(({ series, start }) => series + start).join(" ")).toBe(starts);
    // The readings count from 0 in each series.
    expect(windows.map(({ channels }) => [...channels[0]!])).toEqual(
      windows.map(({ start }) => Array.from({ length }, (_, i) => start + i)),
    );
  });

  test.each<[rule: LabelRule, labels: number[]]>([
    ["any", [1, 1, 1, 1, 0, 2, 2]],
    ["last", [1, 1, 0, 0, 0, 2, 1]],
    ["majority", [0, 1, 1, 0, 0, 2, 2]],
  ])("are labelled by the rule %s", (rule, labels) => {
    expect(windowsOf(two, { length: 3, stride: 1, rule }).map(({ label }) => label)).toEqual(labels);
  });

  test("of as many readings of two classes have the smaller", () => {
    expect(windowsOf([series("a", [1, 0])], { length: 2, stride: 1, rule: "majority" })[0]!.label).toBe(0);
    expect(windowsOf([series("a", [2, 1])], { length: 2, stride: 1, rule: "any" })[0]!.label).toBe(1);
  });

  test.each([
    [0, 1, "`windowLength`: expected a whole number of at least 1, got 0; change it"],
    [4, 0.5, "`windowStride`: expected a whole number of at least 1, got 0.5; change it"],
    [8, 1, "windows: expected a series of at least 8 readings, got at most 7 in a; lower `windowLength`"],
  ])("length %d and stride %d are refused", (length, stride, message) => {
    expect(() => windowsOf(two, { length, stride, rule: "any" })).toThrow(message);
  });
});
