import { expect, test } from "vitest";
import { faultsOf } from "../../../test/textBoxes.ts";
import { textIn } from "../../text/text.ts";
import { type JudgedFigures, judgementFigures } from "./judgement.ts";

const looks = [
  { seeds: 6, value: -0.13, lower: -0.4, upper: 0.14 },
  { seeds: 7, value: -0.12, lower: -0.25, upper: 0.01 },
  { seeds: 8, value: -0.12, lower: -0.2, upper: -0.04 },
];
const judged: JudgedFigures = {
  ...{ metric: "validation loss", shown: String, arm: "a", baseline: "b", minimumEffect: 0.02, paired: true, looks },
  pairs: Array.from({ length: 8 }, (_, seed) => ({ seed, arm: 0.1 + 0.01 * seed, baseline: 0.2 })),
};
const words = textIn("en").judge.figure;
const chartOf = (change: Partial<JudgedFigures>, file: string) =>
  judgementFigures({ ...judged, ...change }, words).find((figure) => figure.file === file)!.chart;
type Series = readonly { readonly type: string; readonly data: readonly (readonly number[])[] }[];
const seriesOf = (change: Partial<JudgedFigures>, file: string) => chartOf(change, file).option.series as Series;

test("the axis of the looks holds the band, of a look much wider than the last a part of it", () => {
  const ends = (change: Partial<JudgedFigures>) =>
    seriesOf(change, "looks").flatMap(({ type, data }) => (type === "custom" ? [data[0]!.slice(1)] : []));
  expect(ends({})).toEqual([[-0.4, 0.14]]);
  const [[lowest, highest]] = ends({ looks: [{ ...looks[0]!, lower: -90, upper: 90 }, ...looks.slice(1)] }) as [
    number[],
  ];
  expect([lowest, highest].map((end) => end!.toFixed(2))).toEqual(["-0.52", "0.28"]);
});

test("the values of a seed are joined where they are a pair, and only there", () => {
  const lines = (paired: boolean) => seriesOf({ paired }, "values").length;
  expect(lines(true)).toBe(2 + judged.pairs.length);
  expect(lines(false)).toBe(2);
  expect(chartOf({ paired: false }, "values").caption).toBe(words.unpairedCaption);
});

test.each(["looks", "values"])("no text of %s is cut or lies on another, on a page or a phone", (file) => {
  const chart = chartOf({}, file);
  expect(faultsOf(chart)).toEqual([]);
  expect(faultsOf({ ...chart, frame: { ...chart.frame, width: 362 } })).toEqual([]);
});
