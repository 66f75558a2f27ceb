import type { Interval } from "../../statistics/types.ts";
import type { CostModel, Profile, TimedWindow } from "../../store/profile.ts";
import { durationInterval } from "../../text/duration.ts";
import { type ProfileText, profileEnglish } from "../../text/en/profile.ts";
import { whole } from "../../text/format.ts";
import { logAxis, logLabelWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, NEUTRAL, nothingToDraw } from "./chart.ts";

/** What is drawn of a window in one of the panels. */
type Pick = "secondsPerUpdate" | "secondsPerEpoch";

const panels: readonly Pick[] = ["secondsPerUpdate", "secondsPerEpoch"];

/**
 * Two panels over the batch size: the time of an update, which rises, and that of an epoch, which falls; on logarithmic
 * axes, with the lowest and highest round, and the cost model as a line.
 */
export function timeAgainstBatch(profile: Profile, text: ProfileText = profileEnglish): Chart {
  const { model, data, rounds, batchSizes, costModel } = profile;
  return {
    title: text.title(model, data),
    caption: text.chart.caption(whole(rounds), costModel !== null),
    option: batchSizes.length === 0 ? nothingToDraw(text.chart.empty) : options(profile, text.chart),
    frame: { width: 800, perWidth: 0, fixed: 580 },
  };
}

type Words = ProfileText["chart"];

function options(profile: Profile, text: Words): { readonly [key: string]: Json } {
  const values = panels.map((pick) => intervalsOf(profile, pick).flatMap(({ lower, upper }) => [lower, upper]));
  const left = Math.max(58, ...values.map((some) => 14 + logLabelWidth(some)));
  const sides = { left, right: 24, outerBoundsMode: "none" };
  const names = [
    text.measured,
    ...(profile.accumulation.length > 0 ? [text.accumulated] : []),
    ...(profile.costModel ? [text.model] : []),
  ];
  return {
    title: [
      { text: text.update, left: 0, top: 50, padding: 0 },
      { text: text.epoch, left: 0, top: 314, padding: 0 },
    ],
    // On a phone it takes two lines.
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: names },
    tooltip: { trigger: "item" },
    grid: [
      { ...sides, top: 78, height: 200 },
      { ...sides, top: 342, bottom: 44 },
    ],
    xAxis: [sizeAxis(profile, 0, ""), sizeAxis(profile, 1, text.batchSize)],
    yAxis: values.map((some, panel) => logAxis(some, panel)),
    series: panels.flatMap((pick, panel) => seriesOf(profile, pick, panel, text)),
  };
}

function intervalsOf({ batchSizes, accumulation }: Profile, pick: Pick): Interval[] {
  return [...batchSizes, ...accumulation].map((one) => one[pick]);
}

/** Powers of two, as batch sizes are. */
function sizeAxis({ batchSizes }: Profile, gridIndex: number, name: string): Json {
  const sizes = batchSizes.map(({ batchSize }) => batchSize);
  return {
    gridIndex,
    type: "log",
    logBase: 2,
    splitNumber: 10,
    min: json(Math.min(...sizes) / Math.SQRT2)!,
    max: json(Math.max(...sizes) * Math.SQRT2)!,
    axisLabel: { showMinLabel: false, showMaxLabel: false, hideOverlap: true },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLine: { onZero: false },
    ...(name === "" ? {} : { name, nameLocation: "center", nameGap: 26 }),
  };
}

function seriesOf(profile: Profile, pick: Pick, panel: number, text: Words): Json[] {
  const { batchSizes, accumulation, costModel } = profile;
  const axes = { xAxisIndex: panel, yAxisIndex: panel };
  return [
    { ...points(text.measured, batchSizes, pick, text), ...axes, symbol: "circle" },
    { ...points(text.accumulated, accumulation, pick, text), ...axes, symbol: "emptyCircle" },
    ...whiskers(text.measured, batchSizes, pick).map((one) => ({ ...one, ...axes })),
    ...whiskers(text.accumulated, accumulation, pick).map((one) => ({ ...one, ...axes })),
    ...(costModel ? [{ ...modelLine(costModel, profile, pick, text), ...axes }] : []),
  ];
}

type Part = { readonly [key: string]: Json };

function points(name: string, windows: readonly TimedWindow[], pick: Pick, text: Words): Part {
  const data = windows.map((window) => ({
    name: text.point(windowText(window), durationInterval(window[pick])),
    value: [window.batchSize, json(window[pick].value)],
  }));
  return {
    type: "scatter",
    name,
    data,
    symbolSize: 9,
    itemStyle: { opacity: 1 },
    tooltip: { formatter: "{b}" },
    z: 4,
  };
}

function windowText({ batchSize, microBatch }: TimedWindow): string {
  return batchSize === microBatch ? whole(batchSize) : `${whole(batchSize / microBatch)} × ${whole(microBatch)}`;
}

/** Every point stands alone, as after a gap. */
function whiskers(name: string, windows: readonly TimedWindow[], pick: Pick): Part[] {
  const [first] = windows;
  if (!first) return [];
  const rows = windows.map(({ batchSize, ...window }) => {
    return [batchSize, json(window[pick].lower), json(window[pick].upper), "", 1];
  });
  return [
    {
      type: "custom",
      renderItem: "intervalBand",
      name,
      data: [[first.batchSize, json(first[pick].lower)]],
      itemPayload: { points: rows, row: 0 },
      silent: true,
      tooltip: { show: false },
    },
  ];
}

/** Points of the line of one micro-batch an update. */
const STEPS = 48;

function modelLine(cost: CostModel, { batchSizes, examples }: Profile, pick: Pick, text: Words): Part {
  const [low, high] = [batchSizes[0]!.batchSize, batchSizes.at(-1)!.batchSize];
  const fixed = cost.perUpdate.value + cost.perMicroBatch.value;
  const data = Array.from({ length: STEPS + 1 }, (_, i) => {
    const size = low * (high / low) ** (i / STEPS);
    const update = fixed + cost.perExample.value * size;
    return [json(size), json(pick === "secondsPerUpdate" ? update : (update * examples) / size)];
  });
  const style = { width: 1.5, type: "dashed", color: NEUTRAL };
  return {
    type: "line",
    name: text.model,
    data,
    symbol: "none",
    color: NEUTRAL,
    lineStyle: style,
    itemStyle: { opacity: 0 },
    silent: true,
    z: 2,
  };
}
