import type { LearningRateSweep, SuggestionReason, SweepProblem } from "../../statistics/learningRateSweep.ts";
import type { MemorySource, SearchNote, TrialEnd } from "../../store/findings.ts";
import { said } from "../words.ts";
import { notesEnglish } from "./notes.ts";

/** The words of `lr-find` and `batch-size-find` in English. Numbers come in as text, already rounded. */
export const studiesEnglish = {
  range: {
    window: (sizes: string) => `updates of ${sizes} examples`,
    progress: ({ seed, rates, end, done, repeats }: Sweep) =>
      `seed ${seed}: ${rates} rates, ${
        {
          rates: "none of them diverged",
          rose: "then the loss had risen to four times its lowest",
          "not finite": "then the loss was no finite number",
        }[end]
      } (${done}/${repeats})`,
    seed: "seed",
    rates: "rates",
    steepest: "steepest at",
    slope: "loss per decade",
    lowest: "lowest at",
    largestStable: "largest stable",
    endedBy: "ended by",
    ends: { rates: "rates", rose: "rose", "not finite": "not finite" } as Readonly<Record<End, string>>,
    suggested: "suggested learning rate",
    /** Of a value, its range over seeds, and the reason. */
    suggestion: ({ value, lower, upper, seeds, why }: Suggestion) =>
      `${value} (${lower} to ${upper} over ${seeds} seeds): ${why}`,
    tenth: "conservative (minimum ÷ 10)",
    bounded: ({ seed, stable, unstable, updates }: Bounded) =>
      `seed ${seed}: ${updates} updates with one rate ${
        stable === null
          ? `diverge at every rate down to ${unstable}`
          : unstable === null
            ? `do not diverge up to ${stable}`
            : `do not diverge at ${stable}, and do at ${unstable}`
      }`,
    noneStable: "none: updates diverge from the smallest rate on; lower --from",
    /**
     * Of the rate, the smallest at which every seed diverged, and whether the optimizer's steps are bounded by the
     * rate.
     */
    stable: ({ value, upper, updates, bounded }: Stable) =>
      `${value}: ${updates} updates at it diverge with no seed${
        upper === null ? ", and larger ones were not tried; raise --to" : `; with every seed they do at ${upper}`
      }${bounded ? "; steps of this optimizer have a bounded size, so it is no limit of the curvature" : ""}`,
    picture: "picture",
    reason: (found: SuggestionReason) => said(found, notesEnglish.suggestion),
    problem: (found: SweepProblem) => said(found, notesEnglish.sweep),
    title: (model: string, data: string, optimizer: string) =>
      `Learning-rate range test: ${model} on ${data}, ${optimizer}`,
    caption: (seeds: number) =>
      `Thin: the loss of one mini-batch after one update with each rate, for ${seeds} seeds. Thick: its mean over neighbours ` +
      "up to where it turns.",
    captionFound: ({ value, lower, upper, why }: Suggestion) =>
      ` Suggestion ${value}, ${why}; ${lower} to ${upper} over the seeds.`,
    captionReason: (why: string) => ` ${why[0]!.toUpperCase()}${why.slice(1)}.`,
    captionCut:
      " Losses far above the beginning are cut off. The rates are for the first updates of this model, optimizer and batch size.",
    empty: "No picture: no update ended with a finite loss",
    learningRate: "learning rate",
    loss: "loss",
    each: "each update",
    smoothed: "mean of neighbours",
    markSuggestion: (value: string) => `suggestion: ${value}`,
    markTenth: (value: string) => `minimum ÷ 10: ${value}`,
    markStable: (value: string) => `largest stable: ${value}`,
  },
  microBatch: {
    /** `allowed`: what is left of the limit for a trial, as the same training does not always take the same. */
    limit: ({ bytes, source, most, allowed }: Limit) =>
      `limit ${bytes} (${said(source, notesEnglish.memory)}), of which a trial may take ${allowed}; micro-batches up to ${most}`,
    tried: (size: string, outcome: string, again: boolean) => `${again ? "once more " : ""}${size}: ${outcome}`,
    failed: (end: TrialEnd) => `failed: ${said(end, notesEnglish.trial)}`,
    tooMuch: (peak: string, end: TrialEnd) =>
      `does not fit, ${peak === "" ? "" : `${peak}, `}${said(end, notesEnglish.trial)}`,
    fits: (peak: string) => `fits${peak === "" ? "" : `, ${peak}`}`,
    fitsOnce: (fits: string) => `${fits}, in one short trial only`,
    timing: (sizes: string) => `timing ${sizes}`,
    untimed: (end: TrialEnd) => `the sizes could not be timed: ${said(end, notesEnglish.trial)}`,
    disturbed: (share: string) =>
      `the machine is busy: the process that timed had ${share} of a processor; the times are the processor's own`,
    perExample: ({ median, lower, upper }: Record<"median" | "lower" | "upper", string>) =>
      `${median} µs per example [${lower}, ${upper}]`,
    none: (bytes: string, source: MemorySource) =>
      `not even one example fits into ${bytes} (${said(source, notesEnglish.memory)})`,
    largest: "largest that fits",
    fastest: "fastest",
    note: "note",
    largestValue: ({ size, next, plan }: { size: string; next: string | null; plan: string }) =>
      `${size}, run twice${next === null ? "" : `; ${next} does not`}: ${plan}`,
    fastestValue: ({ size, time, plan, asFast }: Fastest) =>
      `${size}, ${time}: ${plan}${asFast.length === 0 ? "" : `; within the spread as fast: ${asFast.join(", ")}`}`,
    window: (plan: string, window: string) => `${plan} (${window})`,
    searchNote: (found: SearchNote) => said(found, notesEnglish.search),
  },
};

export type StudiesText = typeof studiesEnglish;

type End = LearningRateSweep["end"];

interface Sweep {
  readonly seed: number;
  readonly rates: number;
  readonly end: End;
  readonly done: number;
  readonly repeats: number;
}

interface Fastest extends Record<"size" | "time" | "plan", string> {
  readonly asFast: readonly string[];
}

interface Limit extends Record<"bytes" | "most" | "allowed", string> {
  readonly source: MemorySource;
}

interface Bounded {
  readonly seed: number;
  readonly stable: string | null;
  readonly unstable: string | null;
  readonly updates: number;
}

interface Stable {
  readonly value: string;
  readonly upper: string | null;
  readonly updates: number;
  readonly bounded: boolean;
}

interface Suggestion extends Record<"value" | "lower" | "upper" | "why", string> {
  readonly seeds: number;
}
