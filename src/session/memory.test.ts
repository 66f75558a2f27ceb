import { describe, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { memoryLimit, peakMemory } from "./memory.ts";

describe("memoryLimit", () => {
  test.each([
    ["1000", 1000],
    ["2GiB", 2 * 2 ** 30],
    ["1.5 mb", 1_500_000],
    ["500MB", 5e8],
    ["3kib", 3072],
  ])("%s", (text, bytes) => {
    expect(memoryLimit(text)).toEqual({ bytes, source: { kind: "asked", text } });
  });

  test.each([
    [{ physical: 100, allowed: null, free: 200 }, 90, "machine"],
    [{ physical: 100, allowed: 50, free: 80 }, 45, "controlGroup"],
    [{ physical: 100, allowed: 50, free: 30 }, 27, "free"],
  ])("auto of %j", (system, bytes, kind) => {
    expect(memoryLimit("auto", system)).toEqual({ bytes, source: { kind, share: 0.9 } });
  });

  test("auto on this machine", () => {
    expect(memoryLimit("auto").bytes).toBeGreaterThan(2 ** 20);
  });

  test.each(["", "much", "2 gigs", "-1", "0", "0.1", "constructor"])("refuses %j", (text) => {
    expect(() => memoryLimit(text)).toThrow(UsageError);
    expect(() => memoryLimit(text)).toThrow(/expected bytes, a number with a unit/);
  });
});

describe("peakMemory", () => {
  test("grows by what is written and does not shrink", () => {
    const before = peakMemory();
    const size = 2 ** 26 + process.memoryUsage.rss();
    const filled = Buffer.alloc(size, 1);
    expect(filled.at(-1)).toBe(1);
    expect(peakMemory()).toBeGreaterThanOrEqual(before + 2 ** 26 - 2 ** 23);
  });

  test("of a process that is not there is not known", () => {
    expect(peakMemory(2 ** 30)).toBeNaN();
  });
});
