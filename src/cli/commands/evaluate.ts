import { evaluationVerdict } from "../../advice/studyVerdicts.ts";
import { alignedLines, separated } from "../../report/terminal/aligned.ts";
import { evaluationLines } from "../../report/terminal/classTable.ts";
import { fits, foldedLines } from "../../report/terminal/folded.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { type Evaluation, evaluateTrained } from "../../session/evaluateTrained.ts";
import { describeLoss } from "../../session/options/loss.ts";
import type { TrainedModel } from "../../session/trainedModel.ts";
import { significant, whole } from "../../text/format.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { print, printJson } from "../terminal/print.ts";
import { columnsOf } from "../terminal/tableLines.ts";
import { type TrainedFlags, withTrained } from "./openTrained.ts";

/** The command `evaluate`. */
export function runEvaluate(reference: string, flags: TrainedFlags): Promise<void> {
  return withTrained(reference, flags, true, async ({ trained, subject }) => {
    const found = await evaluateTrained(await openChosenEngine(process.env, flags.device), trained);
    const { data, loss, checkpoint, validationOnly } = trained;
    const { loss: value, ...scores } = found;
    const about = { ...subject, checkpoint, data: data.name, part: validationOnly ? "validation" : "all" };
    if (flags.json)
      printJson({
        ...about,
        loss: { name: loss.name, options: loss.options, value },
        ...scores,
        classNames: data.classNames,
        answer: [evaluationVerdict(found)],
      });
    else print(...lines(found, trained, textIn(languageOf(process.env))));
  });
}

function lines(found: Evaluation, { data, loss, checkpoint, validationOnly }: TrainedModel, text: Text): string[] {
  const words = text.commands.evaluate;
  const columns = columnsOf(process.stdout);
  const { classification, regression: _, precisionRecall: __, ...rest } = found;
  const evaluation = { schemaVersion: 0, epoch: 0, step: 0, classNames: data.classNames, ...rest };
  const weights =
    checkpoint === null ? [] : [checkpoint === "averaged" ? words.averaged : words.checkpoint(checkpoint)];
  return separated([
    [said(evaluationVerdict(found), text.verdicts)],
    classification ? evaluationLines({ ...evaluation, classification }, text.terminal, { columns }) : [],
    classification ? confusionLines(classification.confusion, data.classNames, words, columns) : [],
    [
      words.loss(describeLoss(loss), significant(found.loss)),
      ...weights,
      ...(validationOnly ? [words.validationOnly(data.name)] : []),
    ],
  ]);
}

/** More classes are a table for a file, not for a screen. */
const MOST = 20;

function confusionLines(
  confusion: readonly (readonly number[])[],
  names: readonly string[],
  words: Text["commands"]["evaluate"],
  columns: number | undefined,
): string[] {
  if (confusion.length > MOST) return [];
  const named = confusion.map((_, c) => names[c] ?? String(c));
  const head = [words.labelled, ...named];
  const rows = [head, ...confusion.map((row, c) => [named[c]!, ...row.map(whole)])];
  if (fits(rows, columns)) return alignedLines(rows);
  // Below each label only what its examples were called.
  const called = confusion.map((row, c) => [
    words.predictedAs(named[c]!),
    ...row.map((n) => (n === 0 ? "" : whole(n))),
  ]);
  return foldedLines([head, ...called], columns);
}
