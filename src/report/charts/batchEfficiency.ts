import type { BatchDefinition } from "../../store/batchDefinitions.ts";
import { foundBatch } from "../../text/batchParts.ts";
import type { Text } from "../../text/text.ts";
import { definitionName } from "../terminal/definitionTable.ts";
import { logAxis } from "./axes.ts";
import type { Chart, Json } from "./chart.ts";
import { json, nothingToDraw } from "./chart.ts";
import type { ComparisonFigure } from "./comparison.ts";

/** A definition as the critical batch that it stands for, and the share of the examples' worth that is left there. */
interface Place {
  readonly name: string;
  readonly tells: string;
  readonly batchSize: number;
  readonly critical: number;
  readonly kept: number;
}

type Part = { readonly [key: string]: Json };

const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
const PLACES = 60;
/** Of the theme; a curve of the same colour as another is dashed. */
const COLORS = 4;

/**
 * The share of its worth that an example keeps in a batch B, 1/(1 + B/B_crit), a curve for each definition with a
 * value: one that stands for twice the examples lies at ½ of its own curve, one for 20 % more at 1/1.2. Definitions
 * that agree have one curve. Of several checkpoints the last.
 */
export function efficiencyFigure(
  definitions: readonly BatchDefinition[],
  { criticalBatch: words }: Pick<Text, "criticalBatch">,
): ComparisonFigure {
  const { efficiency } = words.chart;
  const places = placesOf(definitions, words);
  const chart: Chart = {
    title: efficiency.title,
    caption: efficiency.caption,
    option: places.length === 0 ? nothingToDraw(efficiency.empty) : optionsOf(places, efficiency),
    frame: { width: 800, perWidth: 0, fixed: 420 },
  };
  return { file: "worth_of_examples_vs_batch_size", chart };
}

/** How many times the examples of the smallest batch each stands for. */
function timesOf(one: BatchDefinition): number | null {
  switch (one.name) {
    case "branched":
    case "paretoOverhead":
      return 1 + one.overhead;
    case "doubled":
    case "scaled":
    case "sign":
    case "noiseScale":
    case "pareto":
      return 2;
    // The same as others: of the finite data, as an average, or of the same fit.
    default:
      return null;
  }
}

/** Whether a definition has a place in the figure: of ones that give limits alone it would be empty. */
export function hasEfficiency(definitions: readonly BatchDefinition[]): boolean {
  const last = lastStep(definitions);
  return definitions.some((one) => timesOf(one) !== null && one.value !== null && isOf(last, one));
}

const lastStep = (definitions: readonly BatchDefinition[]) => Math.max(...definitions.map(({ step }) => step ?? 0));

const isOf = (last: number, { step }: BatchDefinition) => step === null || step === last;

function placesOf(definitions: readonly BatchDefinition[], words: Text["criticalBatch"]): Place[] {
  const last = lastStep(definitions);
  return definitions.flatMap((one): Place[] => {
    const times = timesOf(one);
    if (times === null || one.value === null || !isOf(last, one)) return [];
    const name = definitionName(one, words);
    const { value: batchSize } = one;
    const tells = `${name}: ${foundBatch(one)}`;
    return [{ name, tells, batchSize, critical: batchSize / (times - 1), kept: 1 / times }];
  });
}

function optionsOf(places: readonly Place[], words: Text["criticalBatch"]["chart"]["efficiency"]): Part {
  const sizes = places.flatMap(({ batchSize, critical }) => [batchSize, critical]);
  const [low, high] = [Math.min(...sizes) / 16, Math.max(...sizes) * 8];
  const rows = Math.ceil(places.length / 2);
  return {
    legend: { left: 0, top: 4, itemWidth: 24, itemHeight: 9, padding: 0, data: places.map(({ name }) => name) },
    tooltip: { trigger: "item" },
    grid: { left: 58, right: 24, top: 40 + 20 * rows, bottom: 44, outerBoundsMode: "none" },
    title: [{ text: words.value, left: 0, top: 10 + 20 * rows, padding: 0 }],
    xAxis: { ...logAxis([low, high]), name: words.axis, nameLocation: "center", nameGap: 26 },
    yAxis: { type: "value", min: 0, max: 100 },
    series: places.flatMap((place, i) => [
      ...(isDrawn(places.slice(0, i), place) ? [] : [curveOf(place, i, [low, high])]),
      pointOf(place, i),
    ]),
  };
}

/** Two definitions by one fit have one curve. */
const isDrawn = (before: readonly Place[], { critical }: Place) =>
  before.some((one) => Math.abs(one.critical / critical - 1) < 1e-9);

function curveOf({ name, critical }: Place, i: number, [low, high]: readonly [number, number]): Part {
  const at = (share: number) => low * (high / low) ** share;
  const curve = Array.from({ length: PLACES }, (_, place) => at(place / (PLACES - 1)));
  return {
    ...{ type: "line", name, symbol: symbolOf(i), showSymbol: false, silent: true, z: 2 },
    data: curve.map((batch) => [json(batch), json(100 / (1 + batch / critical))]),
    lineStyle: { width: 1.5, type: i < COLORS ? "solid" : "dashed" },
  };
}

function pointOf({ name, tells, batchSize, kept }: Place, i: number): Part {
  return {
    ...{ type: "line", name, symbol: symbolOf(i), symbolSize: 11, z: 4, tooltip: { formatter: "{b}" } },
    data: [{ name: tells, value: [json(batchSize), json(100 * kept)] }],
  };
}

const symbolOf = (i: number) => symbols[i % symbols.length]!;
