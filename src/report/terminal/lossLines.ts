import type { EpochRecord, EvaluationRecord } from "../../store/schema.ts";
import { significant } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { alignedLines } from "./aligned.ts";
import { evenly } from "./evenly.ts";

const BLOCKS = "▁▂▃▄▅▆▇█";
const COLUMNS = 40;
/** Fewer show no course. */
const LEAST = 4;

/**
 * Training and validation loss over epochs, on one logarithmic scale of eight heights, with their first and last value.
 * No lines where there are too few of them.
 */
export function lossLines(records: readonly (EpochRecord | EvaluationRecord)[], { charts }: Text): string[] {
  const evaluated = records.filter(({ validationLoss }) => Number.isFinite(validationLoss));
  if (evaluated.length < LEAST) return [];
  const shown = evenly(evaluated, COLUMNS);
  const all = shown.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]).filter((loss) => loss > 0);
  if (all.length === 0) return [];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const line = (name: string, losses: readonly number[]) => [
    name,
    losses.map((loss) => block(loss, least, most)).join(""),
    `${significant(losses[0]!)} → ${significant(losses.at(-1)!)}`,
  ];
  return alignedLines(
    [
      line(
        charts.training.trainingSet,
        shown.map(({ trainLoss }) => trainLoss),
      ),
      line(
        charts.training.validation,
        shown.map(({ validationLoss }) => validationLoss),
      ),
    ],
    () => true,
  );
}

/** A loss of nothing is as low as the least. */
function block(loss: number, least: number, most: number): string {
  if (!Number.isFinite(loss)) return " ";
  const share = most > least ? Math.log(Math.max(loss, least) / least) / Math.log(most / least) : 0;
  return BLOCKS[Math.round(share * (BLOCKS.length - 1))]!;
}
