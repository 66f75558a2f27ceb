import type { SweepMetric } from "../../store/studies/sweep.ts";
import type { SweepAnswer, SweepFinding } from "../../store/studies/sweepFindings.ts";
import { percent, significant, whole } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

const metrics: Readonly<Record<SweepMetric, string>> = {
  "validation-loss": "validation loss",
  "validation-accuracy": "validation accuracy",
};

const value = (metric: SweepMetric, number: number) =>
  metric === "validation-loss" ? significant(number) : percent(number);

const interval = (metric: SweepMetric, lower: number | null, upper: number | null) =>
  lower === null || upper === null ? "" : ` [${value(metric, lower)}, ${value(metric, upper)}]`;

const answers: Words<SweepAnswer> = {
  sweepBest: ({ metric, setting, value: is, lower, upper, alike, settings }) =>
    `Take ${setting}: its ${metrics[metric]} is ${value(metric, is)}${interval(metric, lower, upper)}. ` +
    (alike === 0
      ? settings === 1
        ? "No other setting was trained to its end."
        : `It is better than the other ${whole(settings - 1)} that were trained to their end.`
      : `It cannot be told from ${alike === 1 ? "one other setting" : `${whole(alike)} others`}.`),
  sweepUntested: ({ metric, setting, value: is, settings }) =>
    (settings === 1
      ? `${setting} alone was trained to its end, with a ${metrics[metric]} of ${value(metric, is)}. `
      : `${setting} has the best ${metrics[metric]} of ${counted(settings, "setting")}, ${value(metric, is)}. `) +
    "One seed cannot tell it from the others: `--seeds 5` can.",
  sweepWithoutBest: ({ settings, diverged, failed }) =>
    `None of ${counted(settings, "setting")} has been trained to its end` +
    `${diverged > 0 ? `; ${whole(diverged)} diverged` : ""}${failed > 0 ? `; ${whole(failed)} failed` : ""}.`,
};

const findings: Words<SweepFinding> = {
  unfinished: ({ ended, settings }) =>
    `The sweep is not finished: ${whole(ended)} of ${counted(settings, "setting")} have ended.`,
  budget: ({ budget: { kind, value: size } }) =>
    ({
      updates: `Every setting makes ${whole(size)} updates.`,
      examples: `Every setting sees ${whole(size)} examples, or the few more that fill its last update.`,
      seconds: `Every setting trains for ${significant(size)} s, evaluations left out.`,
      "target-loss": "",
      own: "",
    })[kind],
  corrected: ({ metric, mean, bias, settings }) =>
    `The best of ${counted(settings, "setting")} looks better than it is, because it was picked: its mean is ${value(metric, mean)}. ` +
    `The value above is without that, by the bootstrap over seeds (${value(metric, bias)}). Fresh seeds, or test data, are the only full remedy.`,
  stoppedEarly: ({ way, stopped, settings }) =>
    `${way === "halving" ? "Halving" : "Median stopping"} ended ${whole(stopped)} of ${counted(settings, "setting")} early. ` +
    "What they would have come to is not known, and they are not counted as worse than what they measured.",
  settingsDiverged: ({ diverged, settings }) =>
    `${whole(diverged)} of ${counted(settings, "setting")} diverged with a seed or more. They count as worse than every other.`,
  settingsFailed: ({ failed, reason }) =>
    `${counted(failed, "setting")} failed: ${reason}. The same command tries again.`,
  bestAtEdge: ({ option, value: is, edge }) =>
    `The best ${option}, ${significant(is)}, is the ${edge} of its list. A ${edge === "largest" ? "larger" : "smaller"} one may be better still.`,
  halfOfThem: ({ metric, settings, expected, lower, upper, examples }) =>
    `Half as many settings, ${whole(settings)}, are expected to find ${value(metric, expected)}${interval(metric, lower, upper)}` +
    `${examples === null ? "" : ` after the ${whole(examples)} examples of the first rung`}.`,
  moreSeeds: ({ seeds }) => `More seeds than these ${whole(seeds)} tell more settings apart.`,
};

/** The words of `sweep`, in English. */
export const sweepEnglish = {
  answers,
  findings,
  metrics,
  settings: "Settings from best to worst",
  title: (model: string, data: string) => `Sweep: ${model} on ${data}`,
  columns: { seeds: "seeds", state: "state", sweep: "sweep", ended: "ended", best: "best", value: "value" },
  states: {
    waiting: "waiting",
    running: "running",
    done: "done",
    diverged: "diverged",
    failed: "failed",
    stopped: "stopped early",
  },
  after: (value: string, examples: string) => `${value} after ${examples}`,
  more: (settings: number, id: string) =>
    `… and ${counted(settings, "more setting")}: report.html and the tables of ${id} have them all`,
  mark: "* cannot be told from the best",
  none: "no sweeps; start one with `batchscope sweep`",
  live: { running: "runs now", idle: "does not run" },
  asked: (id: string) =>
    `${id} is told to stop: its trials end after the update that runs, and sweep resume ${id} goes on`,
  plan: ({ settings, seeds, trials, ended }: Record<"settings" | "seeds" | "trials" | "ended", number>) =>
    `${counted(settings, "setting")} × ${counted(seeds, "seed")}: ${counted(trials, "training")}, of which ${whole(ended)} have ended`,
  estimate: (time: string) => `about ${time}, by a probe of the first setting`,
  figures: {
    settings: "Each setting by the options that vary",
    settingsCaption: "A point is a setting: the mean over its seeds. Filled points cannot be told from the best.",
    alike: "cannot be told from the best",
    others: "worse",
    curve: "What so many settings are expected to find",
    curveCaption:
      "The expected best of n settings drawn from these, with its 95 % interval as a band. Towards the right end it follows the one best setting: read it up to the middle.",
    parallel: "Settings side by side",
    parallelCaption:
      "A line is a setting. The coloured ones cannot be told from the best; of the grey ones the darker are the better.",
    trials: "settings",
  },
};

export type SweepText = typeof sweepEnglish;
