import { expect, test } from "vitest";
import { sweepEnglish } from "../../text/en/sweep.ts";
import { sweepChinese } from "../../text/zh/sweep.ts";
import { chartSvg } from "../svg.ts";
import { type DrawnSweep, sweepFigures } from "./sweep.ts";

const rates = [1e-3, 1e-2, 1e-1];
const settings = rates.flatMap((rate, i) =>
  [0, 1].map((place) => ({ values: [rate, place], value: 0.1 + 0.2 * i + 0.05 * place, mayBeBest: i === 0 })),
);
const sweep: DrawnSweep = {
  options: [
    { name: "learning-rate", names: null, log: true },
    { name: "optimizer", names: ["sgd", "adamw"], log: false },
  ],
  metric: "validation loss",
  smallerIsBetter: true,
  settings,
  curve: [
    { trials: 1, expectedBest: 0.3, lower: 0.2, upper: 0.4 },
    { trials: 2, expectedBest: 0.2, lower: 0.1, upper: 0.3 },
    { trials: 3, expectedBest: null, lower: null, upper: null },
  ],
};

const files = (drawn: DrawnSweep) => sweepFigures(drawn, sweepEnglish.figures).map(({ file }) => file);
const svgOf = (drawn: DrawnSweep, place: number, words = sweepEnglish.figures) =>
  chartSvg(sweepFigures(drawn, words)[place]!.chart, "light");

test("settings, the curve and settings side by side, where there is something to draw", () => {
  expect(files(sweep)).toEqual(["settings", "tuning_curve", "parallel"]);
  expect(files({ ...sweep, curve: [] })).toEqual(["settings", "parallel"]);
  const one = settings.map((setting) => ({ ...setting, values: [setting.values[0]!] }));
  expect(files({ ...sweep, settings: one, options: [sweep.options[0]!], curve: [] })).toEqual(["settings"]);
  expect(files({ ...sweep, settings: settings.slice(0, 1), curve: [] })).toEqual([]);
});

test("each setting is a point in each panel, filled where it may be the best", () => {
  const { chart } = sweepFigures(sweep, sweepEnglish.figures)[0]!;
  const series = chart.option.series as unknown as { xAxisIndex: number; name: string; data: number[][] }[];
  expect(series.map(({ xAxisIndex, name, data }) => [xAxisIndex, name, data.length])).toEqual([
    [0, "worse", 4],
    [0, "cannot be told from the best", 2],
    [1, "worse", 4],
    [1, "cannot be told from the best", 2],
  ]);
  expect(series[1]!.data).toEqual([
    [0.001, 0.1],
    [0.001, 0.15],
  ]);
  const svg = svgOf(sweep, 0);
  for (const name of ["learning-rate", "optimizer", "sgd", "adamw", "validation loss"]) expect(svg).toContain(name);
});

test("the curve ends where nothing is expected, with its axis around the band", () => {
  const [curve] = sweepFigures(sweep, sweepEnglish.figures).slice(1);
  const [line] = curve!.chart.option.series as unknown as { data: number[][] }[];
  expect(line!.data).toEqual([
    [1, 0.3],
    [2, 0.2],
  ]);
  const svg = svgOf(sweep, 1);
  expect(svg).toContain(">0.4<");
  expect(svg).toContain(">0.1<");
});

test("in Chinese too", () => {
  expect(svgOf(sweep, 1, sweepChinese.figures)).toContain("设置数");
});

test("lines pass through the labels of axes side by side, which have a halo of the page's colour", () => {
  const halos = (place: number, theme: "light" | "dark") =>
    chartSvg(sweepFigures(sweep, sweepEnglish.figures)[place]!.chart, theme)
      .match(/<text [^>]*stroke="(#[0-9a-f]{3,6})"[^>]*>/g)
      ?.map((text) => /stroke="([^"]*)"/.exec(text)![1]);
  expect(new Set(halos(2, "light"))).toEqual(new Set(["#ffffff"]));
  expect(new Set(halos(2, "dark"))).toEqual(new Set(["#16191d"]));
  expect(halos(0, "light")).toBeUndefined();
});
