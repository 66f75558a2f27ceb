import { prominenceOf } from "../../advice/prominence.ts";
import type { AnalysisFinding } from "../../store/analysisFindings.ts";
import { type Verdict, verdictTopics } from "../../store/verdicts.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";

/** The answers, a line each: "Batch: 64 is far below …". */
export function answerLines(verdicts: readonly Verdict[], { verdicts: words, answers }: Text): string[] {
  return verdicts.map((verdict) => answers.line(answers.topics[verdictTopics[verdict.kind]], said(verdict, words)));
}

/** What an analysis says beside the answers, in the order of a reading. */
export interface Reading {
  /** Sentences that ask for something, or that were asked for. */
  readonly shown: readonly string[];
  /** Names of checks that found nothing unusual. */
  readonly quiet: readonly string[];
  /** Every sentence. */
  readonly all: readonly string[];
}

export function readingOf(findings: readonly AnalysisFinding[], { findings: words, answers }: Text): Reading {
  const of = (prominence: string) => findings.filter((found) => prominenceOf(found) === prominence);
  return {
    shown: of("shown").map((found) => said(found, words)),
    quiet: of("quiet").map(({ kind }) => answers.checks[kind]!),
    all: findings.map((found) => said(found, words)),
  };
}

/** All of it, or what asks for something and how much more there is. */
export function readingLines({ shown, quiet, all }: Reading, verbose: boolean, { answers }: Text): string[] {
  if (verbose) return [...all];
  const folded = all.length - shown.length;
  return [
    ...shown,
    ...(quiet.length > 0 ? [answers.quiet(quiet)] : []),
    ...(folded > 0 ? [answers.folded(folded)] : []),
  ];
}
