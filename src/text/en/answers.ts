import type { VerdictTopic } from "../../store/verdicts.ts";
import { counted } from "./counted.ts";

/** The words around the answers, in English. */
export const answersEnglish = {
  topics: {
    batch: "Batch",
    training: "Training",
    data: "Data",
    labels: "Labels",
    duplicates: "Duplicates",
    learningRate: "Learning rate",
    microBatch: "Micro-batch",
    time: "Time",
    accumulation: "Accumulation",
    doubt: "Doubt",
    comparison: "Comparison",
    judgement: "Verdict",
    landscape: "Landscape",
    evaluation: "Evaluation",
  } as Readonly<Record<VerdictTopic, string>>,
  line: (topic: string, answer: string) => `${topic}: ${answer}`,
  /** Checks that found nothing, by their names. */
  quiet: (checks: readonly string[]) =>
    `${counted(checks.length, "check")} found nothing unusual: ${checks.join(", ")}.`,
  checks: {
    noTrend: "trend of the noise scale",
    cosineUnequal: "mean cosine",
    cosineUsual: "mean cosine",
    negativeByChance: "share of negative cosines",
    opposedPair: "most opposed pair",
    noConflict: "conflicts of groups",
  } as Readonly<Record<string, string>>,
  /** Sentences that are not shown. */
  folded: (sentences: number) => `${counted(sentences, "more sentence")} with --verbose.`,
  details: (sentences: number) => `All ${sentences} findings`,
};

export type AnswersText = typeof answersEnglish;
