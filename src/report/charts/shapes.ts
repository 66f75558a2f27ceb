import type { CustomSeriesRenderItem, CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";

/**
 * What our charts draw beyond ECharts' own series, registered by name so that chart options stay plain JSON. Each
 * function is self-contained: the HTML report carries its source text, so it may use nothing of this module, and is
 * long.
 */
export const shapes: Readonly<Record<string, CustomSeriesRenderItem>> = {
  filledImage,
  intervalBand,
  limitArrows,
  intervals,
};

/** `itemPayload.image`, a data URL or a function that gives an image, stretched over the whole grid. */
function filledImage(params: CustomSeriesRenderItemParams): ReturnType<CustomSeriesRenderItem> {
  const box = params.coordSys as unknown as { x: number; y: number; width: number; height: number };
  const { image } = params.itemPayload;
  const style = {
    image: typeof image === "function" ? image() : String(image),
    x: box.x,
    y: box.y,
    width: box.width,
    height: box.height,
  };
  return { type: "image", style, silent: true };
}

/**
 * `itemPayload.points`, rows of [x, lower, upper, text, gap]: a translucent band from lower to upper, not drawn from
 * the point before where `gap` is 1. Where upper is null nothing bounds the value above, and the lower end is a line.
 * The arrows of `limitArrows` have their texts at the top, on line `itemPayload.row`, so that no two bands write over
 * each other; of points that are too close only some have one, and where it is empty there is no arrow.
 */
function intervalBand(
  params: CustomSeriesRenderItemParams,
  api: CustomSeriesRenderItemAPI,
): ReturnType<CustomSeriesRenderItem> {
  const box = params.coordSys as unknown as { x: number; y: number; width: number };
  const points = params.itemPayload.points as readonly [number, number, number | null, string, number?][];
  const color = api.visual("color") as string;
  const ends = points.map(([x, lower, upper]) => {
    const [px, bottom] = api.coord([x, lower]) as [number, number];
    return { px, bottom, top: upper === null ? box.y : (api.coord([x, upper])[1] as number) };
  });
  // A stretch between two points is bounded where both are; the others are hardly tinted, and their lower end drawn.
  const isOpen = (i: number) => points[i]![2] === null;
  const gap = (i: number) => i === 0 || points[i]![4] === 1;
  const between = ends.slice(1).flatMap((_, k) => {
    if (gap(k + 1)) return [];
    const [open, pair] = [isOpen(k) || isOpen(k + 1), [ends[k]!, ends[k + 1]!]];
    const tops = pair.map(({ px, top }) => [px, open ? box.y : top]);
    const bottoms = pair.map(({ px, bottom }) => [px, bottom]);
    const shape = { points: [...tops, ...bottoms.toReversed()] };
    const fill = { type: "polygon", shape, style: { fill: color, opacity: open ? 0.05 : 0.16 } };
    const [[x1, y1], [x2, y2]] = bottoms as [[number, number], [number, number]];
    const style = { stroke: color, lineWidth: 1.2, opacity: 0.7, lineDash: [4, 3] };
    return open ? [fill, { type: "line", shape: { x1, y1, x2, y2 }, style }] : [fill];
  });
  const whisker = ({ px, bottom, top }: (typeof ends)[number]) => ({
    type: "line",
    shape: { x1: px, y1: bottom, x2: px, y2: top },
    style: { stroke: color, lineWidth: 1.5, opacity: 0.6 },
  });
  // Points with no bounded stretch on either side.
  const bounded = (i: number, j: number) => i >= 0 && j < points.length && !gap(j) && !isOpen(i) && !isOpen(j);
  const alone = ends.filter((_, i) => !isOpen(i) && !bounded(i - 1, i) && !bounded(i, i + 1));
  const children = [...between, ...alone.map(whisker)];
  return { type: "group", silent: true, children } as ReturnType<CustomSeriesRenderItem>;
}

/** The arrows and texts of `intervalBand`, of the same points, for points whose upper end nothing bounds. */
function limitArrows(
  params: CustomSeriesRenderItemParams,
  api: CustomSeriesRenderItemAPI,
): ReturnType<CustomSeriesRenderItem> {
  const box = params.coordSys as unknown as { x: number; y: number; width: number };
  const points = params.itemPayload.points as readonly [number, number, number | null, string, number?][];
  const color = api.visual("color") as string;
  const places = points.map(([x, lower]) => api.coord([x, lower]) as [number, number]);
  const ends = places.map(([px, bottom]) => ({ px, bottom }));
  let written = Number.NEGATIVE_INFINITY;
  const tipOf = (bottom: number) => Math.max(box.y + 2, bottom - 44);
  const y = box.y + 6 + 16 * Number(params.itemPayload.row);
  // Whether an arrow of another point goes through a text there.
  const isCrossed = (from: number, to: number, own: number) =>
    places.some(([x, foot]) => x !== own && x > from - 7 && x < to + 7 && tipOf(foot) < y + 14 && foot > y - 2);
  const arrow = ({ px, bottom }: (typeof ends)[number], text: string) => {
    const tip = tipOf(bottom);
    const left = px > box.x + box.width * 0.45;
    const length = 8 * text.length;
    const start = px + (left ? -9 - length : 9);
    const isLabelled = start > written + 6 && !isCrossed(start, start + length, px);
    if (isLabelled) written = start + length;
    const head = [
      [px - 5, tip + 9],
      [px, tip],
      [px + 5, tip + 9],
    ];
    const style = {
      text,
      x: px + (left ? -9 : 9),
      y,
      align: left ? "right" : "left",
      fill: color,
      font: api.font({ fontSize: 12 }),
    };
    const stroke = { stroke: color, lineWidth: 2 };
    return [
      { type: "line", shape: { x1: px, y1: bottom, x2: px, y2: tip }, style: stroke },
      { type: "polyline", shape: { points: head }, style: { ...stroke, fill: "none" } },
      { type: "line", shape: { x1: px - 6, y1: bottom, x2: px + 6, y2: bottom }, style: stroke },
      ...(isLabelled ? [{ type: "text", style }] : []),
    ];
  };
  // As many arrows as can be told apart.
  let drawn = Number.NEGATIVE_INFINITY;
  const isApart = ({ px }: (typeof ends)[number]) => {
    const apart = px >= drawn + 14;
    if (apart) drawn = px;
    return apart;
  };
  const arrows = points.flatMap((point, i) =>
    point[2] === null && point[3] !== "" && isApart(ends[i]!) ? arrow(ends[i]!, point[3]) : [],
  );
  return { type: "group", silent: true, children: arrows as never };
}

/**
 * `itemPayload.intervals`, rows of [position on the list axis, lower, upper]: a level line from lower to upper with an
 * upright end at each. Where upper is null the line runs to the right border and ends in an arrow head.
 */
function intervals(
  params: CustomSeriesRenderItemParams,
  api: CustomSeriesRenderItemAPI,
): ReturnType<CustomSeriesRenderItem> {
  const box = params.coordSys as unknown as { x: number; width: number };
  const rows = params.itemPayload.intervals as readonly [number, number, number | null][];
  const style = { stroke: api.visual("color") as string, lineWidth: 1.8, fill: "none" };
  const children = rows.flatMap(([position, lower, upper]) => {
    const [left, y] = api.coord([lower, position]) as [number, number];
    const right = upper === null ? box.x + box.width - 2 : (api.coord([upper, position])[0] as number);
    const upright = (x: number) => ({ type: "line", shape: { x1: x, y1: y - 5, x2: x, y2: y + 5 }, style });
    const head = [
      [right - 8, y - 5],
      [right, y],
      [right - 8, y + 5],
    ];
    return [
      { type: "line", shape: { x1: left, y1: y, x2: right, y2: y }, style },
      upright(left),
      upper === null ? { type: "polyline", shape: { points: head }, style } : upright(right),
    ];
  });
  return { type: "group", silent: true, children } as ReturnType<CustomSeriesRenderItem>;
}
