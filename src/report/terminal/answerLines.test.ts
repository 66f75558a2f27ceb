import { expect, test } from "vitest";
import { analysisFixture } from "../../../test/fixtures/analysis.ts";
import { findingsOf } from "../../advice/findings.ts";
import { textIn } from "../../text/text.ts";
import { readingLines, readingOf } from "./answerLines.ts";
import { displayWidth } from "./displayWidth.ts";
import { lossLines } from "./lossLines.ts";
import { noiseBars } from "./noiseBars.ts";

const analysis = analysisFixture();

test.each(["en", "zh"] as const)(
  "checks that found nothing share a line, and every sentence has a place (%s)",
  (tag) => {
    const text = textIn(tag);
    const reading = readingOf(findingsOf(analysis), text);
    expect(reading.all.length).toBeGreaterThan(reading.shown.length + reading.quiet.length);
    expect(readingLines(reading, true, text)).toEqual(reading.all);
    const lines = readingLines(reading, false, text);
    expect(lines.length).toBeLessThanOrEqual(reading.shown.length + 2);
    expect(lines.join("\n")).not.toContain("undefined");
    for (const check of reading.quiet) expect(lines.at(-2)).toContain(check);
  },
);

const checkpoints = (values: readonly (readonly [number, number, number])[]) =>
  values.map(([value, lower, upper], i) => {
    const [first] = analysis.checkpoints;
    const resolved = Number.isFinite(upper);
    const noiseScale = { value, lower, upper, resolved, level: 0.95, unit: "examples" as const };
    return { ...first!, epoch: 5 * (i + 1), statistics: { ...first!.statistics, noiseScale } };
  });

test("noise scales are bars on a logarithmic axis with the batch between them", () => {
  const lines = noiseBars(
    checkpoints([
      [100, 50, 200],
      [500, 100, Number.POSITIVE_INFINITY],
    ]),
    10,
    textIn("en"),
  );
  expect(lines).toEqual([
    "epoch 5        │                 ├───────●───────┤",
    "epoch 10       │                         ├───────────────▶",
    expect.stringMatching(/^examples +B=10 +100$/),
  ]);
});

test.each([1, 6, 30, 300])("bars of %i checkpoints fit on a screen", (count) => {
  const lines = noiseBars(
    checkpoints(Array.from({ length: count }, (_, i) => [i + 2, i + 1, i + 3])),
    64,
    textIn("zh"),
  );
  expect(lines.length).toBeLessThanOrEqual(9);
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(70);
});

test("nothing is drawn where nothing is known", () => {
  expect(noiseBars(checkpoints([[Number.NaN, 0, Number.POSITIVE_INFINITY]]), 8, textIn("en"))).toEqual([]);
  expect(noiseBars([], 8, textIn("en"))).toEqual([]);
  expect(lossLines([], textIn("en"))).toEqual([]);
});
