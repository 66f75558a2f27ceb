import type { JudgeFinding } from "../../store/studies/judgeFindings.ts";
import type { JudgeMetric } from "../../store/studies/study.ts";
import { percent, whole } from "../format.ts";
import { signedDifference } from "../judgeParts.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

export const metricsEnglish: Readonly<Record<JudgeMetric, string>> = {
  "validation-loss": "validation loss",
  "validation-accuracy": "validation accuracy",
  "train-loss": "mean training loss",
  seconds: "training time",
};

const findings: Words<JudgeFinding> = {
  confirmed: ({ metric, examples, difference, confirmed }) =>
    `On ${counted(examples, "example")} that no look has seen, the same models differ by ${signedDifference(metric, difference)}: ` +
    `the verdict is ${confirmed ? "" : "NOT "}confirmed. This tells chance of the examples, not of the seeds.`,
  setAside: ({ examples }) =>
    `${counted(examples, "validation example")} are set aside by a hash: no look sees them, and the verdict is measured on them once.`,
  noConfirmation: ({ by }) =>
    by === "metric"
      ? "The metric is not of validation examples, so that none were set aside to confirm the verdict on."
      : "No validation examples were set aside to confirm the verdict on, as asked.",
  looksTaken: ({ looks, alpha }) =>
    `The interval is a repeated confidence interval: it covers at all ${counted(looks, "look")} together with ${percent(1 - alpha)}. ` +
    "To stop at the first verdict is therefore no trick.",
  sidesUnpaired: ({ by }) =>
    `The sides ${by === "model" ? "have not the same model" : "are not given the same data"}, so that a seed does not pair them: they are tested unpaired. ` +
    "Two trainings taken together are independent, and more of them are needed than of pairs.",
  againstItself: ({ alpha }) =>
    `This is one check: a fair judge says a difference in at most ${percent(alpha)} of such checks. ` +
    "That it said none does not prove it fair; docs/comparing.md has two thousand.",
  sideDiverged: ({ arm, diverged, trials }) =>
    `${whole(diverged)} of ${counted(trials, "trial")} of "${arm}" diverged. They count as worse than every other.`,
  sideFailed: ({ arm, seed, reason }) =>
    `"${arm}" failed with seed ${seed}: ${reason}. No look can go past this seed; the same command tries again.`,
  unequalLengths: ({ arm, baseline }) =>
    `The sides are not trained equally long: on ${whole(arm)} and ${whole(baseline)} examples. \`--budget examples=N\` trains them equally.`,
  timesOfMachine: ({ disturbed }) =>
    `Something slowed ${percent(disturbed)} of the training time down. The time is the median of the rest; \`--jobs 1\` disturbs least.`,
};

/** The words of `judge`, in English. Numbers come in as text where they are rounded. */
export const judgeEnglish = {
  findings,
  metrics: metricsEnglish,
  title: (arm: string, baseline: string, metric: JudgeMetric) =>
    `"${arm}" against "${baseline}": ${metricsEnglish[metric]}`,
  kinds: { options: "options", file: "a file", arm: "an arm of a study", run: "a run" } as Readonly<
    Record<"options" | "file" | "arm" | "run", string>
  >,
  understood: (sides: readonly { readonly name: string; readonly kind: string }[]) =>
    sides.length === 1
      ? `judging ${sides[0]!.name} (${sides[0]!.kind}) against itself with other seeds`
      : `judging ${sides.map(({ name, kind }) => `${name} (${kind})`).join(" against ")}`,
  look: ({
    seeds,
    difference,
    verdict,
    more,
  }: Record<"difference" | "verdict", string> & { seeds: number; more: number | null }) =>
    `look at ${counted(seeds, "seed")}: ${difference}, ${verdict}${more === null || more === 0 ? "" : `, about ${whole(more)} more`}`,
  verdicts: {
    better: "better",
    worse: "worse",
    "no larger difference": "no larger difference",
    "more seeds": "more seeds",
    undecided: "undecided",
  },
  columns: { side: "side", batch: "batch", trials: "trials", examples: "examples", seconds: "time" },
  numbers: "In numbers",
  looksTable: "Looks",
  lookColumns: { seeds: "seeds", difference: "difference", level: "level of this look", verdict: "verdict" },
  sidesTable: "Sides (mean and 95 % interval)",
  labels: {
    difference: "difference",
    p: "p of all looks",
    minimumEffect: "minimum effect",
    seeds: "seeds",
    confirmation: "confirmation",
    pairing: "pairing",
    study: "study",
    report: "report",
  },
  pairing: {
    seed: "of independent seeds",
    model: "unpaired: another model",
    data: "unpaired: other data",
    none: "by seed",
  },
  seeds: (seen: number, most: number) => `${whole(seen)} of at most ${whole(most)}`,
  figure: {
    title: "The difference at every look",
    caption: (minimumEffect: string) =>
      "Line: the difference (arm − baseline) after so many seeds. Band: its repeated confidence interval. " +
      `Between the dashed lines a difference is below the minimum effect of ${minimumEffect}.`,
    seeds: "seeds",
    seed: "seed",
    difference: (metric: string) => `difference of the ${metric}`,
    noDifference: "no difference",
    minimumEffect: "minimum effect",
    values: "The two sides, seed by seed",
    valuesCaption: "Each line joins the two trainings of one seed.",
    unpairedCaption: "The two trainings of one seed are independent of each other.",
    better: "better",
    worse: "worse",
  },
  plan: ({ trials, ended, looks }: Record<"trials" | "ended" | "looks", number>) =>
    `at most ${counted(trials, "trial")}, of which ${whole(ended)} have ended, and ${counted(looks, "look")} from the sixth seed on; a verdict ends it sooner`,
  progress: "trials, at most",
  confirming: "measuring what was set aside",
  ended: "judgement",
};

export type JudgeText = typeof judgeEnglish;
