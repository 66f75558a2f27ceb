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

type StudyFolder = { readonly path: string };

const answerPath = (study: StudyFolder) => join(study.path, "answer.json");
const batchAnswerPath = (study: StudyFolder) => join(study.path, "critical-batch.json");

/** Null before it has said anything. Throws `DataError` for a damaged file. */
export const readAnswer = (study: StudyFolder): StudyAnswer | null => readDocument(answerPath(study), studyAnswer);

export const writeAnswer = (study: StudyFolder, answer: readonly Verdict[]): void => write(answerPath(study), answer);

/** What `critical-batch --study` last said of it; null before it was asked. Throws `DataError` for a damaged file. */
export const readBatchAnswer = (study: StudyFolder): StudyAnswer | null =>
  readDocument(batchAnswerPath(study), studyAnswer);

export const writeBatchAnswer = (study: StudyFolder, answer: readonly Verdict[]): void =>
  write(batchAnswerPath(study), answer);

function write(path: string, answer: readonly Verdict[]): void {
  writeAtomically(path, `${JSON.stringify({ at: new Date().toISOString(), answer }, null, 2)}\n`);
}
