import type { MemorySource, TrialEnd } from "../../store/findings.ts";
import type { ProfileNote } from "../../store/profile.ts";
import { percent, whole } from "../format.ts";
import { memory } from "../verdictParts.ts";
import { said, type Words } from "../words.ts";
import { counted } from "./counted.ts";
import { notesEnglish } from "./notes.ts";

const list = (sizes: readonly number[]) => sizes.map(whole).join(", ");
const batches = (sizes: readonly number[]) => `batch ${sizes.length === 1 ? "size" : "sizes"} ${list(sizes)}`;

const notes: Words<ProfileNote> = {
  beyondData: ({ batchSizes, examples }) =>
    `${batches(batchSizes)} left out: an epoch has ${counted(examples, "example")}`,
  predictedPeak: ({ batchSizes, peakBytes, limitBytes }) =>
    `${batches(batchSizes)} not tried: the first would take about ${memory(peakBytes)}, and may take ${memory(limitBytes)}`,
  tooLarge: ({ batchSizes, end }) =>
    `${batches(batchSizes)} not measured: the first does not fit into memory (${said(end, notesEnglish.trial)})`,
  failed: ({ batchSizes, end }) => `${batches(batchSizes)} not measured: ${said(end, notesEnglish.trial)}`,
  disturbed: ({ share }) =>
    `something else used the machine during ${percent(share)} of the stretches: they are left out`,
  processorTime: ({ share }) =>
    `the machine is busy: ${percent(share)} of the stretches were disturbed; the times are the processor's own`,
  allDisturbed: ({ share }) =>
    `the machine is busy: ${percent(share)} of the stretches were disturbed; the times are too long`,
  noCostModel: ({ windows }) =>
    `no cost model: ${counted(windows, "window")} tell too little; take more batch sizes, with multiples of 4 among them`,
  roughModel: ({ batchSize, relative }) =>
    `the cost model is rough: it misses the time of batch ${whole(batchSize)} by ${percent(Math.abs(relative))}`,
};

/** The words of `profile` in English. Numbers come in as text, already rounded, but in notes. */
export const profileEnglish = {
  notes,
  title: (model: string, data: string) => `Time and memory against batch size: ${model} on ${data}`,
  limit: ({ bytes, source, allowed }: { bytes: string; source: MemorySource; allowed: string }) =>
    `limit ${bytes} (${said(source, notesEnglish.memory)}), of which a training may take ${allowed}`,
  tried: (size: string, outcome: string) => `memory of batch ${size}: ${outcome}`,
  fits: (peak: string) => (peak === "" ? "fits" : peak),
  ends: (end: TrialEnd) => said(end, notesEnglish.trial),
  /** `left`: the time that it still takes; empty at the end. */
  timing: (done: number, all: number, left: string) =>
    `timing ${done}/${all}${left === "" ? "" : `: about ${left} left`}`,
  plan: ({ sizes, rounds, processes, time }: Record<"sizes" | "rounds" | "processes" | "time", string>) =>
    `would measure batch sizes ${sizes} in ${rounds} rounds, ${processes} processes: about ${time}`,
  columns: {
    batchSize: "batch",
    examples: "examples",
    window: "window",
    update: "per update",
    epoch: "per epoch",
    speed: "examples",
    perSecond: "per second",
    memory: "memory",
    peak: "peak",
    ratio: "ratio",
    ofOne: "to one micro-batch",
  },
  rounds: (rounds: string) => `times: median, and in brackets the lowest and the highest of ${rounds} rounds`,
  accumulated: "The same updates in several micro-batches",
  cost: "Cost of an update",
  costFormula: "seconds = update + micro-batch · number of micro-batches + example · batch size",
  costs: {
    perUpdate: "each update",
    perMicroBatch: "each micro-batch",
    perExample: "each example",
    residual: "largest error",
    worst: (relative: string, batch: string) => `${relative}, at batch ${batch}`,
  },
  note: "note",
  written: "written",
  sizesTitle: "Batch sizes",
  notesTitle: "Notes",
  command: "Command",
  learning:
    "Time is half of the matter: a large batch makes fewer updates in an epoch, and may need more epochs to learn as much.",
  chart: {
    caption: (rounds: string, model: boolean) =>
      `Points: median of whole updates, timed in ${rounds} rounds; bars: the lowest and the highest round. ` +
      `${model ? "Line: the cost model. " : ""}Both axes are logarithmic. An epoch is without validation and checkpoints.`,
    update: "time per update, seconds",
    epoch: "time per epoch, seconds",
    batchSize: "batch size, examples",
    measured: "one micro-batch",
    accumulated: "several micro-batches",
    model: "cost model",
    point: (window: string, time: string) => `${window}: ${time}`,
    empty: "No picture: no batch size was measured",
  },
};

export type ProfileText = typeof profileEnglish;
