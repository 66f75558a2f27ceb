import { type Chart, type Json, json } from "./chart.ts";
import type { ComparedArm, FigureWords } from "./compared.ts";
import { legendHeight, type Part, PHONE, shortNames } from "./comparisonCurves.ts";
import { armAxis, gridOf, places, titleOf } from "./comparisonPanels.ts";

/** The seconds and the examples after which each trial of an arm reached the loss, and their medians. */
export function timesToTarget(arms: readonly ComparedArm[], words: FigureWords): Chart {
  const kinds = ["seconds", "examples"] as const;
  const legend = [words.reachedTarget, words.missedTarget, words.medianTarget];
  const at = (width: number, columns: number) => {
    const { axis, room } = armAxis(shortNames(arms), width / columns - 78);
    const top = legendHeight(legend, width);
    const { places: where, bottom } = places(2, { columns, width, top, height: 210, below: room + 8 });
    const titles = [words.secondsToTarget, words.examplesToTarget];
    const option = {
      title: titles.map((text, i) => titleOf(text, where[i]!)),
      legend: { left: 0, top: 0, data: legend, itemHeight: 9, itemGap: 8, padding: 0 },
      grid: where.map(gridOf),
      xAxis: kinds.map((_, gridIndex) => ({ ...axis, gridIndex })),
      yAxis: kinds.map((_, gridIndex) => ({ type: "value", gridIndex, splitNumber: 4, min: 0 })),
      series: kinds.flatMap((kind, i) =>
        seriesOf(arms, kind, words).map((one) => ({ ...one, xAxisIndex: i, yAxisIndex: i })),
      ),
    };
    return { option, frame: { width, perWidth: 0, fixed: bottom } };
  };
  return { title: words.targetTitle, caption: words.targetCaption, ...at(800, 2), narrow: at(PHONE, 1) };
}

function seriesOf(arms: readonly ComparedArm[], kind: "seconds" | "examples", words: FigureWords): Part[] {
  const trials = (isReached: boolean) =>
    arms.flatMap(({ target }, i): Json[] =>
      (target?.trials ?? []).filter(({ reached }) => reached === isReached).map((trial) => [i, json(trial[kind])]),
    );
  const medians = arms.flatMap(({ target }, i): Json[] =>
    target && target[kind] !== null ? [[i, json(target[kind])]] : [],
  );
  return [
    { type: "scatter", name: words.reachedTarget, data: trials(true), symbolSize: 7, itemStyle: { opacity: 0.7 } },
    { type: "scatter", name: words.missedTarget, data: trials(false), symbol: "emptyTriangle", symbolSize: 9 },
    { type: "scatter", name: words.medianTarget, data: medians, symbol: "rect", symbolSize: [24, 3] },
  ];
}
