import { overheadText } from "../batchParts.ts";
import { significant, whole } from "../format.ts";
import { counted } from "./counted.ts";

/** The words of `critical-batch` in English. */
export const criticalBatchEnglish = {
  title: (model: string, data: string) => `Critical batch size: ${model} on ${data}`,
  branching: (step: number, batch: number, rule: string, rate: number) =>
    `branches from step ${whole(step)}: batch ${whole(batch)}, learning rate ${significant(rate)}, rule ${rule}`,
  parent: (updates: number, batch: number, apart: number) =>
    `trains the run to branch from first: ${counted(updates, "update")} of ${counted(batch, "example")}, a checkpoint every ${whole(apart)}`,
  parentTrained: (run: string) => `trained ${run}, which the same command finds again`,
  planOfParent: (updates: number, batch: number, apart: number) =>
    `would train the run to branch from first: ${counted(updates, "update")} of ${counted(batch, "example")}, a checkpoint every ${whole(apart)}`,
  estimateOfParent: (time: string) => `about ${time}, by a probe`,
  plan: (branches: number, examples: number, checkpoints: number) =>
    `would train ${whole(branches)} branches of ${counted(examples, "example")} from ${counted(checkpoints, "checkpoint")}`,
  estimate: (time: string) => `about ${time}, by a probe of each batch size`,
  mixes: (layer: string, more: number) =>
    `the model mixes the examples of a micro-batch (${layer}${more > 0 ? ` and ${whole(more)} more` : ""}): branches keep the run's micro-batch, so that this is the critical number of accumulated examples`,
  oneCheckpoint: (step: number) =>
    `the run has one checkpoint alone, at step ${whole(step)}: whether the critical batch grows stays unknown; train with --checkpoint-steps to know it`,
  columns: {
    step: "step",
    batchSize: "batch",
    learningRate: "learning rate",
    seeds: "seeds",
    loss: "validation loss",
    difference: "difference",
    kept: "progress kept",
    verdict: "against the smallest",
    critical: "critical batch size",
    doubled: "twice the examples",
    alike: "no loss shown up to",
    startLoss: "loss before",
  },
  baseline: "–",
  diverged: (diverged: number, seeds: number) => `${whole(diverged)} of ${whole(seeds)} diverged`,
  checkpoints: "Critical batch size at each checkpoint",
  branches: (step: number) => `Branches from step ${whole(step)}`,
  definitions: "Definitions side by side, in examples",
  definitionColumns: { name: "definition", step: "step", value: "batch size", says: "what it says" },
  names: {
    branched: (overhead: string) => `branched, ${overhead} more examples`,
    doubled: "branched, twice the examples",
    alike: "branched, no loss shown",
    scaled: (optimizer: string) => `noise scale of ${optimizer}, tr DΣ/GᵀDG`,
    sign: (optimizer: string) => `noise scale of ${optimizer}, (‖σ‖₁/‖G‖₁)²`,
    noiseScale: "noise scale tr Σ/|G|²",
    datasetNoiseScale: "noise scale of this data set",
    ratioOfMeans: "noise scale, ratio of means",
    meanOfRatios: "noise scale, mean of ratios",
    pareto: "Pareto B_crit = E_min/S_min",
    paretoOverhead: (overhead: string) => `${overhead} overhead = 0.2 B_crit`,
  },
  allSteps: "all",
  unresolved: "not known: the branches do not resolve it; longer ones or more seeds may",
  askBranches: (run: string) => `not measured: \`batchscope critical-batch ${run}\` trains branches from a checkpoint`,
  askStudy: (study: string | null) =>
    study === null
      ? "one run cannot say it: compare several batch sizes with `--tune learning-rate=LIST`, then `batchscope critical-batch --study NAME`"
      : `one run cannot say it: \`batchscope critical-batch --study ${study}\` asks that study of several batch sizes`,
  ofStudy: (says: string, study: string) => `measured by the study ${study}: ${says}`,
  says: {
    branched: "measured: a larger batch needs more examples than that for the same loss",
    doubled: "measured: the definition of McCandlish et al., at the run's own batch in place of batch 0",
    alike: "measured: the largest batch tried up to which no loss is told from the smallest",
    scaled: "predicted for twice the examples: by the optimizer's second moments at this checkpoint",
    sign: "predicted for twice the examples: by the gradient's signs at this checkpoint",
    noiseScale: "predicted for twice the examples: of a step along the gradient; contested for Adam-like optimizers",
    datasetNoiseScale: "the same, were these examples all that there is",
    ratioOfMeans: "over all analyzed checkpoints: mean tr Σ by mean |G|²",
    meanOfRatios: "over all analyzed checkpoints: decided by those whose |G|² is just above zero",
    pareto: "both steps and examples are twice their least, over whole trainings",
    paretoOverhead: "a larger batch needs over 20 % more examples than the smallest: Zhang et al.",
  },
  notes: {
    title: "How to read it",
    lines: [
      "Branches of one seed start at the same weights and optimizer state, and see the same examples in the same order.",
      "Progress is how far the loss on the held-out examples falls. All branches of a checkpoint see equally many examples.",
      "The batch grows by accumulation: the micro-batch stays the run's own.",
      "A branch is short. What it says holds for the next examples, and for the rule by which the rate follows the batch.",
    ],
  },
  command: "Do it again",
  report: "report",
  chart: {
    kept: {
      title: "Progress at equal examples",
      caption: (overhead: number) =>
        `Share of the smallest batch's progress, with 95 % intervals over seeds. Dashed: ${overheadText(1 / (1 + overhead))}, where a batch needs ${overheadText(overhead)} more examples. The horizontal axis is logarithmic.`,
      axis: "batch size (examples)",
      value: "progress against the smallest batch (%)",
      step: (step: number) => `step ${whole(step)}`,
      line: (overhead: number) => `${overheadText(overhead)} more examples`,
      empty: "no branch made progress that shows",
    },
    course: {
      title: "Critical batch size while training",
      caption: "With 95 % intervals. An arrow has no upper end: larger batches were not tried, or too few seeds tell.",
      axis: "step",
      value: "critical batch size (examples)",
      empty: "nothing is resolved",
    },
    efficiency: {
      title: "What an example is worth in a larger batch",
      caption:
        "1/(1 + B/B_crit) for each definition with a value, which is marked: at 50 % where it stands for twice the examples, at 83 % where for 20 % more. Definitions that agree have one curve. The horizontal axis is logarithmic.",
      axis: "batch size (examples)",
      value: "worth of an example against the smallest batch (%)",
      empty: "no definition has a value",
    },
  },
};

export type CriticalBatchText = typeof criticalBatchEnglish;
