import { overheadText, probabilityText } from "../batchParts.ts";
import { significant, whole } from "../format.ts";
import { counted } from "./counted.ts";

/** The words of `critical-batch --study` in English. */
export const paretoEnglish = {
  title: (model: string, data: string) => `Steps against examples: ${model} on ${data}`,
  points: (target: number) => `What each batch size takes to the validation loss ${significant(target)}`,
  columns: {
    batchSize: "batch",
    learningRate: "learning rate",
    reached: "seeds that reach it",
    steps: "steps",
    examples: "examples",
    note: "note",
  },
  edge: "best rate at the end of those tried",
  censored: "never reached by some: left out",
  early: "reached before the first evaluation: too many",
  definitions: "Definitions, in examples",
  definitionColumns: { name: "definition", value: "batch size", says: "what it says" },
  names: {
    pareto: "B_crit = E_min/S_min",
    paretoOverhead: (overhead: number) => `${overheadText(overhead)} overhead = ${overhead} B_crit`,
  },
  says: {
    pareto: "steps and examples are both twice their least: McCandlish et al.",
    paretoOverhead: (overhead: number) =>
      `a larger batch needs over ${overheadText(overhead)} more examples than the smallest: Zhang et al.`,
  },
  ends: (steps: string, examples: string) =>
    `at least ${steps} steps (S_min), and at least ${examples} examples (E_min)`,
  lack: (f: number, p: number) =>
    `the fit: F = ${significant(f)}, p ${probabilityText(p)}; below 0.05 the batches follow no hyperbola`,
  notes: {
    title: "How to read it",
    lines: (seeds: number) => [
      `A point is the geometric mean over ${counted(seeds, "seed")}. Its examples are read between evaluations; its steps are these over the batch size.`,
      "The curve is (S/S_min − 1)(E/E_min − 1) = 1, fitted to the logarithms. The interval of B_crit is the fit's profile against the scatter of seeds.",
      "Each batch has its own best rate. Rates are tuned on a list: a coarse list makes batches look worse than they are, and the test of the fit tells.",
      "Where a sweep tried several rates, a seed is counted with the rate that is best on the other seeds.",
    ],
  },
  report: "report",
  chart: {
    title: "Steps against examples",
    caption: (target: number) =>
      `To the validation loss ${significant(target)}, one point for each batch size, small ones for its seeds. Solid: the hyperbola. Dashed: its ends S_min and E_min. Both axes are logarithmic.`,
    axis: "steps",
    value: "examples",
    mean: "batch size",
    seed: "one seed",
    curve: "hyperbola",
    ends: "S_min, E_min",
    batch: (batch: number) => whole(batch),
    empty: "no batch size reaches the target with every seed",
  },
};

export type ParetoText = typeof paretoEnglish;
