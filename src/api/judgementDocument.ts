import type { JudgementState } from "../experiment/judgements/run.ts";
import type { JudgedSides } from "./judgedSides.ts";
import type { JudgementFacts } from "./judgementFacts.ts";

/** What `judge --json` prints. */
export function judgementDocument(
  { file, path, judgement, confirmation, looks, counts, pairs }: JudgementState,
  { answer, findings, arms, p, unpairedBy }: JudgementFacts,
  more: Pick<JudgedSides, "files" | "sides"> = {},
): JudgedSides {
  const { metric, minimumEffect, mostSeeds, alpha, setAside, againstItself } = file.specification.judging!;
  const last = looks.at(-1);
  return {
    answer,
    study: file.id,
    path,
    version: file.version,
    ...more,
    verdict: last?.verdict ?? "more seeds",
    metric,
    difference: last?.difference.value ?? null,
    lower: last?.difference.lower ?? null,
    upper: last?.difference.upper ?? null,
    minimumEffect,
    p,
    alpha,
    paired: unpairedBy === null,
    unpairedBy,
    againstItself,
    seeds: last?.seeds ?? 0,
    complete: pairs,
    mostSeeds,
    moreSeeds: last?.moreSeeds ?? null,
    looks: looks.map(({ at, seeds, difference, level, rejects, verdict, moreSeeds }) => ({
      ...{ at, seeds, difference: difference.value, lower: difference.lower, upper: difference.upper },
      ...{ level, rejects, verdict, moreSeeds },
    })),
    pairs: judgement.pairs,
    setAside,
    confirmation: confirmation && {
      examples: confirmation.examples,
      seeds: confirmation.seeds,
      difference: confirmation.difference.value,
      lower: confirmation.difference.lower,
      upper: confirmation.difference.upper,
      p: confirmation.p,
      confirmed: confirmation.confirmed,
    },
    arms: arms.map(({ arm, trials, diverged, failed, examples, seconds }) => ({
      ...{ name: arm.name, effectiveBatchSize: arm.effectiveBatchSize, trials: trials.length, diverged },
      ...{ failed: failed.length, examples, seconds, runs: trials.map(({ run }) => run) },
    })),
    trials: counts,
    findings,
  };
}
