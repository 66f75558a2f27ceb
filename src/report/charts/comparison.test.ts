import { expect, test } from "vitest";
import { faultsOf, textBoxes } from "../../../test/textBoxes.ts";
import { textIn } from "../../text/text.ts";
import { chartSvg } from "../svg.ts";
import type { Chart } from "./chart.ts";
import type { ComparedArm, ComparedNorms } from "./compared.ts";
import { comparisonFigures } from "./comparison.ts";

const mean = (value: number) => ({ value, lower: 0.9 * value, upper: 1.1 * value });
const curve = (level: number, points = 40) =>
  Array.from({ length: points }, (_, i) => ({ examples: 31_000 * (i + 1), ...mean(level / (i + 1)) }));

function arm(name: string, i: number): ComparedArm {
  const fixed = { value: 0.003, accuracy: mean(0.8), trainAccuracy: mean(0.85) };
  const trials = Array.from({ length: 6 }, (_, k) => ({
    reached: k > 0,
    seconds: 10 + i + k,
    examples: 9000 * (k + 1),
  }));
  return {
    name,
    isBaseline: i === 0,
    effectiveBatchSize: 4 * 2 ** (i % 8),
    ...{ training: curve(2 + i), smoothed: curve(2 + i), validation: curve(1 + i, 20), gradientNorm: curve(3 + i) },
    meanLoss: mean(0.5 + i),
    finalLoss: 64 - i,
    ...{ seconds: 12.5 + i, peakMemoryBytes: 2 ** 27, accuracy: mean(0.9), trainAccuracy: mean(0.95), fixed },
    target: { trials, seconds: 12 + i, examples: 30_000 },
  };
}

const sets: Readonly<Record<string, readonly string[]>> = {
  two: ["4x1", "4x16"],
  "long names": [
    "learning-rate=0.001,optimizer=adamw,schedule=cosine",
    "learning-rate=0.001,optimizer=adamw,schedule=linear",
  ],
  Chinese: ["较小的批次与较小的学习率", "较大的批次与较大的学习率", "中"],
  eight: Array.from({ length: 8 }, (_, i) => `learning-rate=${10 ** -i}`),
  many: Array.from({ length: 64 }, (_, i) => `learning-rate=${(i + 1) / 1000}`),
};
const norms: ComparedNorms = {
  points: [1, 8, 64, 4096].map((batchSize) => ({ batchSize, ...mean(0.001 + 40 / batchSize) })),
  line: { signal: 0.001, noise: 40 },
};

const figuresOf = (names: readonly string[], language: "en" | "zh", of: ComparedNorms | null = norms) =>
  comparisonFigures(names.map(arm), of, textIn(language).comparison.figures);
const cases = Object.entries(sets).flatMap(([set, names]) =>
  figuresOf(names, set === "Chinese" ? "zh" : "en").map(({ file, chart }) => [set, file, chart] as const),
);

test.each(cases)("%s: no text of %s is cut or lies on another, on a page or a phone", (_, __, chart) => {
  expect(faultsOf(chart)).toEqual([]);
  expect(faultsOf({ ...chart, ...chart.narrow })).toEqual([]);
  expect(chart.narrow!.frame.width).toBe(362);
});

const seriesOf = ({ option }: Pick<Chart, "option">, type: string) =>
  (option.series as { type: string; name: string; data: unknown[] }[]).filter((one) => one.type === type);

test("of many arms the curves of the baseline and of the lowest losses are drawn, whole, and it is said", () => {
  for (const { file, chart } of figuresOf(sets.many!, "en").filter(({ file: name }) =>
    /loss|^gradient_norm$/.test(name),
  )) {
    const lines = seriesOf(chart, "line");
    expect([file, lines.length]).toEqual([file, 8]);
    expect(lines.map(({ name }) => name)).toEqual(["learning-rate=0.001", ...sets.many!.slice(57)]);
    for (const { data } of lines) expect(data.length).toBeGreaterThanOrEqual(20);
    expect(chart.caption).toContain("Of 64 arms the curves of 8 are drawn");
  }
  const [panels] = figuresOf(sets.many!, "en");
  expect(seriesOf(panels!.chart, "bar").map(({ data }) => data.length)).toEqual([64, 64, 64]);
});

test("the fitted line goes through what it says, and without one that is said", () => {
  const of = (given: ComparedNorms | null) =>
    figuresOf(sets.two!, "en", given).find(({ file }) => file === "gradient_norm_by_batch")?.chart;
  const [line] = seriesOf(of(norms)!, "line");
  for (const [size, value] of line!.data as [number, number][]) expect(value).toBeCloseTo(0.001 + 40 / size, 3);
  expect(seriesOf(of({ ...norms, line: null })!, "line")).toEqual([]);
  expect(of({ ...norms, line: null })!.caption).toContain("No line");
  expect(of(null)).toBeUndefined();
});

test("a trial that did not reach the loss stands apart from those that did", () => {
  const chart = figuresOf(sets.two!, "en").find(({ file }) => file === "time_to_target")!.chart;
  const counts = seriesOf(chart, "scatter").map(({ name, data }) => [name, data.length]);
  expect(counts.slice(0, 3)).toEqual([
    ["reached", 10],
    ["not reached by then", 2],
    ["median", 2],
  ]);
});

test("each arm's name stands below its bar", () => {
  const { chart } = figuresOf(sets.eight!, "en")[0]!;
  const texts = textBoxes(chartSvg({ ...chart, ...chart.narrow }, "light")).map(({ text }) => text);
  expect(texts.filter((text) => text === "learning-rate=0.001").length).toBe(4);
});

test("an axis holds a band no further than its line is high, and not below 0 where nothing is", () => {
  const wide = { ...arm("a", 0), validation: curve(1, 3).map((point) => ({ ...point, lower: -40, upper: 40 })) };
  const near = { ...arm("a", 0), validation: curve(1, 3) };
  const ends = (one: ComparedArm) => {
    const { chart } = comparisonFigures([one, near], norms, textIn("en").comparison.figures).find(
      ({ file }) => file === "validation_loss",
    )!;
    return (seriesOf(chart, "custom")[0]!.data as number[][])[0]!.slice(1);
  };
  expect(ends(wide)).toEqual([0, 2]);
  const [lowest, highest] = ends(near) as [number, number];
  expect([lowest, highest]).toEqual([expect.closeTo(0.3, 5), expect.closeTo(1.1, 5)]);
});

test("accuracies are joined by lines only where every arm has a batch of its own", () => {
  const isJoined = (arms: readonly ComparedArm[]) => {
    const figures = comparisonFigures(arms, null, textIn("en").comparison.figures);
    const { chart } = figures.find(({ chart: { title } }) => title === "Accuracy against batch size")!;
    const lines = seriesOf(chart, "line") as { lineStyle?: { opacity?: number } }[];
    return lines.map(({ lineStyle }) => lineStyle?.opacity !== 0);
  };
  const arms = ["small", "large"].map(arm);
  expect(isJoined(arms)).toEqual([true, true, true, true]);
  const other = { ...arms[0]!, name: "small, another rate" };
  expect(isJoined([...arms, other])).toEqual([false, false, false, false]);
});
