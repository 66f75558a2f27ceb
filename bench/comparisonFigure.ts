/**
 * Draws docs/images/comparison-power.png from what `bench/comparisonStudies.ts compare` wrote, in one file or several:
 * `node bench/comparisonFigure.ts compare.json …`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Chart } from "../src/report/charts/chart.ts";
import { onePanel } from "../src/report/charts/comparisonCurves.ts";
import { chartPng } from "../src/report/png.ts";
import { powerOfT } from "../src/statistics/comparison/seedsNeeded.ts";
import { wilsonInterval } from "../src/statistics/wilsonInterval.ts";
import type { CompareRow } from "./comparisonStudies.ts";

const SEEDS = [6, 8, 12];
/** The least effect that a curve is drawn for. */
const FROM = 0.1;
const SIZE = 7;

function powerChart(rows: readonly CompareRow[]): Chart {
  const measured = rows.filter(({ arms, seeds }) => arms === 2 && SEEDS.includes(seeds));
  const most = Math.max(...measured.map(({ effect }) => effect)) + 0.1;
  const names = SEEDS.map((seeds) => `${seeds} seeds`);
  const series = SEEDS.flatMap((seeds, i) => {
    const own = measured.filter((row) => row.seeds === seeds).toSorted((a, b) => a.effect - b.effect);
    // Below, the wrong side counts as well.
    const steps = Array.from({ length: 61 }, (_, k) => FROM + (k * (most - FROM)) / 60);
    const curve = steps.map((effect) => [effect, 100 * powerOfT(effect, 1, seeds)]);
    const points = own.map(({ effect, found, studies }) => [effect, (100 * found) / studies]);
    return [
      { type: "line", name: names[i]!, symbol: "none", lineStyle: { width: 1.5, type: "dashed" }, data: curve },
      { type: "scatter", name: names[i]!, symbolSize: SIZE, data: points },
    ];
  });
  const widest = Math.max(
    ...measured.map(({ found, studies }) => {
      const { lower, upper } = wilsonInterval(found, studies);
      return (upper - lower) / 2;
    }),
  );
  const caption =
    `Points: studies of two arms of real trainings that found the difference, ${measured[0]!.studies} a point, intervals of at most ` +
    `±${(100 * widest).toFixed(1)} points. Dashed: Student's t test at 5 % for normal differences.`;
  const axis = (name: string) => ({ type: "value", name, nameLocation: "center", nameGap: 26 });
  return onePanel({ title: "Power of compare against the true difference", caption }, names, {
    xAxis: { ...axis("true difference, in deviations of a difference of one pair"), max: Number(most.toFixed(1)) },
    yAxis: { type: "value", name: "found, %", nameTextStyle: { align: "left" }, min: 0, max: 100 },
    series,
  });
}

const rows = process.argv
  .slice(2)
  .flatMap((file) => (JSON.parse(readFileSync(file, "utf8")) as { rows: CompareRow[] }).rows);
const place = fileURLToPath(new URL("../docs/images/comparison-power.png", import.meta.url));
writeFileSync(place, await chartPng(powerChart(rows)));
