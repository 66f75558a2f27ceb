import { join } from "node:path";
import { comparisonDocument } from "../../api/comparisonDocument.ts";
import { judged } from "../../api/comparisonJudged.ts";
import { judgementDocument } from "../../api/judgementDocument.ts";
import { judgementFacts } from "../../api/judgementFacts.ts";
import { readJudgement } from "../../experiment/judgements/run.ts";
import { type RanComparison, readComparison } from "../../experiment/studies/runComparison.ts";
import { separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { readAnswer, readBatchAnswer } from "../../store/studies/answer.ts";
import { isStudyHeld, isSweep, openStudyNamed, type Study, studyPath } from "../../store/studies/study.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { comparisonLines } from "../terminal/showComparison.ts";
import { judgementLines } from "../terminal/showJudgement.ts";
import { trialCounts } from "./listStudies.ts";

interface ShowFlags {
  readonly dir?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** The command `studies show`: what a study says, from what is on disk; trains and writes nothing. */
export async function studiesShow(name: string, { dir, json, verbose = false }: ShowFlags): Promise<void> {
  const directory = storeDirectory(dir);
  if (isSweep(studyPath(directory, name)))
    return (await import("./showSweep.ts")).showSweepCommand(name, { dir, json });
  const study = openStudyNamed(directory, name);
  const running = isStudyHeld(study);
  const { document, lines } = study.file.specification.judging
    ? judgementOf(directory, study, { running, verbose })
    : comparisonOf(directory, study);
  const trials = trialCounts(study, running);
  const criticalBatch = readBatchAnswer(study)?.answer ?? [];
  if (json) {
    printJson({ ...document, running, trials, criticalBatch });
    return;
  }
  const text = textIn(languageOf(process.env));
  const { studies: words } = text.commands;
  print(...separated([lines, answerLines(criticalBatch, text), [words.trialsOf(words.counts(trials, running))]]));
}

function judgementOf(
  directory: string,
  study: Study,
  { running, verbose }: { readonly running: boolean; readonly verbose: boolean },
) {
  const text = textIn(languageOf(process.env));
  const state = readJudgement(directory, study, running);
  const facts = judgementFacts(directory, state);
  return { document: judgementDocument(state, facts), lines: judgementLines(state, facts, { text, verbose }) };
}

function comparisonOf(directory: string, study: Study) {
  const text = textIn(languageOf(process.env));
  const { kind } = study.file.specification;
  if (kind === "recommend") return recommendationOf(study);
  const ran = readComparison(directory, study);
  // How often the data were seen is known where they are opened.
  const arms = ran.arms.map(({ arm: { name } }) => ({ name, examples: Number.NaN }));
  const compared = judged(ran, { seeds: study.file.seeds, arms });
  // What branches say of the batch is not which arm is better.
  const isOfMany = kind === "critical-batch" || kind === "lr-exponent";
  const facts = isOfMany ? { ...compared, answer: answerOfMany(study, ran) } : compared;
  const report = join(study.path, "report.html");
  return { document: comparisonDocument(ran, facts, [report]), lines: comparisonLines(ran, facts, text) };
}

/** As the command last said it: the pilots are read by the command alone. */
function recommendationOf(study: Study) {
  const text = textIn(languageOf(process.env));
  const answer = readAnswer(study)?.answer ?? [];
  const { id, createdAt } = study.file;
  const document = { study: id, kind: "recommend", createdAt, answer, report: join(study.path, "report.html") };
  return { document, lines: answerLines(answer, text) };
}

/** As the command last said it, of all its studies; how far this one is, before it has said anything. */
function answerOfMany(study: Study, { arms, tuned }: RanComparison): readonly StudyVerdict[] {
  const said = readAnswer(study)?.answer as readonly StudyVerdict[] | undefined;
  if (said !== undefined) return said;
  const { kind, tuning } = study.file.specification;
  const isExponent = kind === "lr-exponent";
  const results = isExponent ? (tuned ?? []).flatMap(({ tried }) => tried.map(({ result }) => result)) : arms;
  const count = (of: "trials" | "failed") => results.reduce((sum, arm) => sum + arm[of].length, 0);
  const seeds = isExponent ? (tuning?.seeds.length ?? 0) : study.file.seeds.length;
  return [
    {
      kind: isExponent ? "rateExponentUnfinished" : "criticalBatchUnfinished",
      ...{ ended: count("trials"), failed: count("failed"), trials: results.length * seeds },
    },
  ];
}
