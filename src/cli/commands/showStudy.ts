import { join } from "node:path";
import { comparisonDocument } from "../../api/comparisonDocument.ts";
import { judged } from "../../api/comparisonJudged.ts";
import { judgementDocument } from "../../api/judgementDocument.ts";
import { judgementFacts } from "../../api/judgementFacts.ts";
import { readJudgement } from "../../experiment/judgements/run.ts";
import { readComparison } from "../../experiment/studies/runComparison.ts";
import { separated } from "../../report/terminal/aligned.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { isStudyHeld, isSweep, openStudyNamed, type Study, studyPath } from "../../store/studies/study.ts";
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
  if (json) {
    printJson({ ...document, running, trials });
    return;
  }
  const { studies: words } = textIn(languageOf(process.env)).commands;
  print(...separated([lines, [words.trialsOf(words.counts(trials, running))]]));
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
  const ran = readComparison(directory, study);
  // How often the data were seen is known where they are opened.
  const arms = ran.arms.map(({ arm: { name } }) => ({ name, examples: Number.NaN }));
  const facts = judged(ran, { seeds: study.file.seeds, arms });
  const report = join(study.path, "report.html");
  return { document: comparisonDocument(ran, facts, [report]), lines: comparisonLines(ran, facts, text) };
}
