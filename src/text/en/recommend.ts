import type { Interval } from "../../statistics/types.ts";
import type { RecommendReason } from "../../store/recommendReasons.ts";
import { waitingText } from "../duration.ts";
import { percent, significant, whole } from "../format.ts";
import { between, memory, plain } from "../verdictParts.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

const times = (ratio: number) => `${significant(ratio)} times`;
const timesBetween = ({ value, ...ends }: Interval) => `${significant(value)} ${between(ends, significant)} times`;

const reasons: Words<RecommendReason> = {
  target: ({ loss, updates, of }) =>
    `Pilots train to validation loss ${significant(loss)}. The present setting reaches it in at most ${whole(updates)} of its ${counted(of, "update")}.`,
  pilots: ({ pilots, settings, spread }) =>
    `${counted(pilots, "pilot")} of ${counted(settings, "setting")} were trained. Seeds scatter the updates to the target by ${percent(spread)}.`,
  unfinished: ({ seconds }) =>
    `The search ended after ${waitingText(seconds)}, before all was tried. The same command goes on.`,
  alike: () => "The interval of the saving holds 0: more seeds may tell the two apart.",
  takes: ({ seconds, examples, updates }) =>
    `To the same loss it takes ${times(seconds)} the time of the present setting, ${times(examples)} its examples and ${times(updates)} its updates.`,
  edge: ({ end, batchSize }) =>
    `${whole(batchSize)} is the ${end} batch that was tried: a ${end === "largest" ? "larger" : "smaller"} one may be better still.`,
  cut: ({ steps, ratio }) =>
    `The same batch in ${whole(steps)} micro-batches needs as many updates, and each takes ${times(ratio)} as long.`,
  memory: ({ largestMicroBatch, binds }) =>
    binds
      ? `At most ${counted(largestMicroBatch, "example")} fit into memory at a time. Larger batches have to be accumulated.`
      : `All micro-batches up to ${counted(largestMicroBatch, "example")} fit into memory.`,
  sync: ({ devices, share }) =>
    `${whole(devices)} devices spend ${percent(share)} of an update agreeing. A larger batch agrees less often.`,
  halfLife: ({ batchSize, beta2, ratio, advised }) => {
    const setting = `β₂ ${plain(beta2)}, which keeps its half-life in examples, at ${whole(batchSize)} without accumulation`;
    if (advised) return `The advice has ${setting}.`;
    return ratio === null
      ? `${setting}, is the present setting.`
      : `${setting}, takes ${timesBetween(ratio)} what the advice does.`;
  },
  costs: ({ error }) => `The model of what updates cost is off by ${percent(error)} in the mean.`,
  mixing: ({ layer, more, batchSize }) =>
    `The model mixes the examples of a micro-batch (${layer}${more > 0 ? ` and ${whole(more)} more` : ""}). What is measured holds for micro-batches of ${whole(batchSize)} alone; other cuts of the same batch learn otherwise.`,
  constantRate: ({ schedule }) =>
    `Pilots train at one rate throughout. The schedule ${schedule} of the present setting may move the best rate.`,
  noiseScale: ({ value, lower, upper }) =>
    `The noise scale of this run is ${value === null ? "not resolved" : whole(value)}: between ${whole(lower)} and ${upper === null ? "no end that is known" : whole(upper)}. Updates to a loss are taken to go as 1 + noise scale/batch, which Adam-like optimizers need not keep to.`,
  noNoiseScale: () => "This run has not measured its noise scale. `batchscope analyze` does.",
  timesUnknown: ({ batchSize, secondsPerUpdate }) =>
    `Updates of ${whole(batchSize)} examples took ${significant(1000 * secondsPerUpdate)} ms. What other batches take is not known: between as long, and in proportion.`,
  runMemory: ({ batchSize, peakBytes }) =>
    `Its micro-batches of ${whole(batchSize)} took ${memory(peakBytes)} at most.`,
  withoutPilots: () => "Nothing was tried. `--pilots` tries it, and says what is saved.",
};

/** The words of `recommend` in English. */
export const recommendEnglish = {
  title: (model: string, data: string) => `Which batch: ${model} on ${data}`,
  measuring: "measures what updates cost, and which micro-batches fit into memory",
  towards: (loss: number, updates: number, of: number) =>
    `pilots train to validation loss ${significant(loss)}, which the present setting reaches in ${whole(updates)} of ${counted(of, "update")}`,
  plan: (pilots: number, updates: number, sizes: string) =>
    `would train about ${whole(pilots)} pilots of up to ${counted(updates, "update")} each, among the batches ${sizes}`,
  estimate: (time: string) => `about ${time}, by a probe`,
  mixes: (layer: string, more: number) =>
    `the model mixes the examples of a micro-batch (${layer}${more > 0 ? ` and ${whole(more)} more` : ""}): what is measured holds for the micro-batches that pilots have`,
  reasons,
  columns: {
    setting: "setting",
    batchSize: "batch",
    window: "micro-batches",
    learningRate: "learning rate",
    beta2: "β₂",
    seeds: "seeds",
    seconds: "time to target",
    examples: "examples",
    updates: "updates",
    ratio: "against the advice",
    says: "what it takes",
  },
  notReached: (least: string) => `not within ${least}`,
  times: (ratio: string) => `× ${ratio}`,
  advice: "Advice",
  alternatives: "Alternatives that nothing beats in time, examples and updates at once",
  rules: "What rules come to",
  tried: "All that was tried",
  present: "present setting",
  alternative: "alternative",
  advised: "advised",
  names: {
    unchanged: "change nothing",
    "source-001": "accumulate by batch size",
    "source-003": "accumulate by memory",
    sqrt: "rate by √",
    linear: "rate in proportion",
  },
  says: {
    unchanged: "batch, accumulation and rate as they are",
    "source-001": "4 micro-batches below batch size 4, 2 below 8, else 1; the rate as it is",
    "source-003": "micro-batches by a table of memory, 32 examples an update, the rate in proportion",
    sqrt: "the advised batch, the present rate times the root of the ratio",
    linear: "the advised batch, the present rate times the ratio",
  },
  reasoning: "Reasons",
  toRun: "Train so",
  toCheck: "Check it",
  report: "report",
  chart: {
    need: {
      title: "What each batch takes to the target",
      caption:
        "Each batch with its best rate that was tried; bars are 95 % intervals over seeds. Both axes are logarithmic.",
      axis: "examples of an update",
      value: { time: "time to target (s)", examples: "examples to target", updates: "updates to target" },
      series: "best rate of the batch",
      advised: "advised",
      present: "present setting",
      empty: "no batch reached the target",
    },
    front: {
      title: "Time against examples",
      caption:
        "Each batch with its best rate. What lies left and below of another beats it. Both axes are logarithmic.",
      axis: "examples to target",
      value: "time to target (s)",
      front: "nothing beats it",
      advised: "advised",
      others: "beaten",
      empty: "no batch reached the target",
    },
  },
};

export type RecommendText = typeof recommendEnglish;
