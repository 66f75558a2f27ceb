import { opposedPairsOf, usualCosine } from "../../advice/opposition.ts";
import { type Place, placeName, placeOf } from "../../store/place.ts";
import type { CheckpointAnalysis, GroupAnalysis } from "../../store/schema.ts";
import { type ChartText, chartsEnglish } from "../../text/en/charts.ts";
import { fixedPlaces, significant, whole } from "../../text/format.ts";
import { columnAxis, nameAxis, nameWidth } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { NEUTRAL } from "./chart.ts";
import { type Figure, MOST_ROWS } from "./figure.ts";
import { cellSeries, colorLimit, imageSeries, type MatrixCell, matrixImage } from "./matrix.ts";

/** More groups have no room for numbers in their cells. */
const MOST_NUMBERED = 8;

export const groupsFigure: Figure<CheckpointAnalysis> = {
  id: "groups",
  file: (checkpoint) => `gradient_groups_${placeName(checkpoint)}`,
  draw: ({ groups, ...place }, words) =>
    groups && groups.names.length <= MOST_ROWS ? groupMatrix(groups, placeOf(place), words) : null,
};

/**
 * The mean cosine between mini-batches of every two groups as a coloured matrix, symmetric about 0; what
 * opposed beyond chance by a material cosine is framed. The diagonal is the agreement inside a group.
 */
export function groupMatrix(groups: GroupAnalysis, place: Place, { groups: text }: ChartText = chartsEnglish): Chart {
  const { by, names, rowsPerGroup, batchSize, conflicts } = groups;
  const { stiffness, pairs, within, between } = conflicts;
  const opposed = opposedPairsOf(groups);
  const limit = colorLimit(stiffness.flat());
  const { axis, room } = columnAxis(names, 80);
  const side = nameWidth(names, 86);
  return {
    title: text.title(by, place),
    caption: `${text.caption({
      rows: whole(rowsPerGroup),
      batchSize: whole(batchSize),
      within: significant(within),
      between: significant(between),
      conflicts: whole(opposed.length),
      pairs: whole(pairs.length),
      limit: significant(limit),
    })}${by === "class" ? text.classes(significant(usualCosine(groups))) : ""}`,
    option: {
      grid: { left: side + 14, right: 16, top: 36, bottom: room + 24, outerBoundsMode: "none" },
      legend: { top: 4, right: 0, data: opposed.length > 0 ? [{ name: text.conflict, itemStyle: LEGEND }] : [] },
      tooltip: { trigger: "item" },
      xAxis: { ...axis, name: text.axis(by), nameLocation: "center", nameGap: room + 4 },
      yAxis: { ...nameAxis(names, 86), inverse: true },
      series: [
        imageSeries(0, matrixImage(stiffness, limit)),
        cellSeries(cells(groups, limit, text), 11),
        ...frames(opposed, text.conflict, names.length),
      ],
    },
    frame: { width: 560, perWidth: 1, fixed: room - side + 30 },
  };
}

function cells(
  { names, conflicts: { stiffness } }: GroupAnalysis,
  limit: number,
  text: ChartText["groups"],
): MatrixCell[] {
  return stiffness.flatMap((values, row) =>
    values.map((value, column) => ({
      row,
      column,
      name: text.pair(names[row]!, names[column]!, significant(value)),
      text: names.length > MOST_NUMBERED || Number.isNaN(value) ? "" : fixedPlaces(value, 2),
      strength: value / limit,
    })),
  );
}

const LEGEND = { color: "transparent", borderWidth: 2, borderColor: NEUTRAL };

/** Both cells of every pair in conflict, in black and white, so that one of them stands out from any colour. */
function frames(opposed: GroupAnalysis["conflicts"]["pairs"], name: string, groups: number): Json[] {
  const data = opposed.flatMap(({ first, second }) => [
    [first, second],
    [second, first],
  ]);
  // Four fifths of a cell on a phone.
  const frame = {
    type: "scatter",
    name,
    symbol: "rect",
    symbolSize: Math.round(200 / groups),
    data,
    silent: true,
    z: 5,
  };
  return [
    { ...frame, itemStyle: { color: "transparent", borderWidth: 4, borderColor: "#000000", opacity: 1 } },
    { ...frame, itemStyle: { color: "transparent", borderWidth: 1.5, borderColor: "#ffffff", opacity: 1 } },
  ];
}
