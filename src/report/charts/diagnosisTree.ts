import type { Diagnosis, DiagnosisNode, DiagnosisVerdict, EvidenceName } from "../../store/diagnosis.ts";
import type { DiagnosisText } from "../../text/en/diagnosis.ts";
import { significant } from "../../text/format.ts";
import type { Chart, Json } from "./chart.ts";
import { NEUTRAL } from "./chart.ts";

type Part = { readonly [key: string]: Json };
type Leaf = Exclude<keyof DiagnosisText["leaves"], never>;
type Place = readonly [x: number, y: number];

/** Where questions and ends stand: x from 0 to 1, y downwards by rows. */
const nodes: Readonly<Record<DiagnosisNode, Place>> = {
  "numbers-finite": [0.36, 0],
  "training-loss-small": [0.5, 1],
  "optimisation-failed": [0.21, 2],
  "test-loss-small": [0.79, 2],
  "same-distribution": [0.67, 3],
};
const leaves: Readonly<Record<Leaf, Place>> = {
  broken: [0.1, 1],
  optimisation: [0.1, 4],
  "model-bias": [0.33, 4],
  overfitting: [0.56, 4],
  mismatch: [0.79, 4],
  fine: [0.92, 3],
};

interface Edge {
  readonly from: DiagnosisNode;
  readonly to: DiagnosisNode | Leaf;
  readonly answer: "yes" | "no";
}

const edges: readonly Edge[] = [
  { from: "numbers-finite", to: "broken", answer: "no" },
  { from: "numbers-finite", to: "training-loss-small", answer: "yes" },
  { from: "training-loss-small", to: "optimisation-failed", answer: "no" },
  { from: "training-loss-small", to: "test-loss-small", answer: "yes" },
  { from: "optimisation-failed", to: "optimisation", answer: "yes" },
  { from: "optimisation-failed", to: "model-bias", answer: "no" },
  { from: "test-loss-small", to: "fine", answer: "yes" },
  { from: "test-loss-small", to: "same-distribution", answer: "no" },
  { from: "same-distribution", to: "overfitting", answer: "yes" },
  { from: "same-distribution", to: "mismatch", answer: "no" },
];

/** The ends that a verdict leaves open. */
const reached: Readonly<Partial<Record<DiagnosisVerdict, readonly Leaf[]>>> = {
  broken: ["broken"],
  "model-bias": ["model-bias"],
  optimisation: ["optimisation"],
  "bias-or-optimisation": ["model-bias", "optimisation"],
  fine: ["fine"],
  overfitting: ["overfitting"],
  mismatch: ["mismatch"],
  "overfitting-or-mismatch": ["overfitting", "mismatch"],
};

const ROWS = 5;

/** The tree of questions with the way that was taken: full boxes and thick lines. */
export function diagnosisTree(found: Diagnosis, words: DiagnosisText): Chart {
  const wide = { width: 900, perWidth: 0, fixed: 470 };
  const narrow = { width: 362, perWidth: 0, fixed: 560 };
  return {
    title: words.page.tree,
    caption: words.chartCaption,
    option: optionOf(found, words, { box: [164, 62], font: 12, frame: wide }),
    frame: wide,
    narrow: { option: optionOf(found, words, { box: [77, 80], font: 9.5, frame: narrow }), frame: narrow },
  };
}

interface Size {
  readonly box: readonly [number, number];
  readonly font: number;
  readonly frame: Chart["frame"];
}

function optionOf(found: Diagnosis, words: DiagnosisText, size: Size): Part {
  const taken = new Set<string>([...found.path.map(({ node }) => node), ...(reached[found.verdict] ?? [])]);
  const isTaken = ({ from, to }: Edge) => taken.has(from) && taken.has(to);
  const places: Readonly<Record<string, Place>> = { ...nodes, ...leaves };
  const margin = size.box[0] / 2 + 2;
  return {
    animation: false,
    grid: { left: margin, right: margin, top: size.box[1] / 2 + 4, bottom: size.box[1] / 2 + 4 },
    xAxis: { type: "value", min: 0.1, max: 0.92, show: false },
    yAxis: { type: "value", min: 0, max: ROWS - 1, inverse: true, show: false },
    series: [
      ...edges
        .toSorted((a, b) => Number(isTaken(a)) - Number(isTaken(b)))
        .map((edge) => line(edge, places, { words, isTaken: isTaken(edge), size })),
      boxes(Object.keys(nodes), { found, words, taken, places, size, symbol: "roundRect" }),
      boxes(Object.keys(leaves), { found, words, taken, places, size, symbol: "rect" }),
    ],
  };
}

function line(
  { from, to, answer }: Edge,
  places: Readonly<Record<string, Place>>,
  { words, isTaken, size }: { readonly words: DiagnosisText; readonly isTaken: boolean; readonly size: Size },
): Part {
  const [[x0, y0], [x1, y1]] = [places[from]!, places[to]!];
  const middle = y1 - 0.5;
  return {
    type: "line",
    silent: true,
    symbol: "none",
    lineStyle: { color: isTaken ? TAKEN : NEUTRAL, width: isTaken ? 3.5 : 1 },
    data: [[x0, y0], [x0, middle], [x1, middle], { value: [x1, y1], symbol: "none" }],
    markPoint: {
      silent: true,
      symbol: "rect",
      symbolSize: 0.1,
      itemStyle: { color: NEUTRAL },
      label: {
        show: true,
        formatter: words.answers[answer],
        fontSize: size.font,
        color: NEUTRAL,
        position: "right",
        distance: 5,
      },
      data: [{ coord: [x1, middle + 0.08] }],
    },
  };
}

interface Drawn {
  readonly found: Diagnosis;
  readonly words: DiagnosisText;
  readonly taken: ReadonlySet<string>;
  readonly places: Readonly<Record<string, Place>>;
  readonly size: Size;
  readonly symbol: string;
}

/** The way that was taken has one colour in both themes; letters on it are white. */
const TAKEN = "#0072b2";

function boxes(names: readonly string[], { found, words, taken, places, size, symbol }: Drawn): Part {
  return {
    type: "scatter",
    symbol,
    symbolSize: [...size.box],
    silent: true,
    z: 5,
    data: names.map((name) => {
      const isTaken = taken.has(name);
      return {
        value: [...places[name]!],
        itemStyle: isTaken
          ? { color: TAKEN, opacity: 1 }
          : { color: BOX, opacity: 1, borderColor: NEUTRAL, borderWidth: 1 },
        label: {
          show: true,
          position: "inside",
          formatter: labelOf(name, found, words),
          fontSize: size.font,
          lineHeight: size.font + 4,
          width: size.box[0] - 8,
          overflow: "break",
          color: isTaken ? "#ffffff" : BOX_TEXT,
          fontWeight: isTaken ? "bold" : "normal",
          textBorderWidth: 0,
        },
      };
    }),
  };
}

/** The same in both themes, so that words on it are read in both. */
const BOX = "#f2f4f6";
const BOX_TEXT = "#3d444d";

function labelOf(name: string, { path }: Diagnosis, words: DiagnosisText): string {
  const leaf = words.leaves[name as Leaf];
  if (leaf !== undefined) return leaf;
  const asked = path.find(({ node }) => node === name);
  const question = words.nodes[name as DiagnosisNode];
  if (!asked) return question;
  const first = asked.evidence[0];
  const shown = first && first.unit === "loss" && (first.name as EvidenceName) ? `: ${significant(first.value)}` : "";
  return `${question}\n${words.answers[asked.answer]}${shown}`;
}
