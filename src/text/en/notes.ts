import type { SuggestionReason, SweepProblem } from "../../statistics/learningRateSweep.ts";
import type { PictureNote } from "../../statistics/types.ts";
import type { InspectionRemark, MemorySource, RunLoss, SearchNote, TrialEnd } from "../../store/findings.ts";
import { said, type Words } from "../words.ts";

/** What stands beside results in English: remarks and reasons, by kind. */
export interface NotesText {
  /** Between sentences that end with a full stop, and between reasons that do not. */
  readonly sentences: string;
  readonly reasons: string;
  readonly picture: Words<PictureNote>;
  readonly sweep: Words<SweepProblem>;
  readonly suggestion: Words<SuggestionReason>;
  readonly search: Words<SearchNote>;
  readonly trial: Words<TrialEnd>;
  readonly memory: Words<MemorySource>;
  readonly inspection: Words<InspectionRemark>;
  /** Why a lost run ended. */
  readonly loss: Words<RunLoss>;
}

const perCent = (share: number) => `${100 * share} %`;

const sweep: NotesText["sweep"] = {
  earlyRise: ({ updates }) => `the loss rises after ${updates} updates: begin with a smaller rate or take more rates`,
  noFall: () => "the loss does not fall by more than its noise: use a larger batch or more rates",
  fallsToTheEnd: () => "the loss still falls fastest at the largest rates: go on to larger ones",
};

const trial: NotesText["trial"] = {
  stopped: () => "stopped when it passed the limit",
  overLimit: () => "took more than the limit",
  signal: ({ signal }) => `ended by ${signal}`,
  exit: ({ code }) => `exit code ${code}`,
  noTrial: ({ output }) => `expected a trial's two lines, got ${JSON.stringify(output)}`,
  said: ({ words }) => words,
};

export const notesEnglish: NotesText = {
  loss: {
    died: () =>
      "its process ended without a word: killed, out of memory, or a fault of the native library; see log.txt",
    silent: ({ host, since }) => `no sign of life from ${host} since ${since}; see log.txt`,
  },
  sentences: " ",
  reasons: "; ",
  picture: {
    drawn: ({ shown, rows }) => `The picture shows a stratified draw of ${shown} of ${rows} rows.`,
    fewRows: ({ rows }) => `${rows} rows are too few for t-SNE; their positions are those of classical scaling (PCA).`,
    perplexityLowered: ({ wanted, perplexity, others }) =>
      `Perplexity lowered from ${wanted} to ${perplexity.toFixed(1)}, a third of the other ${others} rows.`,
    undirected: ({ undirected, rows }) =>
      `${undirected} of ${rows} rows have zero norm and no direction; they stand at a right angle to all others.`,
  },
  sweep,
  suggestion: {
    steepest: () => "where the loss falls fastest per decade of the learning rate",
    fewClear: ({ clear, sweeps, problems }) =>
      `no suggestion: ${clear} of ${sweeps} sweeps show where the loss falls ` +
      `(${problems.map((problem) => said(problem, sweep)).join("; ")})`,
    disagree: ({ factor }) =>
      `no suggestion: the sweeps disagree by a factor of ${factor.toPrecision(2)}; use more repeats or a larger batch`,
  },
  search: {
    unsteady: ({ microBatch }) => `${microBatch} fitted once and then did not: memory is close there`,
    failed: ({ microBatch, end }) => `${microBatch} failed, and not for memory: ${said(end, trial)}`,
    maximum: ({ maximum }) => `${maximum} is the maximum: larger ones were not tried`,
  },
  trial,
  memory: {
    asked: ({ text }) => `--memory-limit ${text}`,
    machine: ({ share }) => `${perCent(share)} of the machine's memory`,
    controlGroup: ({ share }) => `${perCent(share)} of what the control group allows`,
    free: ({ share }) => `${perCent(share)} of the memory that is free at present`,
  },
  inspection: {
    overlappingWindows: () =>
      "examples are windows that may overlap: a model may have trained on the neighbours of what it judges",
    trainedBefore: ({ model }) =>
      `every fold starts from the weights of ${model}: if they were trained on these data, no example is unseen and wrong labels look right`,
    untraced: ({ why }) => `self-influence was not measured: ${why}`,
    absentClasses: ({ absent, classes }) => `${absent} of the ${classes} classes have no example among those inspected`,
    unjudged: ({ labels, leastSeen }) =>
      `labels not judged, as their models saw fewer than ${leastSeen} other examples of the class: ${labels}`,
    weakModels: ({ contradicted }) =>
      `the models disagree with ${(100 * contradicted).toFixed(0)} % of the labels that they have not seen, more than seem to be wrong: ` +
      "of labels of classes that they take for each other they doubt few, and miss errors; more --epochs or another --model may find more",
  },
};
