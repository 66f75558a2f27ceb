import type { RunRow } from "../../store/rowIndex.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { percent, significant } from "../../text/format.ts";

type Row = Pick<RunRow, "id" | "status" | "data" | "validationLoss" | "validationAccuracy">;

/**
 * What a list of runs says in one line: how many they are, which is best of those on the data of the first that has a
 * score, as scores on other data do not compare, and what is not done.
 */
export function runsAnswer(rows: readonly Row[], text: CommandsText["runs"]["answer"]): string {
  const running = rows.filter(({ status }) => status === "running").length;
  const lost = rows.filter(({ status }) => status === "lost");
  return [
    text.count(rows.length),
    ...bestOf(rows, text),
    ...(running > 0 ? [text.running(running)] : []),
    ...(lost.length > 0 ? [text.lost(lost.length, lost[0]!.id)] : []),
  ].join(text.between);
}

function bestOf(rows: readonly Row[], text: CommandsText["runs"]["answer"]): string[] {
  const first = rows.find(({ validationLoss }) => validationLoss !== null);
  if (!first) return [];
  const alike = rows.filter(({ data, validationLoss }) => data === first.data && validationLoss !== null);
  const ofClasses = alike.every(({ validationAccuracy }) => validationAccuracy !== null);
  const [best] = alike.toSorted(
    (a, b) => (ofClasses ? b.validationAccuracy! - a.validationAccuracy! : 0) || a.validationLoss! - b.validationLoss!,
  );
  const { id, data, validationLoss, validationAccuracy } = best!;
  const asGood = alike.filter(
    (row) => row.validationLoss === validationLoss && (!ofClasses || row.validationAccuracy === validationAccuracy),
  ).length;
  const score = ofClasses ? text.accuracy(percent(validationAccuracy!)) : text.loss(significant(validationLoss!));
  if (alike.length === 1) return [text.only({ id, data, score })];
  const found = { id, data, score, among: alike.length };
  return [asGood > 1 ? text.equal({ ...found, asGood }) : text.best(found)];
}
