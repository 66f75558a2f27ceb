import { join } from "node:path";
import type { SweepFacts } from "../../api/sweepFacts.ts";
import { alignedLines } from "../../report/terminal/aligned.ts";
import { fits, foldedLines } from "../../report/terminal/folded.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { readAnswer, readBatchAnswer } from "../../store/studies/answer.ts";
import { readLooks } from "../../store/studies/looks.ts";
import { isStudyHeld, listStudies, type Study } from "../../store/studies/study.ts";
import { listSweeps, type Sweep } from "../../store/studies/sweep.ts";
import { readTrials, type TrialState } from "../../store/studies/trials.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { DataError } from "../../tensor/errors.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { columnsOf } from "../terminal/tableLines.ts";

/** What a list says of a study. */
export interface StudyRow {
  readonly id: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly arms: readonly string[];
  readonly seeds: number;
  /** Trials by what became of them; those that nobody has begun wait. */
  readonly trials: Readonly<Partial<Record<TrialState, number>>>;
  /** Whether a process trains it now. */
  readonly running: boolean;
  readonly answeredAt: string | null;
  readonly answer: readonly (Verdict | SweepFacts["answer"])[];
}

/** The command `studies`: a table of all studies. */
export async function studiesList({ dir, json }: { readonly dir?: string; readonly json?: boolean }): Promise<void> {
  const directory = storeDirectory(dir);
  const { studies, damaged } = listStudies(directory);
  const problems = damaged.map(({ message }) => message);
  const text = textIn(languageOf(process.env));
  const { sweeps } = listSweeps(directory);
  const listed = [
    ...studies.map((study) => async () => ({ row: rowOf(study), lines: await linesOf(study, text) })),
    ...sweeps.map((sweep) => () => ofSweep(sweep, text)),
  ];
  const made: { readonly row: StudyRow; readonly lines: readonly string[] }[] = [];
  for (const one of listed)
    try {
      made.push(await one());
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      problems.push(error.message);
    }
  made.sort((a, b) => (a.row.createdAt < b.row.createdAt ? 1 : -1));
  const rows = made.map(({ row }) => row);
  if (json) {
    printJson({ directory, studies: rows, damaged: problems });
    return;
  }
  for (const problem of problems) say(text.commands.runs.leftOut(problem));
  if (rows.length === 0) {
    const { withCommands } = await import("../printedCommands.ts");
    return print(`${join(directory, "studies")}: ${withCommands(text.commands.studies.none)}`);
  }
  const table = tableOf(rows, text);
  const answers = made.map(({ lines }) => lines.map((line) => `  ${line}`));
  const columns = columnsOf(process.stdout);
  if (!fits(table, columns))
    return print(...answers.flatMap((lines, i) => [...foldedLines([table[0]!, table[i + 1]!], columns), ...lines]));
  const [head, ...lines] = alignedLines(table, () => true);
  print(head!, ...answers.flatMap((answer, i) => [lines[i]!, ...answer]));
}

async function linesOf(study: Study, text: Text): Promise<readonly string[]> {
  const { answerLines } = await import("../../report/terminal/answerLines.ts");
  return answerLines([...(readAnswer(study)?.answer ?? []), ...batchAnswer(study)], text);
}

/** What its batch sizes say, where `critical-batch --study` was asked. */
const batchAnswer = (study: Study | Sweep) => readBatchAnswer(study)?.answer ?? [];

/** What a sweep says is in its log. */
async function ofSweep(sweep: Sweep, text: Text) {
  const { recordedState } = await import("../../experiment/sweeps/recordedState.ts");
  const { sweepResult } = await import("../../experiment/sweeps/sweepResult.ts");
  const { sweepAnswer } = await import("../../api/sweepFacts.ts");
  const { id, createdAt, seeds } = sweep.file;
  const running = isStudyHeld(sweep);
  const result = sweepResult(sweep.file, recordedState(sweep, running), { withCurve: false });
  const answer = sweepAnswer(sweep.file, result);
  const trials: Partial<Record<TrialState, number>> = {};
  for (const { state } of result.settings.flatMap((setting) => setting.trials))
    trials[state] = (trials[state] ?? 0) + 1;
  const ofBatch = batchAnswer(sweep);
  const row: StudyRow = {
    ...{ id, kind: "sweep", createdAt, running, seeds: seeds.length, trials, answeredAt: null },
    answer: [answer, ...ofBatch],
    arms: result.settings.map(({ name }) => name),
  };
  const { answerLines } = await import("../../report/terminal/answerLines.ts");
  return { row, lines: [said(answer, text.sweep.answers), ...answerLines(ofBatch, text)] };
}

function rowOf(study: Study): StudyRow {
  const { id, createdAt, seeds, specification } = study.file;
  const running = isStudyHeld(study);
  const answered = readAnswer(study);
  return {
    ...{ id, kind: specification.kind, createdAt, running, seeds: seeds.length },
    arms: specification.arms.map(({ name }) => name),
    trials: trialCounts(study, running),
    answeredAt: answered?.at ?? null,
    answer: [...(answered?.answer ?? []), ...batchAnswer(study)],
  };
}

/** Trials by what became of them. Throws `DataError` for a damaged log. */
export function trialCounts(study: Study, held: boolean): Partial<Record<TrialState, number>> {
  const { specification, seeds } = study.file;
  const counts: Partial<Record<TrialState, number>> = {};
  const places = [...readTrials(study, held).values()];
  for (const { state } of places) counts[state] = (counts[state] ?? 0) + 1;
  const { arms, tuning } = specification;
  const tried = tuning === null ? 0 : arms.length * tuning.values.length * tuning.seeds.length;
  const unbegun = isDecided(study) ? 0 : arms.length * seeds.length + tried - places.length;
  return unbegun > 0 ? { ...counts, waiting: (counts.waiting ?? 0) + unbegun } : counts;
}

/** A judgement that has a verdict needs no further trial. */
function isDecided(study: Study): boolean {
  if (study.file.specification.judging === undefined) return false;
  return (readLooks(study).at(-1)?.verdict ?? "more seeds") !== "more seeds";
}

function tableOf(rows: readonly StudyRow[], { commands: { studies: words } }: Text): string[][] {
  const { columns } = words;
  return [
    [columns.study, columns.kind, columns.arms, columns.seeds, columns.trials, columns.begun],
    ...rows.map(({ id, kind, arms, seeds, trials, running, createdAt }) => [
      id,
      words.kinds[kind] ?? kind,
      String(arms.length),
      String(seeds),
      words.counts(trials, running),
      createdAt.slice(0, 16).replace("T", " "),
    ]),
  ];
}
