import type { AnalysisFile } from "../../store/schema.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";

/**
 * How many mini-batches were drawn where nobody said how many, why no more, and the command that goes on, unless an
 * answer gives it.
 */
export function rowLines(
  { run, rowsChosen, checkpoints }: Pick<AnalysisFile, "run" | "rowsChosen" | "checkpoints">,
  answer: readonly Verdict[],
  effectiveBatchSize: number,
  { commands: { analysis: text } }: Pick<Text, "commands">,
): string[] {
  if (!rowsChosen) return [];
  const { rows, stopped } = rowsChosen;
  const isSaid = answer.some((verdict) => "rows" in verdict && "measured" in verdict && verdict.rows !== null);
  const goesOn = (stopped === "time" || stopped === "most") && !isSaid;
  const batchSize = checkpoints.at(-1)?.statistics.batchSize ?? effectiveBatchSize;
  const size = batchSize === effectiveBatchSize ? "" : ` --batch-size ${batchSize}`;
  const command = `batchscope analyze ${run} --rows ${2 * rows}${size}`;
  return [text.stopped[stopped](whole(rows)), ...(goesOn ? [text.further(command)] : [])];
}
