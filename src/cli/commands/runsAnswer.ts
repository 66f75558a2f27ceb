import { wilsonInterval } from "../../statistics/wilsonInterval.ts";
import type { RunRow } from "../../store/rowIndex.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { percent, significant } from "../../text/format.ts";

type Row = Pick<RunRow, "id" | "status" | "data" | "validationLoss" | "validationAccuracy" | "validationLabels">;

/**
 * What a list of runs says in one line: how many they are, which is best of those on the data of the first that has a
 * score, as scores on other data do not compare, and what is not done. "Best" is only what is told from all others;
 * runs are told apart as if each had been validated on examples of its own, which needs more than equal ones do.
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
  if (asGood > 1) return [text.equal({ ...found, asGood })];
  // Of a mean of losses nothing says how far it scatters.
  if (!ofClasses) return [text.lowest(found)];
  const others = alike.filter((row) => row !== best && !areApart(best!, row)).length;
  return [others > 0 ? text.highest({ ...found, others, labels: best!.validationLabels }) : text.best(found)];
}

/** Whether the 95 % interval of a difference excludes 0 (Newcombe 1998, Statistics in Medicine 17:873). */
function areApart(higher: Row, lower: Row): boolean {
  const [a, b] = [higher, lower].map(({ validationAccuracy: share, validationLabels: labels }) =>
    labels === null ? null : wilsonInterval(share! * labels, labels),
  );
  if (!a || !b) return false;
  return a.value - b.value > Math.hypot(a.value - a.lower, b.upper - b.value);
}
