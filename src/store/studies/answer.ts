import { join } from "node:path";
import { readDocument, writeAtomically } from "../document.ts";
import { record, time } from "../records.ts";
import { type Verdict, verdicts } from "../verdicts.ts";

/** What a study last said, so that a list need not read all of its trials. */
export interface StudyAnswer {
  readonly at: string;
  readonly answer: readonly Verdict[];
}

const studyAnswer = record<StudyAnswer>({ at: time, answer: verdicts });

const answerPath = (study: { readonly path: string }) => join(study.path, "answer.json");

/** Null before it has said anything. Throws `DataError` for a damaged file. */
export function readAnswer(study: { readonly path: string }): StudyAnswer | null {
  return readDocument(answerPath(study), studyAnswer);
}

export function writeAnswer(study: { readonly path: string }, answer: readonly Verdict[]): void {
  writeAtomically(answerPath(study), `${JSON.stringify({ at: new Date().toISOString(), answer }, null, 2)}\n`);
}
