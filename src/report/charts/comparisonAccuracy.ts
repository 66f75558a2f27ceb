import { significant } from "../../text/format.ts";
import { logAxis } from "./axes.ts";
import { type Chart, type Json, json } from "./chart.ts";
import type { ComparedArm, ComparedMean, ComparedPoint, FigureWords } from "./compared.ts";
import { bandOf, lineOf, onePanel, type Part, seen } from "./comparisonCurves.ts";

/** Training and validation accuracy against the examples of an update, at tuned values and at one for all. */
export function accuracies(arms: readonly ComparedArm[], words: FigureWords): Chart {
  const batches = arms.map(({ effectiveBatchSize }) => effectiveBatchSize).toSorted((a, b) => a - b);
  const fixed = arms.find((arm) => arm.fixed !== null)?.fixed;
  const value = fixed ? significant(fixed.value) : null;
  const lines = accuracyLines(arms, value, words);
  // Between arms that differ in something else too, a line would lead nowhere.
  const isLine = new Set(batches).size === batches.length;
  const caption = value === null ? words.accuracyCaption : `${words.accuracyCaption} ${words.fixedCaption(value)}`;
  return onePanel(
    { title: words.accuracyTitle, caption },
    lines.map(({ name }) => name),
    {
      xAxis: { ...logAxis(batches), name: words.batch, nameLocation: "center", nameGap: 26 },
      yAxis: { type: "value", name: words.accuracy, nameTextStyle: { align: "left" }, scale: true, max: 100 },
      series: lines.flatMap(({ name, symbol, points }, i) =>
        whiskered({ name, symbol, points: beside(points, i) }, isLine),
      ) as Json[],
    },
  );
}

/** Bands of four lines at a few sizes hide one another. */
function whiskered({ name, symbol, points }: AccuracyLine, isLine: boolean): Part[] {
  const [line] = lineOf(name, points);
  const rows = points.flatMap(({ examples, lower, upper }) =>
    lower === null || upper === null ? [] : [[examples, json(lower), json(upper), "", 1]],
  );
  const drawn = { ...line!, symbol, symbolSize: 7, ...(!isLine && { lineStyle: { opacity: 0 } }) };
  return rows.length === 0 ? [drawn] : [drawn, { ...bandOf(name, rows), ...seen(points) }];
}

/** Lines lie a little apart, so that whiskers of one size stand side by side. */
const APART = 1.04;

const beside = (points: readonly ComparedPoint[], i: number): ComparedPoint[] =>
  points.map((point) => ({ ...point, examples: point.examples * APART ** i }));

interface AccuracyLine {
  readonly name: string;
  readonly symbol: string;
  readonly points: readonly ComparedPoint[];
}

function accuracyLines(arms: readonly ComparedArm[], value: string | null, words: FigureWords): AccuracyLine[] {
  const sorted = arms.toSorted((a, b) => a.effectiveBatchSize - b.effectiveBatchSize);
  const points = (of: (arm: ComparedArm) => ComparedMean | null | undefined) =>
    sorted.flatMap((arm): ComparedPoint[] => {
      const mean = of(arm);
      return mean ? [{ examples: arm.effectiveBatchSize, ...scaled(mean) }] : [];
    });
  const [training, validation] = [words.trainingSet, words.validationSet];
  const named = (set: string, ofValue: string | null) => (value === null ? set : words.ofRate(set, ofValue));
  const own: AccuracyLine[] = [
    { name: named(training, null), symbol: "circle", points: points((arm) => arm.trainAccuracy) },
    { name: named(validation, null), symbol: "diamond", points: points((arm) => arm.accuracy) },
  ];
  if (value === null) return own;
  return [
    ...own,
    { name: named(training, value), symbol: "circle", points: points((arm) => arm.fixed?.trainAccuracy) },
    { name: named(validation, value), symbol: "diamond", points: points((arm) => arm.fixed?.accuracy) },
  ];
}

/** In per cent. */
function scaled({ value, lower, upper }: ComparedMean): ComparedMean {
  const share = (one: number | null) => (one === null ? null : 100 * one);
  return { value: 100 * value, lower: share(lower), upper: share(upper) };
}
