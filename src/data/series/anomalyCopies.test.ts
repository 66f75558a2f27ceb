import { expect, test } from "vitest";
import { withPlantedAnomalies } from "./anomalyCopies.ts";
import type { Series } from "./windows.ts";

const LENGTH = 400;

/** A line of its own slope in each quantity, and on it a ramp of 20 readings with these sizes at its end. */
function series(name: string, sizes: readonly number[], label: number, start = 100): Series {
  const classes = new Uint8Array(LENGTH);
  if (label > 0) classes.fill(label, start, start + 20);
  const channels = sizes.map((size, c) =>
    Float64Array.from(
      classes,
      (one, t) => 10 + 0.01 * (c + 1) * t + (one > 0 ? (size * (Math.min(t, LENGTH) - start + 1)) / 20 : 0),
    ),
  );
  return { name, channels, classes };
}

/** First and last reading of each anomaly, and its class. */
function runs(classes: Series["classes"]): (readonly [start: number, end: number, label: number])[] {
  const found: (readonly [number, number, number])[] = [];
  for (let t = 0; t < classes.length; t++) {
    if (classes[t] === 0 || classes[t] === classes[t - 1]) continue;
    let end = t;
    while (classes[end + 1] === classes[t]) end++;
    found.push([t, end, classes[t]!]);
  }
  return found;
}

const given = [series("a", [8, -4], 2), series("b", [0, 0], 0)];

test("plants what an anomaly adds, longer or shorter, larger or smaller, and nothing else", () => {
  const planted = withPlantedAnomalies(given, 2, 0);
  for (const [i, { channels, classes }] of planted.entries()) {
    const before = given[i]!;
    const added = channels.map((values, c) => values.map((x, t) => x - before.channels[c]![t]!));
    const fresh = runs(classes).filter(([start]) => before.classes[start] === 0);
    expect(fresh).toHaveLength(2);
    for (const [start, end, label] of fresh) {
      const length = end - start + 1;
      expect(label).toBe(2);
      expect(length).toBeGreaterThanOrEqual(10);
      expect(length).toBeLessThanOrEqual(40);
      const [first, second] = added.map((values) => values.slice(start, end + 1));
      // The ramp ends 8 and −4 above its line; the line to the reading after it is the series' own.
      const [size, other] = [first!.at(-1)!, second!.at(-1)!];
      expect(Math.abs(size)).toBeGreaterThan(4 - 0.5);
      expect(Math.abs(size)).toBeLessThan(16 + 0.5);
      expect(Math.abs(other / size)).toBeCloseTo(0.5, 6);
      const steps = first!.slice(2, -1).map((x, t) => x - first![t + 1]!);
      for (const step of steps) expect(Math.sign(step)).toBe(Math.sign(size));
    }
    const outside = added.flatMap((values) =>
      [...values].filter((_, t) => runs(classes).every(([s, e]) => t < s || t > e)),
    );
    expect(Math.max(...outside.map(Math.abs))).toBe(0);
  }
});

test("keeps anomalies apart by the length of the new one, and leaves out what has no room", () => {
  const [full] = withPlantedAnomalies([given[0]!], 100, 1);
  const found = runs(full!.classes);
  expect(found.length).toBeGreaterThan(2);
  expect(found.length).toBeLessThan(20);
  for (const [i, [start]] of found.slice(1).entries()) expect(start - found[i]![1]).toBeGreaterThan(10);
});

test("what is added is measured from the line between the readings beside it", () => {
  // An anomaly that is its own line adds nothing: 8 · t/20 on a slope, cut to the next reading, is left at 0.
  const flat: Series = {
    name: "f",
    channels: [Float64Array.from({ length: 60 }, (_, t) => 3 + 2 * t)],
    classes: new Uint8Array(60).fill(1, 20, 30),
  };
  const [planted] = withPlantedAnomalies([flat], 1, 3);
  expect(runs(planted!.classes)).toHaveLength(2);
  for (const [t, x] of planted!.channels[0]!.entries()) expect(x).toBeCloseTo(3 + 2 * t, 9);
});

test("an anomaly at the end of a series is measured from the one reading beside it", () => {
  const values = Float64Array.from({ length: 80 }, (_, t) => (t < 70 ? 5 : 9));
  const [planted] = withPlantedAnomalies(
    [{ name: "e", channels: [values], classes: new Uint8Array(80).fill(1, 70) }],
    1,
    0,
  );
  const [start, end] = runs(planted!.classes)[0]!;
  const added = [...planted!.channels[0]!.slice(start, end + 1)].map((x) => Math.abs(x - 5));
  expect(Math.max(...added) - Math.min(...added)).toBeCloseTo(0, 9);
  expect(added[0]).toBeGreaterThanOrEqual(2);
  expect(added[0]).toBeLessThanOrEqual(8);
});

test("the same seed plants the same; nothing is planted where nothing is labelled", () => {
  expect(withPlantedAnomalies(given, 3, 5)).toEqual(withPlantedAnomalies(given, 3, 5));
  expect(withPlantedAnomalies(given, 3, 5)).not.toEqual(withPlantedAnomalies(given, 3, 6));
  expect(withPlantedAnomalies([given[1]!], 3, 5)).toEqual([given[1]]);
  expect(given[0]!.classes.filter((one) => one > 0)).toHaveLength(20);
});
